//! Rows as PostgreSQL's `COPY` reads them in its text format, and the expressions by which a column comes back as it
//! is stored in SQLite. <https://www.postgresql.org/docs/current/sql-copy.html>

use architrave_engine::{Fault, parse_list, show::scalar};
use architrave_model::Value;
use architrave_plan::{ColumnType, JsonKind, Plan, sql::quoted};
use serde_json::Value as Json;

use super::moved::{Kind, Moved, MovedColumn};
use crate::{
    shared::stored::{Stored, currency},
    vault::append_hex,
};

/// A row as SQLite stores it.
pub(crate) type StoredRow = Vec<Stored<'static>>;

/// Appends a row as a line, and its words where there are any.
pub(crate) fn append_line(
    out: &mut Vec<u8>,
    moved: &Moved,
    row: &[Stored<'_>],
    words: Option<&str>,
) {
    for (position, (column, value)) in moved.columns.iter().zip(row).enumerate() {
        if position > 0 {
            out.push(b'\t');
        }
        append(out, &column.kind, value);
    }
    if let Some(words) = words {
        out.push(b'\t');
        append_escaped(out, words);
    }
    out.push(b'\n');
}

fn append(out: &mut Vec<u8>, kind: &Kind, value: &Stored<'_>) {
    match (kind, value) {
        (_, Stored::Null) => out.extend_from_slice(b"\\N"),
        (Kind::Bool, Stored::Integer(it)) => out.push(if *it == 0 { b'f' } else { b't' }),
        (Kind::Decimal(scale), Stored::Integer(it)) => scalar::append_decimal(out, *it, *scale),
        (Kind::Timestamp, Stored::Integer(it)) => scalar::append_timestamp(out, *it),
        (_, Stored::Integer(it)) => scalar::write_int(out, *it),
        (_, Stored::Text(it)) => append_escaped(out, it),
        (Kind::Uuid, Stored::Bytes(it)) => append_hex(out, it),
        (_, Stored::Bytes(it)) => {
            // The backslash of `\x` is itself escaped.
            out.extend_from_slice(b"\\\\x");
            append_hex(out, it);
        }
    }
}

/// What separates rows and columns, and the backslash, are written in another way.
fn append_escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            other => out.push(other),
        }
    }
}

/// How a column is asked for, so that it comes as a whole number, a text or bytes.
pub(crate) fn selected(column: &MovedColumn) -> String {
    let name = quoted(&column.postgres);
    match &column.kind {
        Kind::Bool => format!("{name}::int::bigint"),
        Kind::Integer => format!("{name}::bigint"),
        Kind::Decimal(scale) => format!("({name} * 1{})::bigint", "0".repeat(usize::from(*scale))),
        // Numeric since PostgreSQL 14, hence exact.
        Kind::Timestamp => format!("(extract(epoch from {name}) * 1000000)::bigint"),
        Kind::Date | Kind::Text | Kind::Json | Kind::List(_) | Kind::Texts => {
            format!("{name}::text")
        }
        Kind::Uuid => format!("uuid_send({name})"),
        Kind::Bytes => name,
    }
}

/// A row that was asked for by [`selected`]. Lists come as SQLite's store writes them where there is a plan.
///
/// # Errors
/// A column of another type than the plan says.
pub(crate) fn received(
    moved: &Moved,
    row: &tokio_postgres::Row,
    plan: Option<&Plan>,
) -> Result<StoredRow, Fault> {
    let columns = moved.columns.iter().enumerate();
    columns.map(|(at, column)| value(plan, moved, column, (row, at))).collect()
}

fn value(
    plan: Option<&Plan>,
    moved: &Moved,
    column: &MovedColumn,
    (row, at): (&tokio_postgres::Row, usize),
) -> Result<Stored<'static>, Fault> {
    let failed = |error: tokio_postgres::Error| {
        Fault::new(format!("{}.{} cannot be read: {error}", moved.name, column.sqlite), "")
    };
    Ok(match &column.kind {
        Kind::Bool | Kind::Integer | Kind::Decimal(_) | Kind::Timestamp => {
            row.try_get::<_, Option<i64>>(at).map_err(failed)?.map_or(Stored::Null, Stored::Integer)
        }
        Kind::Uuid | Kind::Bytes => {
            let bytes: Option<Vec<u8>> = row.try_get(at).map_err(failed)?;
            bytes.map_or(Stored::Null, |it| Stored::Bytes(it.into()))
        }
        Kind::Date | Kind::Text | Kind::Json => {
            let text: Option<String> = row.try_get(at).map_err(failed)?;
            text.map_or(Stored::Null, |it| Stored::Text(it.into()))
        }
        Kind::List(ty) => {
            let text: Option<String> = row.try_get(at).map_err(failed)?;
            text.map_or(Stored::Null, |it| Stored::Text(list(plan, ty, it).into()))
        }
        Kind::Texts => {
            let text: Option<String> = row.try_get(at).map_err(failed)?;
            text.map_or(Stored::Null, |it| Stored::Text(compact(it).into()))
        }
    })
}

/// A list as SQLite's store writes it.
fn list(plan: Option<&Plan>, ty: &ColumnType, text: String) -> String {
    let (Some(plan), ColumnType::List(item)) = (plan, ty) else { return text };
    match parse_list(item, &text) {
        Ok(Value::List(items)) => {
            let mut out = Vec::with_capacity(text.len());
            scalar::write_list(&mut out, &JsonKind::of(item), &items, currency(plan));
            String::from_utf8(out).unwrap_or(text)
        }
        _ => text,
    }
}

fn compact(text: String) -> String {
    serde_json::from_str::<Json>(&text).map_or(text, |it| it.to_string())
}
