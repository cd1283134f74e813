//! The key of a table's own rows and its keys to other tables.

use super::{ConstraintSchema, name::fitted};
use crate::{
    ColumnId, Plan, Table,
    sql::{
        Dialect,
        builder::table_name,
        keys::{Reference, references},
        quoted,
    },
};

/// Tenant and id, or the id alone. Indexes share the namespace of tables; the underscore keeps this one apart from
/// the names of the lock.
pub(super) fn primary(table: &Table) -> String {
    let name = quoted(&fitted(&format!("_pk_{}", table.physical)));
    format!("CONSTRAINT {name} PRIMARY KEY ({})", own_key(table, table.tenant.is_some()))
}

/// Keys to other tables. They are checked at once, as SQLite does.
pub(super) fn foreign(plan: &Plan, table: &Table) -> Vec<ConstraintSchema> {
    references(plan, table).iter().map(|it| constraint(plan, table, it)).collect()
}

fn constraint(plan: &Plan, table: &Table, key: &Reference) -> ConstraintSchema {
    let last = key.columns.last().and_then(|it| table.column(*it));
    let name = fitted(&format!("fk_{}", last.map_or("", |it| it.physical.as_str())));
    let add = format!(
        "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE RESTRICT",
        table_name(plan, Dialect::Postgres, table.entity),
        quoted(&name),
        names(table, key.columns.iter().copied()),
        table_name(plan, Dialect::Postgres, key.to),
        own_key(&plan[key.to], key.with_tenant)
    );
    ConstraintSchema { name, add }
}

fn own_key(table: &Table, with_tenant: bool) -> String {
    let id = table.column_ids().find(|(_, it)| it.role == crate::ColumnRole::Id).map(|it| it.0);
    names(table, table.tenant.filter(|_| with_tenant).into_iter().chain(id))
}

fn names(table: &Table, columns: impl Iterator<Item = ColumnId>) -> String {
    let columns = columns.filter_map(|it| table.column(it));
    columns.map(|it| quoted(&it.physical)).collect::<Vec<_>>().join(", ")
}
