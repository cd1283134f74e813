//! Tables, indexes and full-text indexes of SQLite: strict types, checks and foreign keys as a second
//! wall behind the engine.

use architrave_model::EntityId;

use super::{
    Dialect, Uncompilable,
    keys::{Reference, references},
    policy::condition,
    quoted,
    search::{ROW_NUMBER, fts_column},
};
use crate::{Column, ColumnId, ColumnRole, ColumnType, Plan, Table, TableIndex};

/// One table as it is created, and its pieces, so that an existing one can be compared and altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// The entity.
    pub entity: EntityId,
    /// Physical name.
    pub name: String,
    /// Columns in order, lookup hashes beside their values.
    pub columns: Vec<ColumnSchema>,
    /// Table constraints: keys to other tables.
    pub constraints: Vec<String>,
    /// Indexes.
    pub indexes: Vec<IndexSchema>,
    /// Full-text index.
    pub search: Option<IndexSchema>,
}

/// One stored column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSchema {
    /// Position in the plan's table; the value's for a lookup hash.
    pub column: ColumnId,
    /// Whether it is the lookup hash of that column.
    pub is_lookup: bool,
    /// Physical name.
    pub name: String,
    /// `INTEGER`, `TEXT` or `BLOB`.
    pub sql_type: &'static str,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// What its values must fulfil; empty for nothing.
    pub check: String,
}

/// An index or a full-text index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSchema {
    /// Physical name.
    pub name: String,
    /// The whole statement that creates it.
    pub create: String,
    /// Whether existing rows may stand against it.
    pub is_unique: bool,
}

impl TableSchema {
    /// The statement that creates the table, under its own name or another.
    #[must_use]
    pub fn create(&self, name: &str) -> String {
        let mut lines = vec![format!("{} INTEGER PRIMARY KEY", quoted(ROW_NUMBER))];
        lines.extend(self.columns.iter().map(ColumnSchema::definition));
        lines.extend(self.constraints.iter().cloned());
        format!("CREATE TABLE {} (\n  {}\n) STRICT", quoted(name), lines.join(",\n  "))
    }
}

impl ColumnSchema {
    /// The column as it is declared in `CREATE TABLE`.
    #[must_use]
    pub fn definition(&self) -> String {
        let null = if self.is_nullable { "" } else { " NOT NULL" };
        let check = if self.check.is_empty() {
            String::new()
        } else {
            format!(" CONSTRAINT {} CHECK ({})", quoted(&format!("ck_{}", self.name)), self.check)
        };
        format!("{} {}{null}{check}", quoted(&self.name), self.sql_type)
    }
}

/// The schema of all tables, in the plan's order.
///
/// # Errors
/// An index condition without SQL.
pub fn tables(plan: &Plan) -> Result<Vec<TableSchema>, Uncompilable> {
    plan.tables.iter().map(|table| table_schema(plan, table)).collect()
}

fn table_schema(plan: &Plan, table: &Table) -> Result<TableSchema, Uncompilable> {
    let mut columns = Vec::new();
    for (position, column) in (0..).zip(&table.columns) {
        columns.push(value_column(ColumnId(position), column));
        columns.extend(lookup_column(ColumnId(position), column));
    }
    let mut indexes =
        table.indexes.iter().map(|it| index(plan, table, it)).collect::<Result<Vec<_>, _>>()?;
    indexes.extend(parts_index(table));
    indexes.extend(deleted_index(table));
    Ok(TableSchema {
        entity: table.entity,
        name: table.physical.clone(),
        columns,
        constraints: constraints(plan, table),
        indexes,
        search: search_index(plan, table),
    })
}

fn value_column(id: ColumnId, column: &Column) -> ColumnSchema {
    let sql_type = if column.encryption.is_some() { "BLOB" } else { sql_type(&column.ty) };
    let check = if column.encryption.is_some() { String::new() } else { check(column) };
    ColumnSchema {
        column: id,
        is_lookup: false,
        name: column.physical.clone(),
        sql_type,
        is_nullable: column.is_nullable,
        check,
    }
}

fn lookup_column(id: ColumnId, column: &Column) -> Option<ColumnSchema> {
    Some(ColumnSchema {
        column: id,
        is_lookup: true,
        name: column.lookup.clone()?,
        sql_type: "BLOB",
        is_nullable: column.is_nullable,
        check: String::new(),
    })
}

/// SQLite's type for a column that is not encrypted.
#[must_use]
pub fn sql_type(ty: &ColumnType) -> &'static str {
    match ty {
        ColumnType::Bool
        | ColumnType::Int
        | ColumnType::Decimal { .. }
        | ColumnType::Money
        | ColumnType::Timestamp
        | ColumnType::Duration => "INTEGER",
        ColumnType::Text
        | ColumnType::Enum(_)
        | ColumnType::Date
        | ColumnType::Json
        | ColumnType::List(_)
        | ColumnType::File => "TEXT",
        ColumnType::Uuid | ColumnType::Ref(_) => "BLOB",
    }
}

/// A check passes when it is unknown, hence NULL needs no case of its own.
fn check(column: &Column) -> String {
    let name = quoted(&column.physical);
    match (&column.role, &column.ty) {
        (ColumnRole::Version, _) => format!("{name} >= 1"),
        (_, ColumnType::Bool) => format!("{name} IN (0, 1)"),
        (_, ColumnType::Uuid | ColumnType::Ref(_)) => format!("length({name}) = 16"),
        (_, ColumnType::Enum(values)) => {
            let values: Vec<String> =
                values.iter().map(|it| format!("'{}'", it.replace('\'', "''"))).collect();
            format!("{name} IN ({})", values.join(", "))
        }
        (_, ColumnType::Json | ColumnType::List(_)) => format!("json_valid({name})"),
        (_, ColumnType::Date) => format!("length({name}) = 10"),
        _ => String::new(),
    }
}

