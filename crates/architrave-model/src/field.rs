//! Fields of entities, values, inputs and payloads, and their types.

use serde::Serialize;

use crate::{EntityId, Expr, Name, Span, Ty, Value, ValueId};

/// A named, typed place for a value.
#[derive(Debug, Clone)]
pub struct Field {
    /// `snake_case`, unique among its siblings.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// The whole attribute.
    pub span: Span,
    /// What it holds.
    pub ty: FieldType,
    /// Whether it may be null.
    pub is_optional: bool,
    /// Uniqueness, per tenant or global.
    pub unique: Option<UniqueScope>,
    /// Whether it keeps the value it was created with.
    pub is_immutable: bool,
    /// Value when a request leaves it out.
    pub default: Option<Default>,
    /// Smallest value (numbers, dates) or length (text, lists, in characters or items).
    pub min: Option<Value>,
    /// Largest value or length.
    pub max: Option<Value>,
    /// Regular expression (RFC 9485 I-Regexp subset) that text must match as a whole.
    pub pattern: Option<String>,
    /// Whether it never leaves the database.
    pub is_secret: bool,
    /// Kind of personal data, e.g. `contact`.
    pub pii: Option<String>,
    /// Whether and how it is encrypted at rest.
    pub encryption: Option<Encryption>,
}

/// What a field holds, without optionality and modifiers.
#[derive(Debug, Clone)]
pub enum FieldType {
    /// One plain value.
    Scalar(Scalar),
    /// A reference to a row of an entity.
    Ref {
        /// Where it points.
        entity: EntityId,
        /// What happens to this row when the other is deleted.
        on_delete: OnDelete,
    },
    /// Parts of the same aggregate, in order.
    Many {
        /// The part's entity.
        entity: EntityId,
        /// Most parts a row may have.
        count_max: u32,
    },
    /// A value object, stored as columns of its own.
    Value(ValueId),
    /// A list of plain values.
    List {
        /// Type of the items.
        item: Scalar,
        /// Most items.
        count_max: u32,
    },
    /// Worked out from the row and stored with it.
    Computed {
        /// The expression over `this`.
        expr: Expr,
        /// Its type.
        ty: Ty,
    },
    /// A number drawn when the row is created, e.g. `ORD-{year}-{n}`.
    Sequence {
        /// Text with `{year}`, `{month}`, `{day}` and `{n}`.
        template: String,
    },
}

/// A type of one plain value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scalar {
    /// Text of at most so many characters.
    String {
        /// In Unicode scalar values.
        length_max: u32,
    },
    /// Long text; at most 100,000 characters unless `max` says otherwise.
    Text,
    /// Address of RFC 5321, domain in lower case, at most 254 characters.
    Email,
    /// E.164: `+` and up to 15 digits.
    Phone,
    /// Absolute `http` or `https` URL, at most 2,048 characters.
    Url,
    /// Lower-case letters, digits and single hyphens, at most 100 characters.
    Slug,
    /// ISO 3166-1 alpha-2, upper case.
    Country,
    /// BCP 47 tag such as `en` or `pt-BR`.
    Locale,
    /// Whole number within ±(2^53-1).
    Int,
    /// Exact decimal number.
    Decimal {
        /// All digits, at most 18.
        precision: u8,
        /// Digits behind the point.
        scale: u8,
    },
    /// Amount in the system's currency.
    Money,
    /// `true` or `false`.
    Bool,
    /// RFC 9562.
    Uuid,
    /// UTC instant with microseconds.
    Timestamp,
    /// Calendar day.
    Date,
    /// Length of time in s, m, h, d, w.
    Duration,
    /// One of these texts.
    Enum(Vec<String>),
    /// Any JSON; at most 64 KB unless `max` says otherwise.
    Json,
    /// An uploaded file.
    File {
        /// What it may be.
        kind: FileKind,
        /// Largest size in bytes.
        size_bytes_max: u64,
    },
}

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PNG, JPEG, GIF, WebP, AVIF.
    Image,
    /// PDF and office documents.
    Document,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// Anything.
    Any,
}

/// Where a value is unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UniqueScope {
    /// Within one tenant.
    Tenant,
    /// In the whole store.
    Global,
}

/// How a field is encrypted at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// Unreadable to SQL.
    Opaque,
    /// With a keyed hash beside it, so that `==` works.
    Lookup,
}

/// What happens to a referring row when the row it points to is deleted.
#[derive(
    Debug, Clone, Copy, std::default::Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The deletion is refused.
    #[default]
    Restrict,
    /// The reference becomes null.
    SetNull,
    /// The referring row is deleted too.
    Cascade,
}

/// The value of a field that a request left out.
#[derive(Debug, Clone)]
pub enum Default {
    /// Always the same.
    Value(Value),
    /// The transaction's time.
    Now,
    /// The caller's user.
    CallerUser,
}
