//! What the engine loads and changes: whole rows by id, without rules, always within the tenant.

use architrave_model::EntityId;

use super::{
    Dialect, Parameter, Statement,
    builder::{Builder, Reach, all_of, table_name},
    quoted,
    search::ROW_NUMBER,
};
use crate::{ColumnId, Plan, Table};

/// One row by id, all columns in the table's order.
#[must_use]
pub fn load(plan: &Plan, dialect: Dialect, entity: EntityId, with_deleted: bool) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let mut conditions = b.walls(entity, "t", with_deleted);
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.id_column(entity, "t")));
    let text = select(&b, entity, &conditions);
    b.finish(text)
}

/// Rows by their ids ([`Parameter::Ids`]), all columns in the table's order.
#[must_use]
pub fn load_several(
    plan: &Plan,
    dialect: Dialect,
    entity: EntityId,
    with_deleted: bool,
) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let mut conditions = b.walls(entity, "t", with_deleted);
    let id = b.id_column(entity, "t");
    conditions.push(b.among_ids(&id));
    let text = select(&b, entity, &conditions);
    b.finish(text)
}

/// The parts of several rows ([`Parameter::Ids`]), those of a row in order, all columns.
#[must_use]
pub fn load_parts_several(plan: &Plan, dialect: Dialect, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let table = &plan[entity];
    let mut conditions = b.walls(entity, "t", true);
    if let Some((parent, _)) = table.parent {
        let parent = b.column("t", table, parent);
        conditions.push(b.among_ids(&parent));
    }
    let mut order: Vec<String> =
        table.position.into_iter().map(|it| b.column("t", table, it)).collect();
    order.push(b.id_column(entity, "t"));
    let text = format!("{} ORDER BY {}", select(&b, entity, &conditions), order.join(", "));
    b.finish(text)
}

/// The parts of a row ([`Parameter::Id`]), in order, all columns.
#[must_use]
pub fn load_parts(plan: &Plan, dialect: Dialect, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let table = &plan[entity];
    let mut conditions = b.walls(entity, "t", true);
    let mut order = Vec::new();
    if let Some((parent, _)) = table.parent {
        let id = b.parameter(Parameter::Id);
        conditions.push(format!("{} = {id}", b.column("t", table, parent)));
    }
    order.extend(table.position.map(|it| b.column("t", table, it)));
    order.push(b.id_column(entity, "t"));
    let text = format!("{} ORDER BY {}", select(&b, entity, &conditions), order.join(", "));
    b.finish(text)
}

/// Ids of rows whose column refers to a row ([`Parameter::Id`]), softly deleted ones too; at most `LIMIT`.
#[must_use]
pub fn referrers(plan: &Plan, dialect: Dialect, entity: EntityId, column: ColumnId) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let mut conditions = b.walls(entity, "t", true);
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.column("t", &plan[entity], column)));
    let limit = b.parameter(Parameter::Limit);
    let text = format!(
        "SELECT {} FROM {} WHERE {} LIMIT {limit}",
        b.id_column(entity, "t"),
        b.from(entity, "t"),
        all_of(&conditions)
    );
    b.finish(text)
}

/// The number that ties a row ([`Parameter::Id`]) to its words. SQLite only.
#[must_use]
pub fn row_number(plan: &Plan, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, Dialect::Sqlite, Reach::Single);
    let mut conditions = b.walls(entity, "t", true);
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.id_column(entity, "t")));
    let text = format!(
        "SELECT t.{} FROM {} WHERE {}",
        quoted(ROW_NUMBER),
        b.from(entity, "t"),
        all_of(&conditions)
    );
    b.finish(text)
}

