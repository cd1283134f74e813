//! Inputs: what the body of a create, an update or a command may hold. Validation and OpenAPI both read
//! it from here.

use architrave_model::{Default, EntityId, FieldType, Scalar, Value, ValueId};

/// The members that a request body may hold; any other member is refused.
///
/// Left out are what callers never write: built-in members, computed fields, sequences, the lifecycle's
/// field, fields with `write = false`, and in updates `immutable` fields.
#[derive(Debug, Clone, std::default::Default)]
pub struct InputShape {
    /// In the author's order.
    pub members: Vec<InputMember>,
}

/// One member of a request body.
#[derive(Debug, Clone)]
pub struct InputMember {
    /// Its name.
    pub name: String,
    /// The author's comment; may be empty.
    pub doc: String,
    /// Position in the entity's fields, the value object's fields or the command's input.
    pub field: usize,
    /// What it takes.
    pub kind: InputKind,
    /// Whether `null` is taken.
    pub is_nullable: bool,
    /// Whether it must be there: in a create, in a command, and in a value object that is not there yet.
    /// An update merges (RFC 7396), so that nothing on its top level is required.
    pub is_required: bool,
    /// What stands for it when a create or command leaves it out. Without one an absent member is null,
    /// or an empty list.
    pub default: Option<Default>,
    /// Smallest and largest value or length, with the type's own bounds worked in.
    pub bounds: Bounds,
    /// Regular expression (RFC 9485) that text must match as a whole.
    pub pattern: Option<String>,
    /// Whether a rule decides who may write it ([`architrave_model::FieldAccess::write`]).
    pub has_write_rule: bool,
    /// Whether it is never shown again.
    pub is_secret: bool,
}

/// What a member takes.
#[derive(Debug, Clone)]
pub enum InputKind {
    /// One plain value.
    Scalar(Scalar),
    /// The id of a row that the caller may read.
    Ref(EntityId),
    /// A value object.
    Object {
        /// Which.
        value: ValueId,
        /// Its members.
        shape: InputShape,
    },
    /// A list of plain values; `bounds` counts them.
    List {
        /// Type of the items.
        item: Scalar,
        /// Bounds of each item.
        item_bounds: Bounds,
    },
    /// The parts of a row, in order; `bounds` counts them. An item without `id` follows the part's
    /// `creates`, an item with `id` (only in updates) its `updates`.
    Parts(EntityId),
}

/// Smallest and largest; both are allowed themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bounds {
    /// The type has no size.
    None,
    /// Of a text, in Unicode scalar values.
    Length {
        /// Shortest.
        min: u32,
        /// Longest.
        max: u32,
    },
    /// Of a number, an amount, a time; both of the member's type.
    Range {
        /// Smallest.
        min: Value,
        /// Largest.
        max: Value,
    },
    /// Of JSON, in bytes without insignificant white space.
    Bytes {
        /// Longest.
        max: u32,
    },
    /// Of a list or of parts, in items.
    Count {
        /// Fewest.
        min: u32,
        /// Most.
        max: u32,
    },
}

impl InputShape {
    /// The member of that name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&InputMember> {
        self.members.iter().find(|it| it.name == name)
    }
}

/// Largest whole number that every JSON reader keeps exactly (RFC 8259, section 6): 2^53-1.
pub const INT_MAX: i64 = 9_007_199_254_740_991;
/// Most characters of a `text` without `max`.
const TEXT_LENGTH_MAX: u32 = 100_000;
/// Most bytes of a `json` without `max`.
const JSON_BYTES_MAX: u32 = 64 * 1024;
/// 0001-01-01 and 9999-12-31 in days since 1970: the years that RFC 3339 can write.
const DATE_MIN: i32 = -719_162;
const DATE_MAX: i32 = 2_932_896;

