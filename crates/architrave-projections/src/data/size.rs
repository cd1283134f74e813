//! How large a row is, roughly: for saying how much there will be, never for deciding anything.

use architrave_model::{FieldType, System};
use architrave_plan::{Bounds, Column, ColumnRole, ColumnType, Table};

/// What a text, a list or a document is taken for: how long it may be says little of how long it is.
const TEXT_BYTES: u64 = 100;
/// What a database keeps with a row of its own: header and row number (SQLite, file format, section 2.1) or tuple
/// header (PostgreSQL, page layout), rounded up.
const ROW_BYTES: u64 = 24;
/// AES-256-GCM beside the value: nonce 12, tag 16, key version 4.
const SEAL_BYTES: u64 = 32;

/// Bytes of a row without its indexes, and whether no text was guessed.
pub(crate) fn row_bytes(system: &System, table: &Table) -> (u64, bool) {
    let mut bytes = ROW_BYTES;
    let mut is_exact = true;
    for column in &table.columns {
        let plain = match &column.ty {
            ColumnType::Bool => 1,
            ColumnType::Int
            | ColumnType::Decimal { .. }
            | ColumnType::Money
            | ColumnType::Timestamp
            | ColumnType::Duration => 8,
            ColumnType::Uuid | ColumnType::Ref(_) => 16,
            ColumnType::Date => 10,
            ColumnType::Enum(values) => {
                values.iter().map(|it| it.len() as u64).max().unwrap_or_default()
            }
            ColumnType::Text | ColumnType::Json | ColumnType::List(_) | ColumnType::File => {
                is_exact = false;
                longest(system, table, column).map_or(TEXT_BYTES, |it| it.min(TEXT_BYTES))
            }
        };
        bytes += plain;
        bytes += if column.encryption.is_some() { SEAL_BYTES } else { 0 };
        bytes += if column.lookup.is_some() { 32 } else { 0 };
    }
    (bytes, is_exact)
}

/// Most characters of the field in a column, where its type says.
fn longest(system: &System, table: &Table, column: &Column) -> Option<u64> {
    let ColumnRole::Field { field, member } = column.role else { return None };
    let field = system[table.entity].fields.get(field)?;
    let field = match (&field.ty, member) {
        (FieldType::Value(value), Some(member)) => system[*value].fields.get(member)?,
        _ => field,
    };
    match Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref()) {
        Bounds::Length { max, .. } => Some(u64::from(max)),
        _ => None,
    }
}
