//! Values between memory and SQLite's columns.

use architrave_engine::{Fault, parse_date, parse_list, show::scalar};
use architrave_model::Value;
use architrave_plan::{Column, ColumnId, ColumnType, JsonKind, Plan, Table};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};
use uuid::Uuid;

use crate::vault::{Place, Vault};

/// How money of the plan's system is written, also within stored lists.
pub(super) fn currency(plan: &Plan) -> scalar::Currency<'_> {
    scalar::Currency { code: &plan.system.currency, digits: plan.system.currency_digits }
}

/// A value as it is stored, without encryption.
pub(super) fn stored<'a>(plan: &Plan, ty: &ColumnType, value: &'a Value) -> ToSqlOutput<'a> {
    let text = |bytes: Vec<u8>| {
        ToSqlOutput::Owned(Owned::Text(String::from_utf8(bytes).unwrap_or_default()))
    };
    match value {
        Value::Null | Value::Object(_) => ToSqlOutput::Borrowed(ValueRef::Null),
        Value::Bool(it) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*it))),
        Value::Int(it)
        | Value::Decimal { unscaled: it, .. }
        | Value::Money(it)
        | Value::Timestamp(it)
        | Value::Duration(it) => ToSqlOutput::Borrowed(ValueRef::Integer(*it)),
        Value::Text(it) | Value::Json(it) => ToSqlOutput::Borrowed(ValueRef::Text(it.as_bytes())),
        Value::Uuid(it) => ToSqlOutput::Borrowed(ValueRef::Blob(it.as_bytes())),
        Value::Date(days) => {
            let mut out = Vec::with_capacity(10);
            scalar::append_date(&mut out, i64::from(*days));
            text(out)
        }
        Value::List(items) => {
            let mut out = Vec::new();
            let kind = match ty {
                ColumnType::List(item) => JsonKind::of(item),
                other => JsonKind::of(other),
            };
            scalar::write_list(&mut out, &kind, items, currency(plan));
            text(out)
        }
    }
}

/// A stored value in memory; `Null` for what does not fit its column, which strict tables rule out.
pub(super) fn loaded(ty: &ColumnType, value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Integer(it) => match ty {
            ColumnType::Bool => Value::Bool(it != 0),
            ColumnType::Decimal { scale } => Value::Decimal { unscaled: it, scale: *scale },
            ColumnType::Money => Value::Money(it),
            ColumnType::Timestamp => Value::Timestamp(it),
            ColumnType::Duration => Value::Duration(it),
            _ => Value::Int(it),
        },
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            match ty {
                ColumnType::Date => parse_date(&text).map_or(Value::Null, Value::Date),
                ColumnType::Json => Value::Json(text.into_owned()),
                ColumnType::List(item) => parse_list(item, &text).unwrap_or(Value::Null),
                _ => Value::Text(text.into_owned()),
            }
        }
        ValueRef::Blob(bytes) => Uuid::from_slice(bytes).map_or(Value::Null, Value::Uuid),
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
    }
}

/// A value's bytes before encryption.
pub(super) fn plain_bytes(plan: &Plan, ty: &ColumnType, value: &Value) -> Vec<u8> {
    match borrowed(&stored(plan, ty, value)) {
        ValueRef::Integer(it) => it.to_be_bytes().to_vec(),
        ValueRef::Text(it) | ValueRef::Blob(it) => it.to_vec(),
        ValueRef::Null | ValueRef::Real(_) => Vec::new(),
    }
}

/// A value from its decrypted bytes.
pub(super) fn from_plain(ty: &ColumnType, bytes: &[u8]) -> Value {
    match architrave_plan::sql::schema::sql_type(ty) {
        "INTEGER" => match bytes.try_into() {
            Ok(bytes) => loaded(ty, ValueRef::Integer(i64::from_be_bytes(bytes))),
            Err(_) => Value::Null,
        },
        "BLOB" => loaded(ty, ValueRef::Blob(bytes)),
        _ => loaded(ty, ValueRef::Text(bytes)),
    }
}

/// The place of a row's encrypted column.
pub(super) fn place<'a>(
    table: &'a Table,
    column: &'a Column,
    tenant: Option<Uuid>,
    row: Uuid,
) -> Place<'a> {
    Place { tenant, table: &table.physical, row, column: &column.physical }
}

/// Decrypts a column's bytes.
pub(super) fn unsealed(
    vault: &Vault,
    place: Place<'_>,
    ty: &ColumnType,
    sealed: &[u8],
) -> Result<Value, Fault> {
    Ok(from_plain(ty, &vault.unseal(place, sealed)?))
}

/// A row's id.
pub(super) fn row_id(table: &Table, row: &[Value]) -> Uuid {
    let position = table.columns.iter().position(|it| it.role == architrave_plan::ColumnRole::Id);
    match position.and_then(|it| row.get(it)) {
        Some(Value::Uuid(id)) => *id,
        _ => Uuid::nil(),
    }
}

/// A row's value in a column.
pub(super) fn value_at(row: &[Value], column: ColumnId) -> &Value {
    row.get(usize::from(column.0)).unwrap_or(&Value::Null)
}

/// The value that will be bound.
pub(super) fn borrowed<'a>(output: &'a ToSqlOutput<'_>) -> ValueRef<'a> {
    match output {
        ToSqlOutput::Borrowed(it) => *it,
        ToSqlOutput::Owned(it) => it.into(),
        _ => ValueRef::Null,
    }
}