/// The row's own key and the keys to other tables.
fn constraints(plan: &Plan, table: &Table) -> Vec<String> {
    let id = name_of(table, ColumnRole::Id);
    let own = match table.tenant {
        Some(_) => format!("UNIQUE ({}, {id})", name_of(table, ColumnRole::Tenant)),
        None => format!("UNIQUE ({id})"),
    };
    let keys = references(plan, table);
    [own].into_iter().chain(keys.iter().map(|it| foreign_key(plan, table, it))).collect()
}

fn foreign_key(plan: &Plan, table: &Table, key: &Reference) -> String {
    let other = &plan[key.to];
    let id = name_of(other, ColumnRole::Id);
    let keys = match key.with_tenant {
        true => format!("{}, {id}", name_of(other, ColumnRole::Tenant)),
        false => id,
    };
    let columns = key.columns.iter().filter_map(|it| table.column(*it));
    let columns: Vec<String> = columns.map(|it| quoted(&it.physical)).collect();
    format!(
        "FOREIGN KEY ({}) REFERENCES {} ({keys}) ON DELETE RESTRICT",
        columns.join(", "),
        quoted(&other.physical)
    )
}

fn name_of(table: &Table, role: ColumnRole) -> String {
    let column = table.columns.iter().find(|it| it.role == role);
    column.map_or_else(|| "\"\"".to_owned(), |it| quoted(&it.physical))
}

fn index(plan: &Plan, table: &Table, index: &TableIndex) -> Result<IndexSchema, Uncompilable> {
    let keys = index.columns.iter().filter_map(|key| {
        let column = table.columns.get(usize::from(key.column.0))?;
        let name = quoted(column.lookup.as_ref().unwrap_or(&column.physical));
        Some(if key.is_descending { format!("{name} DESC") } else { name })
    });
    let keys = keys.collect::<Vec<_>>().join(", ");
    let mut conditions = Vec::new();
    if let Some(it) = &index.condition {
        conditions.push(condition(plan, Dialect::Sqlite, it)?);
    }
    if index.skips_deleted && table.deleted_at.is_some() {
        conditions.push(format!("{} IS NULL", name_of(table, ColumnRole::DeletedAt)));
    }
    let covered = if conditions.is_empty() {
        String::new()
    } else {
        format!(" WHERE {}", conditions.join(" AND "))
    };
    let unique = if index.unique.is_some() { "UNIQUE " } else { "" };
    Ok(IndexSchema {
        name: index.physical.clone(),
        create: format!(
            "CREATE {unique}INDEX {} ON {} ({keys}){covered}",
            quoted(&index.physical),
            quoted(&table.physical)
        ),
        is_unique: index.unique.is_some(),
    })
}

/// Parts are always asked for by the row above, in order.
fn parts_index(table: &Table) -> Option<IndexSchema> {
    let (parent, _) = table.parent?;
    let starts = |it: &TableIndex| {
        let mut keys =
            it.columns.iter().map(|key| key.column).skip(usize::from(table.tenant.is_some()));
        keys.next() == Some(parent) && it.condition.is_none()
    };
    if table.indexes.iter().any(starts) {
        return None;
    }
    let mut keys = Vec::new();
    if table.tenant.is_some() {
        keys.push(name_of(table, ColumnRole::Tenant));
    }
    keys.push(name_of(table, ColumnRole::Parent));
    if table.position.is_some() {
        keys.push(name_of(table, ColumnRole::Position));
    }
    // Indexes share one namespace; the underscore keeps this one apart from those of the lock.
    let name = format!("_parts_{}", table.physical);
    let create = format!(
        "CREATE INDEX {} ON {} ({})",
        quoted(&name),
        quoted(&table.physical),
        keys.join(", ")
    );
    Some(IndexSchema { name, create, is_unique: false })
}

/// The background sweep asks for softly deleted rows, oldest first.
fn deleted_index(table: &Table) -> Option<IndexSchema> {
    table.deleted_at?;
    let deleted = name_of(table, ColumnRole::DeletedAt);
    let name = format!("_deleted_{}", table.physical);
    let create = format!(
        "CREATE INDEX {} ON {} ({deleted}) WHERE {deleted} IS NOT NULL",
        quoted(&name),
        quoted(&table.physical)
    );
    Some(IndexSchema { name, create, is_unique: false })
}

/// The words of searched columns, without their texts. They arrive split and normalised: SQLite's
/// `ascii` tokenizer keeps every byte beyond ASCII as it is, where `unicode61` would split again by the
/// letters of an older Unicode.
fn search_index(plan: &Plan, table: &Table) -> Option<IndexSchema> {
    let search = table.search.as_ref()?;
    let columns: Vec<String> = search
        .columns
        .iter()
        .map(|it| quoted(&fts_column(plan, table.entity, it.column)))
        .collect();
    let create = format!(
        "CREATE VIRTUAL TABLE {} USING fts5({}, content='', contentless_delete=1, detail=column, \
         tokenize='ascii')",
        quoted(&search.physical),
        columns.join(", ")
    );
    Some(IndexSchema { name: search.physical.clone(), create, is_unique: false })
}
