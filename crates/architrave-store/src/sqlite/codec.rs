//! Values between memory and SQLite's columns.

use architrave_engine::{Fault, show::scalar};
use architrave_model::Value;
use architrave_plan::{Column, ColumnId, ColumnType, Plan, Table};
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
                ColumnType::List(item) => scalar::json_kind(item),
                other => scalar::json_kind(other),
            };
            scalar::write_list(&mut out, &kind, items, currency(plan));
            text(out)
        }
    }
}

/// A stored value in memory; `Null` for what does not fit its column, which strict tables rule out.
pub(super) fn loaded(plan: &Plan, ty: &ColumnType, value: ValueRef<'_>) -> Value {
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
                ColumnType::List(item) => parse_list(plan, item, &text),
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
pub(super) fn from_plain(plan: &Plan, ty: &ColumnType, bytes: &[u8]) -> Value {
    match architrave_plan::sql::schema::sql_type(ty) {
        "INTEGER" => match bytes.try_into() {
            Ok(bytes) => loaded(plan, ty, ValueRef::Integer(i64::from_be_bytes(bytes))),
            Err(_) => Value::Null,
        },
        "BLOB" => loaded(plan, ty, ValueRef::Blob(bytes)),
        _ => loaded(plan, ty, ValueRef::Text(bytes)),
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
    (plan, vault): (&Plan, &Vault),
    place: Place<'_>,
    ty: &ColumnType,
    sealed: &[u8],
) -> Result<Value, Fault> {
    Ok(from_plain(plan, ty, &vault.unseal(place, sealed)?))
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

fn parse_date(text: &str) -> Option<i32> {
    let mut pieces = text.splitn(3, '-');
    let year: i64 = pieces.next()?.parse().ok()?;
    let month: i64 = pieces.next()?.parse().ok()?;
    let day: i64 = pieces.next()?.parse().ok()?;
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * shifted + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).ok()
}

fn parse_list(plan: &Plan, item: &ColumnType, text: &str) -> Value {
    let Ok(serde_json::Value::Array(items)) = serde_json::from_str(text) else {
        return Value::Null;
    };
    Value::List(items.iter().map(|it| parse_item(plan, item, it)).collect())
}

/// An item as it is shown in the API, which is how lists are stored.
fn parse_item(plan: &Plan, ty: &ColumnType, item: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    let parsed = match (ty, item) {
        (ColumnType::Json, it) => Some(Value::Json(it.to_string())),
        (_, Json::Bool(it)) => Some(Value::Bool(*it)),
        (_, Json::Number(it)) => it.as_i64().map(Value::Int),
        (ColumnType::Money, it) => {
            let amount = it.get("amount").and_then(Json::as_str);
            amount.and_then(|it| unscaled(it, plan.system.currency_digits)).map(Value::Money)
        }
        (ColumnType::File, it) => {
            it.get("url").and_then(Json::as_str).map(|it| Value::Text(it.to_owned()))
        }
        (ColumnType::Decimal { scale }, Json::String(it)) => {
            unscaled(it, *scale).map(|unscaled| Value::Decimal { unscaled, scale: *scale })
        }
        (ColumnType::Uuid | ColumnType::Ref(_), Json::String(it)) => {
            it.parse().ok().map(Value::Uuid)
        }
        (ColumnType::Date, Json::String(it)) => parse_date(it).map(Value::Date),
        (ColumnType::Timestamp, Json::String(it)) => parse_timestamp(it).map(Value::Timestamp),
        (ColumnType::Duration, Json::String(it)) => parse_duration(it).map(Value::Duration),
        (_, Json::String(it)) => Some(Value::Text(it.clone())),
        _ => None,
    };
    parsed.unwrap_or(Value::Null)
}

fn unscaled(text: &str, scale: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    (fraction.len() == usize::from(scale)).then(|| format!("{whole}{fraction}").parse().ok())?
}

/// `2026-01-31T12:00:00.5Z`, as we write it.
fn parse_timestamp(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut pieces = time.splitn(3, ':');
    let hours: i64 = pieces.next()?.parse().ok()?;
    let minutes: i64 = pieces.next()?.parse().ok()?;
    let seconds = fixed_us(pieces.next()?)?;
    let days = i64::from(parse_date(day)?);
    Some((days * 86_400 + hours * 3_600 + minutes * 60) * 1_000_000 + seconds)
}

/// `-P1DT2H3M4.5S`, as we write it.
fn parse_duration(text: &str) -> Option<i64> {
    let (sign, rest) = text.strip_prefix('-').map_or((1, text), |it| (-1, it));
    let (mut total, mut number) = (0_i64, String::new());
    for letter in rest.strip_prefix('P')?.chars() {
        let unit_s = match letter {
            'T' => continue,
            'D' => 86_400,
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            other => {
                number.push(other);
                continue;
            }
        };
        total = total.checked_add(fixed_us(&number)?.checked_mul(unit_s)?)?;
        number.clear();
    }
    Some(sign * total)
}

/// `4.5` as millionths.
fn fixed_us(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{fraction:0<6}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_texts_are_read_as_they_are_written() {
        let mut out = Vec::new();
        for days in [-719_162, -1, 0, 59, 11_016, 20_484, 2_932_896] {
            out.clear();
            scalar::append_date(&mut out, i64::from(days));
            assert_eq!(parse_date(std::str::from_utf8(&out).unwrap()), Some(days));
        }
        for us in [-62_135_596_800_000_000, -1, 0, 1_500_000, 1_769_860_800_000_001] {
            out.clear();
            scalar::append_timestamp(&mut out, us);
            assert_eq!(parse_timestamp(std::str::from_utf8(&out).unwrap()), Some(us));
            out.clear();
            scalar::append_duration(&mut out, us);
            assert_eq!(parse_duration(std::str::from_utf8(&out).unwrap()), Some(us));
        }
        for (text, scale, expected) in
            [("12.50", 2, Some(1250)), ("-0.05", 2, Some(-5)), ("7", 0, Some(7)), ("1.5", 2, None)]
        {
            assert_eq!(unscaled(text, scale), expected, "{text}");
        }
    }
}
