//! Values as they are stored: the plain forms that files, journals and encrypted columns agree upon, so that all of them
//! can move from one database to another.

use std::borrow::Cow;

use architrave_engine::{Fault, parse_date, parse_list, show::scalar};
use architrave_model::Value;
use architrave_plan::{Column, ColumnId, ColumnRole, ColumnType, JsonKind, Plan, Table};
use uuid::Uuid;

use crate::vault::{Place, Vault, append_hex};

/// A stored value: one of SQLite's classes of storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stored<'a> {
    /// Nothing.
    Null,
    /// Numbers, truth values, times.
    Integer(i64),
    /// Texts, days, lists, JSON.
    Text(Cow<'a, str>),
    /// Ids, and whatever is encrypted.
    Bytes(Cow<'a, [u8]>),
}

/// How money of the plan's system is written, also within stored lists.
pub(crate) fn currency(plan: &Plan) -> scalar::Currency<'_> {
    scalar::Currency { code: &plan.system.currency, digits: plan.system.currency_digits }
}

/// A value as it is stored, without encryption.
pub(crate) fn stored<'a>(plan: &Plan, ty: &ColumnType, value: &'a Value) -> Stored<'a> {
    let text = |bytes: Vec<u8>| Stored::Text(String::from_utf8(bytes).unwrap_or_default().into());
    match value {
        Value::Null | Value::Object(_) => Stored::Null,
        Value::Bool(it) => Stored::Integer(i64::from(*it)),
        Value::Int(it)
        | Value::Decimal { unscaled: it, .. }
        | Value::Money(it)
        | Value::Timestamp(it)
        | Value::Duration(it) => Stored::Integer(*it),
        Value::Text(it) | Value::Json(it) => Stored::Text(it.into()),
        Value::Uuid(it) => Stored::Bytes(it.as_bytes().as_slice().into()),
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

/// A stored value in memory; `Null` for what does not fit its column, which the tables rule out.
pub(crate) fn loaded(ty: &ColumnType, value: Stored<'_>) -> Value {
    match value {
        Stored::Integer(it) => match ty {
            ColumnType::Bool => Value::Bool(it != 0),
            ColumnType::Decimal { scale } => Value::Decimal { unscaled: it, scale: *scale },
            ColumnType::Money => Value::Money(it),
            ColumnType::Timestamp => Value::Timestamp(it),
            ColumnType::Duration => Value::Duration(it),
            _ => Value::Int(it),
        },
        Stored::Text(text) => match ty {
            ColumnType::Date => parse_date(&text).map_or(Value::Null, Value::Date),
            ColumnType::Json => Value::Json(text.into_owned()),
            ColumnType::List(item) => parse_list(item, &text).unwrap_or(Value::Null),
            _ => Value::Text(text.into_owned()),
        },
        Stored::Bytes(bytes) => Uuid::from_slice(&bytes).map_or(Value::Null, Value::Uuid),
        Stored::Null => Value::Null,
    }
}

/// A value's bytes before encryption.
pub(crate) fn plain_bytes(plan: &Plan, ty: &ColumnType, value: &Value) -> Vec<u8> {
    match stored(plan, ty, value) {
        Stored::Integer(it) => it.to_be_bytes().to_vec(),
        Stored::Text(it) => it.into_owned().into_bytes(),
        Stored::Bytes(it) => it.into_owned(),
        Stored::Null => Vec::new(),
    }
}

/// A value from its decrypted bytes.
pub(crate) fn from_plain(ty: &ColumnType, bytes: &[u8]) -> Value {
    match architrave_plan::sql::schema::sql_type(ty) {
        "INTEGER" => match bytes.try_into() {
            Ok(bytes) => loaded(ty, Stored::Integer(i64::from_be_bytes(bytes))),
            Err(_) => Value::Null,
        },
        "BLOB" => loaded(ty, Stored::Bytes(bytes.into())),
        _ => loaded(ty, Stored::Text(String::from_utf8_lossy(bytes))),
    }
}

/// The place of a row's encrypted column.
pub(crate) fn place<'a>(
    table: &'a Table,
    column: &'a Column,
    tenant: Option<Uuid>,
    row: Uuid,
) -> Place<'a> {
    Place { tenant, table: &table.physical, row, column: &column.physical }
}

/// Decrypts a column's bytes.
pub(crate) fn unsealed(
    vault: &Vault,
    place: Place<'_>,
    ty: &ColumnType,
    sealed: &[u8],
) -> Result<Value, Fault> {
    Ok(from_plain(ty, &vault.unseal(place, sealed)?))
}

/// The hash that a value of a column with a lookup is found by.
pub(crate) fn lookup_hash(
    (plan, vault): (&Plan, &Vault),
    table: &Table,
    column: &Column,
    value: &Value,
) -> [u8; 32] {
    vault.lookup(&table.physical, &column.physical, &plain_bytes(plan, &column.ty, value))
}

/// A row's id.
pub(crate) fn row_id(table: &Table, row: &[Value]) -> Uuid {
    let position = table.columns.iter().position(|it| it.role == ColumnRole::Id);
    match position.and_then(|it| row.get(it)) {
        Some(Value::Uuid(id)) => *id,
        _ => Uuid::nil(),
    }
}

/// A row's value in a column.
pub(crate) fn value_at(row: &[Value], column: ColumnId) -> &Value {
    row.get(usize::from(column.0)).unwrap_or(&Value::Null)
}

/// A stored value as JSON: numbers, texts, bytes as hexadecimal text.
pub(crate) fn append_json(out: &mut Vec<u8>, value: &Stored<'_>) {
    match value {
        Stored::Null => scalar::write_null(out),
        Stored::Integer(it) => scalar::write_int(out, *it),
        Stored::Text(it) => scalar::write_text(out, it),
        Stored::Bytes(bytes) => {
            out.push(b'"');
            append_hex(out, bytes);
            out.push(b'"');
        }
    }
}