impl Bounds {
    /// Bounds of a type with the author's `min` and `max` worked in; the narrower one wins.
    #[must_use]
    pub fn of(ty: &FieldType, min: Option<&Value>, max: Option<&Value>) -> Self {
        match ty {
            FieldType::Scalar(scalar) => Self::of_scalar(scalar).narrowed(min, max),
            FieldType::List { count_max, .. } | FieldType::Many { count_max, .. } => {
                Self::Count { min: 0, max: *count_max }.narrowed(min, max)
            }
            FieldType::Ref { .. }
            | FieldType::Value(_)
            | FieldType::Computed { .. }
            | FieldType::Sequence { .. } => Self::None,
        }
    }

    /// Bounds that come with a type.
    #[must_use]
    pub fn of_scalar(scalar: &Scalar) -> Self {
        let range = |min: Value, max: Value| Self::Range { min, max };
        match scalar {
            Scalar::String { length_max } => Self::Length { min: 0, max: *length_max },
            Scalar::Text => Self::Length { min: 0, max: TEXT_LENGTH_MAX },
            Scalar::Email => Self::Length { min: 3, max: 254 },
            Scalar::Phone => Self::Length { min: 2, max: 16 },
            Scalar::Url => Self::Length { min: 8, max: 2_048 },
            Scalar::Slug => Self::Length { min: 1, max: 100 },
            Scalar::Country => Self::Length { min: 2, max: 2 },
            // RFC 5646, section 4.4.1: room for the longest tags in use.
            Scalar::Locale => Self::Length { min: 2, max: 35 },
            Scalar::Int => range(Value::Int(-INT_MAX), Value::Int(INT_MAX)),
            Scalar::Decimal { precision, scale } => {
                let unscaled = 10_i64.pow(u32::from((*precision).min(18))) - 1;
                let value = |unscaled| Value::Decimal { unscaled, scale: *scale };
                range(value(-unscaled), value(unscaled))
            }
            Scalar::Money => range(Value::Money(-INT_MAX), Value::Money(INT_MAX)),
            Scalar::Timestamp => range(
                Value::Timestamp(architrave_model::TIMESTAMP_MIN_US),
                Value::Timestamp(architrave_model::TIMESTAMP_MAX_US),
            ),
            Scalar::Date => range(Value::Date(DATE_MIN), Value::Date(DATE_MAX)),
            Scalar::Duration => range(Value::Duration(-INT_MAX), Value::Duration(INT_MAX)),
            Scalar::Json => Self::Bytes { max: JSON_BYTES_MAX },
            Scalar::Bool | Scalar::Uuid | Scalar::Enum(_) | Scalar::File { .. } => Self::None,
        }
    }

    fn narrowed(self, low: Option<&Value>, high: Option<&Value>) -> Self {
        let size = |value: Option<&Value>| match value {
            Some(Value::Int(it)) => {
                Some(u32::try_from(*it).unwrap_or(if *it < 0 { 0 } else { u32::MAX }))
            }
            _ => None,
        };
        match self {
            Self::None => Self::None,
            // `text` and `json` may be widened by their `max`; `string(n)` says its length already.
            Self::Length { min, max: TEXT_LENGTH_MAX } => Self::Length {
                min: size(low).unwrap_or(min),
                max: size(high).unwrap_or(TEXT_LENGTH_MAX),
            },
            Self::Length { min, max } => Self::Length {
                min: size(low).unwrap_or(min).max(min),
                max: size(high).unwrap_or(max).min(max),
            },
            Self::Bytes { max } => Self::Bytes { max: size(high).unwrap_or(max) },
            Self::Count { min, max } => Self::Count {
                min: size(low).unwrap_or(min).max(min),
                max: size(high).unwrap_or(max).min(max),
            },
            Self::Range { min, max } => Self::Range {
                max: high.filter(|it| is_same_type(it, &max) && **it < max).cloned().unwrap_or(max),
                min: low.filter(|it| is_same_type(it, &min) && **it > min).cloned().unwrap_or(min),
            },
        }
    }
}

fn is_same_type(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Decimal { scale: left, .. }, Value::Decimal { scale: right, .. }) => left == right,
        _ => std::mem::discriminant(left) == std::mem::discriminant(right),
    }
}
