//! Constants as SQL.

use architrave_model::Value;

use super::{Dialect, postgres::arithmetic};
use crate::civil::day_text;

/// A constant as it is written into a column definition; `None` for objects and lists of objects.
#[must_use]
pub fn default_literal(dialect: Dialect, value: &Value) -> Option<String> {
    literal(dialect, value)
}

/// Constants of a blueprint are written into the text: a partial index serves only a condition that
/// the database can see when the statement is prepared.
pub(super) fn literal(dialect: Dialect, value: &Value) -> Option<String> {
    Some(match (value, dialect) {
        (Value::Null, _) => "NULL".to_owned(),
        (Value::Bool(it), Dialect::Sqlite) => u8::from(*it).to_string(),
        (Value::Bool(it), Dialect::Postgres) => if *it { "TRUE" } else { "FALSE" }.to_owned(),
        (Value::Int(it) | Value::Money(it) | Value::Duration(it), _)
        | (Value::Decimal { unscaled: it, .. } | Value::Timestamp(it), Dialect::Sqlite) => {
            if *it < 0 { format!("({it})") } else { it.to_string() }
        }
        (Value::Decimal { unscaled, scale }, Dialect::Postgres) => {
            arithmetic::decimal(*unscaled, *scale)
        }
        (Value::Timestamp(it), Dialect::Postgres) => arithmetic::instant(*it),
        (Value::Text(it) | Value::Json(it), _) if !it.contains('\0') => {
            format!("'{}'", it.replace('\'', "''"))
        }
        (Value::Uuid(it), Dialect::Sqlite) => format!("x'{}'", it.simple()),
        (Value::Uuid(it), Dialect::Postgres) => format!("'{it}'::uuid"),
        (Value::Date(days), Dialect::Sqlite) => format!("'{}'", day_text(i64::from(*days))),
        (Value::Date(days), Dialect::Postgres) => format!("DATE '{}'", day_text(i64::from(*days))),
        _ => return None,
    })
}
