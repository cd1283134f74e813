//! One value of the language: a literal in a blueprint, a field of a row, a member of a request.

use serde::Serialize;
use uuid::Uuid;

/// 0001-01-01T00:00:00Z in microseconds since 1970: the earliest timestamp that RFC 3339 can write.
pub const TIMESTAMP_MIN_US: i64 = -62_135_596_800_000_000;
/// 9999-12-31T23:59:59.999999Z in microseconds since 1970.
pub const TIMESTAMP_MAX_US: i64 = 253_402_300_799_999_999;

/// A value. Its type is known from where it stands; text covers every text-like type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing. Only where the type is optional.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number; by default within ±(2^53-1).
    Int(i64),
    /// `unscaled / 10^scale`; the scale is the type's.
    Decimal {
        /// The digits without the point.
        unscaled: i64,
        /// Digits behind the point.
        scale: u8,
    },
    /// Minor units of the system's currency.
    Money(i64),
    /// Text of any kind: string, text, email, enum, file key, …
    Text(String),
    /// An id or a reference.
    Uuid(Uuid),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Timestamp(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds.
    Duration(i64),
    /// JSON text, already validated, without insignificant white space.
    Json(String),
    /// A list of scalars.
    List(Vec<Value>),
    /// A value object or a set of input members, in declared order.
    Object(Vec<Value>),
}

impl Value {
    /// Whether this is [`Value::Null`].
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}
