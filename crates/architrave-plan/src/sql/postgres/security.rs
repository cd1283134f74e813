//! Row-level security: a second wall behind the conditions of each statement. A session says whose rows it is about, and
//! sees and writes no others, whatever its statements leave out.

use architrave_model::EntityId;

use super::name::fitted;
use crate::{
    Plan, Table,
    sql::{Dialect, builder::table_name, quoted},
};

/// The setting by which a session says whose rows it is about: an array of ids, or `*` for sweeps, which go over all
/// tenants. Unset it sees nothing.
pub const TENANTS: &str = "architrave.tenants";

/// Statements that put the wall up around a table; none where it belongs to no tenant.
///
/// The owner of a table is let through: he changes schemas and fills new columns, and never serves. Whoever serves owns
/// nothing.
pub(super) fn row_security(plan: &Plan, table: &Table) -> Vec<String> {
    let Some(condition) = condition(table) else { return Vec::new() };
    let name = table_name(plan, Dialect::Postgres, table.entity);
    let mut all = vec![
        format!("ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"),
        format!("ALTER TABLE {name} FORCE ROW LEVEL SECURITY"),
        format!("CREATE POLICY tenant ON {name} USING ({condition}) WITH CHECK ({condition})"),
        format!("CREATE POLICY owner ON {name} TO CURRENT_USER USING (true) WITH CHECK (true)"),
    ];
    if table.search.is_some() {
        all.push(format!(
            "CREATE VIEW {} AS SELECT * FROM {name} WHERE {condition}",
            searched_name(plan, table)
        ));
    }
    all
}

/// What a search looks into, with its schema. For a tenant's table it is a view with the wall's own condition in it:
/// behind a policy PostgreSQL asks no index for words, because finding a word is not proven to tell nothing of rows
/// that are behind the wall (`pg_proc.proleakproof`). The view belongs to the owner, who is let through.
pub fn searched(plan: &Plan, entity: EntityId) -> String {
    let table = &plan[entity];
    match table.tenant.and(table.search.as_ref()) {
        Some(_) => searched_name(plan, table),
        None => table_name(plan, Dialect::Postgres, entity),
    }
}

fn searched_name(plan: &Plan, table: &Table) -> String {
    let schema = super::schema_of(plan, table.entity);
    let name = fitted(&format!("_searched_{}", table.physical));
    format!("{}.{}", quoted(&schema), quoted(&name))
}

/// Asked once a statement, not once a row: hence the selects around the setting.
fn condition(table: &Table) -> Option<String> {
    let column = quoted(&table.column(table.tenant?)?.physical);
    let setting = format!("pg_catalog.current_setting('{TENANTS}', true)");
    Some(format!(
        "(SELECT {setting} = '*') OR {column} = ANY ((SELECT CASE WHEN {setting} LIKE '{{%' THEN {setting}::uuid[] \
         END)::uuid[])"
    ))
}
