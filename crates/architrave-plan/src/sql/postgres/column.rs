//! Columns of PostgreSQL: their types and checks.

use super::name::fitted;
use crate::{Column, ColumnId, ColumnRole, ColumnType, Table, sql::quoted};

/// One stored column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSchema {
    /// What it holds.
    pub holds: ColumnUse,
    /// Physical name.
    pub name: String,
    /// Its type with the collation, e.g. `text COLLATE "C"`.
    pub sql_type: String,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// What it holds unless it is said, as SQL; empty for nothing.
    pub default: &'static str,
    /// What its values must fulfil; empty for nothing.
    pub check: String,
}

/// What a stored column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnUse {
    /// The value of the plan's column.
    Value(ColumnId),
    /// The lookup hash of the plan's column.
    Lookup(ColumnId),
    /// The words of the searched columns.
    Words,
}

impl ColumnSchema {
    /// The column as it is declared in `CREATE TABLE`.
    #[must_use]
    pub fn definition(&self) -> String {
        let null = if self.is_nullable { "" } else { " NOT NULL" };
        let default = match self.default {
            "" => String::new(),
            it => format!(" DEFAULT {it}"),
        };
        let check = match self.check.as_str() {
            "" => String::new(),
            it => {
                let name = quoted(&fitted(&format!("ck_{}", self.name)));
                format!(" CONSTRAINT {name} CHECK ({it})")
            }
        };
        format!("{} {}{null}{default}{check}", quoted(&self.name), self.sql_type)
    }
}

/// All columns of a table.
pub(super) fn columns(table: &Table) -> Vec<ColumnSchema> {
    let mut all = Vec::new();
    for (id, column) in table.column_ids() {
        all.push(value(id, column));
        all.extend(lookup(id, column));
    }
    all.extend(table.search.as_ref().map(|it| ColumnSchema {
        holds: ColumnUse::Words,
        name: it.physical.clone(),
        sql_type: "tsvector".to_owned(),
        is_nullable: false,
        default: "''",
        check: String::new(),
    }));
    all
}

fn value(id: ColumnId, column: &Column) -> ColumnSchema {
    let is_sealed = column.encryption.is_some();
    ColumnSchema {
        holds: ColumnUse::Value(id),
        name: column.physical.clone(),
        sql_type: if is_sealed { "bytea".to_owned() } else { sql_type(&column.ty) },
        is_nullable: column.is_nullable,
        default: "",
        check: if is_sealed { String::new() } else { check(column) },
    }
}

fn lookup(id: ColumnId, column: &Column) -> Option<ColumnSchema> {
    Some(ColumnSchema {
        holds: ColumnUse::Lookup(id),
        name: column.lookup.clone()?,
        sql_type: "bytea".to_owned(),
        is_nullable: column.is_nullable,
        default: "",
        check: String::new(),
    })
}

/// The type of what a column holds, without its collation, as a parameter has it.
pub(super) fn stored_type(column: &Column) -> String {
    let named = if column.encryption.is_some() { "bytea".to_owned() } else { sql_type(&column.ty) };
    named.replace(" COLLATE \"C\"", "")
}

/// The type of a column that is not encrypted.
fn sql_type(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Bool => "boolean",
        ColumnType::Int | ColumnType::Money | ColumnType::Duration => "bigint",
        // Every number that fits into 64 bits, as in memory.
        ColumnType::Decimal { scale } => return format!("numeric(19, {scale})"),
        ColumnType::Timestamp => "timestamptz",
        ColumnType::Date => "date",
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::File => "text COLLATE \"C\"",
        ColumnType::Json => "json",
        ColumnType::List(_) => "jsonb",
        ColumnType::Uuid | ColumnType::Ref(_) => "uuid",
    }
    .to_owned()
}

/// A check passes when it is unknown, hence NULL needs no case of its own.
fn check(column: &Column) -> String {
    let name = quoted(&column.physical);
    match (&column.role, &column.ty) {
        (ColumnRole::Version, _) => format!("{name} >= 1"),
        (ColumnRole::Position, _) => format!("{name} >= 0"),
        (_, ColumnType::Enum(values)) => {
            let values = values.iter().map(|it| format!("'{}'", it.replace('\'', "''")));
            format!("{name} IN ({})", values.collect::<Vec<_>>().join(", "))
        }
        (_, ColumnType::List(_)) => format!("jsonb_typeof({name}) = 'array'"),
        _ => String::new(),
    }
}
