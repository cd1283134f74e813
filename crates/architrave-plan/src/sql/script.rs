//! Whole schemas as text: the statements that a store executes on an empty database, in its order.

use super::{Uncompilable, own, postgres, schema};
use crate::Plan;

/// The schema of SQLite.
///
/// # Errors
/// An index condition without SQL.
pub fn sqlite(plan: &Plan) -> Result<String, Uncompilable> {
    let mut script = Script::default();
    script.note("What every store has: journal, idempotency, identity, keys, sequences");
    script.text.push_str(own::sqlite::CREATE);
    for table in schema::tables(plan)? {
        script.note(&plan.system.entity_path(table.entity));
        script.statement(&table.create(&table.name));
        table.indexes.iter().for_each(|it| script.statement(&it.create));
        table.search.iter().for_each(|it| script.statement(&it.create));
    }
    Ok(script.text)
}

/// The schema of PostgreSQL. Keys to other tables come when all tables are there.
///
/// # Errors
/// An index condition without SQL.
pub fn postgres(plan: &Plan) -> Result<String, Uncompilable> {
    let tables = postgres::tables(plan)?;
    let mut script = Script::default();
    script.note("What every store has: journal, idempotency, identity, keys, sequences");
    script.text.push_str(own::postgres::CREATE);
    for (context, schema) in postgres::schemas(plan) {
        script.note(&format!("Context {}", plan.system[context].name.text));
        script.statement(&format!("CREATE SCHEMA {}", super::quoted(&schema)));
        for table in tables.iter().filter(|it| it.schema == schema) {
            script.text.push('\n');
            script.statement(&table.create());
            table.indexes.iter().for_each(|it| script.statement(&it.create));
            table.row_security.iter().for_each(|it| script.statement(it));
            table.comments.iter().for_each(|it| script.statement(it));
        }
    }
    let keys: Vec<_> = tables.iter().flat_map(|it| &it.foreign_keys).collect();
    if !keys.is_empty() {
        script.note("Keys between tables");
    }
    keys.iter().for_each(|it| script.statement(&it.add));
    Ok(script.text)
}

/// Statements with a semicolon each, and remarks between them.
#[derive(Default)]
struct Script {
    text: String,
}

impl Script {
    fn note(&mut self, text: &str) {
        self.text.push_str(if self.text.is_empty() { "-- " } else { "\n-- " });
        self.text.push_str(&text.replace(['\n', '\r'], " "));
        self.text.push('\n');
    }

    fn statement(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str(";\n");
    }
}
