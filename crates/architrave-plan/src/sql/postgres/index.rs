//! Indexes of PostgreSQL. A list's order and the index that serves it must name the same place for nulls, or the
//! database sorts.

use super::name::fitted;
use crate::{
    ColumnId, ColumnRole, Plan, Table, TableIndex,
    sql::{Dialect, Uncompilable, builder::table_name, condition, quoted, schema::IndexSchema},
};

/// What stands behind a key of an order or of an index. SQLite counts null as the smallest value; PostgreSQL has to be
/// told, but for columns without nulls, where telling would only keep it from using another index.
pub(in crate::sql) fn direction(is_ascending: bool, is_nullable: bool) -> &'static str {
    match (is_ascending, is_nullable) {
        (true, true) => " NULLS FIRST",
        (true, false) => "",
        (false, true) => " DESC NULLS LAST",
        (false, false) => " DESC",
    }
}

/// All indexes of a table but its keys.
pub(super) fn indexes(plan: &Plan, table: &Table) -> Result<Vec<IndexSchema>, Uncompilable> {
    let mut all = Vec::new();
    for index in &table.indexes {
        all.push(declared(plan, table, index)?);
    }
    all.extend(parts(plan, table));
    all.extend(deleted(plan, table));
    all.extend(words(plan, table));
    Ok(all)
}

fn declared(plan: &Plan, table: &Table, index: &TableIndex) -> Result<IndexSchema, Uncompilable> {
    let is_unique = index.unique.is_some();
    let keys = index.columns.iter().filter_map(|key| {
        let column = table.column(key.column)?;
        let name = quoted(column.lookup.as_ref().unwrap_or(&column.physical));
        let order = direction(!key.is_descending, column.is_nullable && !is_unique);
        Some(format!("{name}{order}"))
    });
    let keys = keys.collect::<Vec<_>>().join(", ");
    let mut conditions = Vec::new();
    if let Some(it) = &index.condition {
        conditions.push(condition(plan, Dialect::Postgres, it)?);
    }
    if let Some(deleted) = table.deleted_at.filter(|_| index.skips_deleted) {
        conditions.push(format!("{} IS NULL", name_of(table, deleted)));
    }
    let covered = match conditions.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", conditions.join(" AND ")),
    };
    Ok(created(plan, table, index.physical.clone(), is_unique, &format!("({keys}){covered}")))
}

/// Parts are always asked for by the row above, in order.
fn parts(plan: &Plan, table: &Table) -> Option<IndexSchema> {
    let (parent, _) = table.parent?;
    let starts = |it: &TableIndex| {
        let mut keys = it.columns.iter().map(|key| key.column);
        keys.nth(usize::from(table.tenant.is_some())) == Some(parent) && it.condition.is_none()
    };
    if table.indexes.iter().any(starts) {
        return None;
    }
    let keys = table.tenant.into_iter().chain([parent]).chain(table.position);
    let keys: Vec<String> = keys.map(|it| name_of(table, it)).collect();
    let name = fitted(&format!("_parts_{}", table.physical));
    Some(created(plan, table, name, false, &format!("({})", keys.join(", "))))
}

/// The background sweep asks for softly deleted rows, oldest first.
fn deleted(plan: &Plan, table: &Table) -> Option<IndexSchema> {
    let deleted = name_of(table, table.deleted_at?);
    let id = table.column_ids().find(|(_, it)| it.role == ColumnRole::Id)?.0;
    let keys = format!("({deleted}, {}) WHERE {deleted} IS NOT NULL", name_of(table, id));
    let name = fitted(&format!("_deleted_{}", table.physical));
    Some(created(plan, table, name, false, &keys))
}

/// The words of searched columns.
fn words(plan: &Plan, table: &Table) -> Option<IndexSchema> {
    let search = table.search.as_ref()?;
    let name = fitted(&format!("_words_{}", table.physical));
    let keys = format!("USING gin ({})", quoted(&search.physical));
    Some(created(plan, table, name, false, &keys))
}

fn created(plan: &Plan, table: &Table, name: String, is_unique: bool, keys: &str) -> IndexSchema {
    let unique = if is_unique { "UNIQUE " } else { "" };
    let on = table_name(plan, Dialect::Postgres, table.entity);
    let create = format!("CREATE {unique}INDEX {} ON {on} {keys}", quoted(&name));
    IndexSchema { name, create, is_unique }
}

fn name_of(table: &Table, column: ColumnId) -> String {
    quoted(table.column(column).map_or("", |it| it.physical.as_str()))
}
