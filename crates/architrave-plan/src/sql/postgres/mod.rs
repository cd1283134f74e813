//! Tables, keys, indexes and comments of PostgreSQL 15 or newer: one schema per context, physical names from the lock,
//! checks and foreign keys as a second wall behind the engine.
//!
//! Answers must be those of SQLite byte for byte, which decides the types:
//!
//! - Text is compared by bytes (`COLLATE "C"`); one of several texts is a text with a check, not an enum: a value can
//!   then be added or taken away like any other change.
//! - Money and lengths of time are whole numbers (minor units, microseconds), as rules count with them.
//! - `json` fields keep the text that was sent, hence `json`; lists are asked about by rules, hence `jsonb`.
//! - Words to be searched are split by the engine and tagged with their tenant, hence a plain `tsvector` that the store
//!   fills. One that the database generates would split by its own dictionary, know of no tenant, and find other
//!   rows than SQLite.

pub(super) mod arithmetic;
pub mod change;
mod column;
mod comment;
mod index;
mod key;
mod name;
pub mod search;
pub mod security;
#[cfg(test)]
mod tests;

use architrave_model::{ContextId, EntityId};

pub use column::{ColumnSchema, ColumnUse};
pub(super) use index::direction;
pub use name::{fitted, schema_name};

use super::{Uncompilable, quoted, schema::IndexSchema};
use crate::{Plan, Table};

/// One table as it is created, and its pieces, so that an existing one can be compared and altered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// The entity.
    pub entity: EntityId,
    /// The schema.
    pub schema: String,
    /// Physical name within it; unique over all schemas.
    pub name: String,
    /// Columns in order, lookup hashes beside their values, the words to be searched last.
    pub columns: Vec<ColumnSchema>,
    /// The primary key, as it stands in `CREATE TABLE`.
    pub primary_key: String,
    /// Keys to other tables. They are added when all tables are there.
    pub foreign_keys: Vec<ConstraintSchema>,
    /// Indexes, that of the words to be searched among them.
    pub indexes: Vec<IndexSchema>,
    /// Whole statements that keep tenants apart, behind the table itself; none where it belongs to no tenant.
    pub row_security: Vec<String>,
    /// Whole statements that say what table and columns are.
    pub comments: Vec<String>,
}

/// A constraint that is added to a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintSchema {
    /// Its name, unique within the table.
    pub name: String,
    /// The whole statement that adds it.
    pub add: String,
}

impl TableSchema {
    /// Schema and name in quotes.
    #[must_use]
    pub fn qualified(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }

    /// The statement that creates the table.
    #[must_use]
    pub fn create(&self) -> String {
        let mut lines: Vec<String> = self.columns.iter().map(ColumnSchema::definition).collect();
        lines.push(self.primary_key.clone());
        format!("CREATE TABLE {} (\n  {}\n)", self.qualified(), lines.join(",\n  "))
    }
}

/// The schemas that have tables, in the order of the contexts.
#[must_use]
pub fn schemas(plan: &Plan) -> Vec<(ContextId, String)> {
    let contexts = (0..).zip(&plan.system.contexts).map(|(position, _)| ContextId(position));
    let has_tables = |it: &ContextId| plan.system.entities.iter().any(|own| own.context == *it);
    contexts.filter(has_tables).map(|it| (it, schema_name(&plan.system[it].name.text))).collect()
}

/// The schema of all tables, in the plan's order.
///
/// # Errors
/// An index condition without SQL.
pub fn tables(plan: &Plan) -> Result<Vec<TableSchema>, Uncompilable> {
    plan.tables.iter().map(|table| table_schema(plan, table)).collect()
}

fn table_schema(plan: &Plan, table: &Table) -> Result<TableSchema, Uncompilable> {
    Ok(TableSchema {
        entity: table.entity,
        schema: schema_of(plan, table.entity),
        name: table.physical.clone(),
        columns: column::columns(table),
        primary_key: key::primary(table),
        foreign_keys: key::foreign(plan, table),
        indexes: index::indexes(plan, table)?,
        row_security: security::row_security(plan, table),
        comments: comment::comments(plan, table),
    })
}

/// The schema that an entity's table is in.
pub(super) fn schema_of(plan: &Plan, entity: EntityId) -> String {
    schema_name(&plan.system[plan.system[entity].context].name.text)
}
