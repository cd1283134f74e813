//! Representations: how a row is shown as JSON, whatever its source (SQL row, row in memory, schema).

use architrave_model::EntityId;

use crate::{ColumnId, ColumnType};

/// How rows of one entity are shown: members in order `id`, fields in the author's order (parts and
/// value objects nested in place), `version`, `created_at`, `updated_at`. Secret fields are not in it.
#[derive(Debug, Clone)]
pub struct Representation {
    /// The entity.
    pub entity: EntityId,
    /// In order.
    pub members: Vec<RepresentationMember>,
}

/// One member of a JSON object.
#[derive(Debug, Clone)]
pub struct RepresentationMember {
    /// Its name.
    pub name: String,
    /// Position in the entity's fields, which field rules and `fields=` refer to; none for built-ins
    /// (always shown, selectable by name) and for members inside a value object.
    pub field: Option<usize>,
    /// Where the value comes from.
    pub source: RepresentationSource,
}

/// Where a member's value comes from.
#[derive(Debug, Clone)]
pub enum RepresentationSource {
    /// A column.
    Column {
        /// Which.
        column: ColumnId,
        /// How it is written.
        kind: JsonKind,
    },
    /// A value object; null when `presence` is NULL.
    Object {
        /// A required member's column, where the object is optional.
        presence: Option<ColumnId>,
        /// Its members; none is an object or has parts.
        members: Vec<RepresentationMember>,
    },
    /// The parts of a row, in order.
    Parts {
        /// The part's entity; see its own representation.
        entity: EntityId,
    },
}

/// How a value is written as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonKind {
    /// `true`
    Bool,
    /// `12`
    Int,
    /// `"12.50"`
    Decimal {
        /// Digits behind the point.
        scale: u8,
    },
    /// `{"amount":"12.50","currency":"EUR"}`
    Money,
    /// `"text"`
    Text,
    /// `"0190…"`
    Uuid,
    /// `"2026-01-31T12:00:00Z"`; fraction only if not zero, without trailing zeros.
    Timestamp,
    /// `"2026-01-31"`
    Date,
    /// `"PT1H30M"` (ISO 8601 with W, D, H, M, S)
    Duration,
    /// Any JSON, as stored.
    Json,
    /// `[…]`; stored as the JSON text that is shown.
    List(Box<ColumnType>),
    /// `{"url":…}`
    File,
}

impl JsonKind {
    /// How a value of a column is written.
    #[must_use]
    pub fn of(ty: &ColumnType) -> Self {
        match ty {
            ColumnType::Bool => Self::Bool,
            ColumnType::Int => Self::Int,
            ColumnType::Decimal { scale } => Self::Decimal { scale: *scale },
            ColumnType::Money => Self::Money,
            ColumnType::Text | ColumnType::Enum(_) => Self::Text,
            ColumnType::Uuid | ColumnType::Ref(_) => Self::Uuid,
            ColumnType::Timestamp => Self::Timestamp,
            ColumnType::Date => Self::Date,
            ColumnType::Duration => Self::Duration,
            ColumnType::Json => Self::Json,
            ColumnType::List(item) => Self::List(item.clone()),
            ColumnType::File => Self::File,
        }
    }
}