/// Softly deleted rows that were deleted up to [`Parameter::Now`], oldest first, behind the row that was deleted at
/// the first [`Parameter::Cursor`] and has the second as id; at most `LIMIT`. Answers tenant (or NULL), id and the
/// time of deletion; none where the entity has no soft deletion. The parameters stand in this order: until, after,
/// id, limit.
#[must_use]
pub fn purgeable(plan: &Plan, dialect: Dialect, entity: EntityId) -> Option<Statement> {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let table = &plan[entity];
    let deleted = b.column("t", table, table.deleted_at?);
    let tenant = table.tenant.map_or_else(|| "NULL".to_owned(), |it| b.column("t", table, it));
    let id = b.id_column(entity, "t");
    let now = b.parameter(Parameter::Now);
    let (after, after_id) = (b.parameter(Parameter::Cursor(0)), b.parameter(Parameter::Cursor(1)));
    let limit = b.parameter(Parameter::Limit);
    let text = format!(
        "SELECT {tenant}, {id}, {deleted} FROM {} WHERE {deleted} <= {now} AND ({deleted}, {id}) > ({after}, \
         {after_id}) ORDER BY {deleted}, {id} LIMIT {limit}",
        b.from(entity, "t"),
    );
    Some(b.finish(text))
}

/// A new row, all columns and lookup hashes.
#[must_use]
pub fn insert(plan: &Plan, dialect: Dialect, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (position, column) in plan[entity].columns.iter().enumerate() {
        names.push(quoted(&column.physical));
        values.push(b.parameter(Parameter::Value(position)));
        if let Some(lookup) = &column.lookup {
            names.push(quoted(lookup));
            values.push(b.parameter(Parameter::Lookup(position)));
        }
    }
    let text = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        table_name(plan, dialect, entity),
        names.join(", "),
        values.join(", ")
    );
    b.finish(text)
}

/// New values for some columns of a row. Where the table counts versions the row must still have the
/// one that was loaded: a second wall behind the transaction.
#[must_use]
pub fn update(plan: &Plan, dialect: Dialect, entity: EntityId, changed: &[ColumnId]) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let table = &plan[entity];
    let mut sets = Vec::new();
    for id in changed {
        let Some(column) = table.columns.get(usize::from(id.0)) else { continue };
        let value = b.parameter(Parameter::Value(usize::from(id.0)));
        sets.push(format!("{} = {value}", quoted(&column.physical)));
        if let Some(lookup) = &column.lookup {
            let hash = b.parameter(Parameter::Lookup(usize::from(id.0)));
            sets.push(format!("{} = {hash}", quoted(lookup)));
        }
    }
    let conditions = this_row(&mut b, table);
    let text = format!(
        "UPDATE {} SET {} WHERE {}",
        table_name(plan, dialect, entity),
        sets.join(", "),
        all_of(&conditions)
    );
    b.finish(text)
}

/// A row goes for good.
#[must_use]
pub fn delete(plan: &Plan, dialect: Dialect, entity: EntityId) -> Statement {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let conditions = this_row(&mut b, &plan[entity]);
    let text =
        format!("DELETE FROM {} WHERE {}", table_name(plan, dialect, entity), all_of(&conditions));
    b.finish(text)
}

fn this_row(b: &mut Builder<'_>, table: &Table) -> Vec<String> {
    let mut conditions = Vec::new();
    if let Some(tenant) = table.tenant {
        let parameter = b.parameter(Parameter::Tenant);
        conditions.push(format!("{} = {parameter}", b.column("", table, tenant)));
    }
    let id = b.parameter(Parameter::Id);
    conditions.push(format!("{} = {id}", b.id_column(table.entity, "")));
    if let Some(version) = table.version {
        let parameter = b.parameter(Parameter::Version);
        conditions.push(format!("{} = {parameter}", b.column("", table, version)));
    }
    conditions
}

fn select(b: &Builder<'_>, entity: EntityId, conditions: &[String]) -> String {
    let columns: Vec<String> =
        b.plan[entity].columns.iter().map(|it| super::builder::named("t", &it.physical)).collect();
    format!(
        "SELECT {} FROM {} WHERE {}",
        columns.join(", "),
        b.from(entity, "t"),
        all_of(conditions)
    )
}
