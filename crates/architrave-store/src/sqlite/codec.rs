//! Values between memory and SQLite's columns.

use std::borrow::Cow;

use architrave_model::Value;
use architrave_plan::{ColumnType, Plan};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use crate::shared::stored::Stored;

pub(super) use crate::shared::stored::{currency, place, row_id, unsealed, value_at};

/// A value as it is stored, without encryption.
pub(super) fn stored<'a>(plan: &Plan, ty: &ColumnType, value: &'a Value) -> ToSqlOutput<'a> {
    match crate::shared::stored::stored(plan, ty, value) {
        Stored::Null => ToSqlOutput::Borrowed(ValueRef::Null),
        Stored::Integer(it) => ToSqlOutput::Borrowed(ValueRef::Integer(it)),
        Stored::Text(Cow::Borrowed(it)) => ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes())),
        Stored::Text(Cow::Owned(it)) => ToSqlOutput::Owned(Owned::Text(it)),
        Stored::Bytes(Cow::Borrowed(it)) => ToSqlOutput::Borrowed(ValueRef::Blob(it)),
        Stored::Bytes(Cow::Owned(it)) => ToSqlOutput::Owned(Owned::Blob(it)),
    }
}

/// A column's value in memory; `Null` for what does not fit its column, which strict tables rule out.
pub(super) fn loaded(ty: &ColumnType, value: ValueRef<'_>) -> Value {
    crate::shared::stored::loaded(
        ty,
        match value {
            ValueRef::Integer(it) => Stored::Integer(it),
            ValueRef::Text(it) => Stored::Text(String::from_utf8_lossy(it)),
            ValueRef::Blob(it) => Stored::Bytes(it.into()),
            ValueRef::Null | ValueRef::Real(_) => Stored::Null,
        },
    )
}
