//! Keeps the full-text index: a row's words, each with the tenant's tag in front.

use architrave_engine::{Fault, tokens};
use architrave_model::{EntityId, Value};
use architrave_plan::{
    Plan, SearchPlan,
    sql::{quoted, search},
};
use rusqlite::{Connection, params_from_iter, types::ToSqlOutput};
use uuid::Uuid;

use super::{codec, fault::OrFault};

/// Adds a row's words.
pub(super) fn add(
    connection: &Connection,
    plan: &Plan,
    (entity, plan_of_search): (EntityId, &SearchPlan),
    tenant: Option<Uuid>,
    number: i64,
    row: &[Value],
) -> Result<(), rusqlite::Error> {
    let texts = plan_of_search.columns.iter().map(|it| match codec::value_at(row, it.column) {
        Value::Text(text) => tagged(tenant, text),
        _ => String::new(),
    });
    let values = std::iter::once(ToSqlOutput::from(number)).chain(texts.map(ToSqlOutput::from));
    connection
        .prepare_cached(&search::insert_words(plan, entity, plan_of_search))?
        .execute(params_from_iter(values))?;
    Ok(())
}

/// Removes a row's words.
pub(super) fn remove(
    connection: &Connection,
    plan: &SearchPlan,
    number: i64,
) -> Result<(), rusqlite::Error> {
    connection.prepare_cached(&search::delete_words(plan))?.execute([number])?;
    Ok(())
}

/// Fills an empty index from the table's rows.
pub(super) fn fill(connection: &Connection, plan: &Plan, entity: EntityId) -> Result<(), Fault> {
    let doing = "the full-text index cannot be filled";
    let table = &plan[entity];
    let Some(plan_of_search) = &table.search else { return Ok(()) };
    let columns: Vec<String> = table.columns.iter().map(|it| quoted(&it.physical)).collect();
    let select = format!(
        "SELECT {}, {} FROM {}",
        quoted(search::ROW_NUMBER),
        columns.join(", "),
        quoted(&table.physical)
    );
    let mut statement = connection.prepare(&select).or_fault(doing)?;
    let mut rows = statement.query([]).or_fault(doing)?;
    while let Some(found) = rows.next().or_fault(doing)? {
        let number: i64 = found.get(0).or_fault(doing)?;
        let mut row = Vec::with_capacity(table.columns.len());
        for (position, column) in table.columns.iter().enumerate() {
            row.push(codec::loaded(&column.ty, found.get_ref(position + 1).or_fault(doing)?));
        }
        let tenant = match table.tenant.map(|it| codec::value_at(&row, it)) {
            Some(Value::Uuid(it)) => Some(*it),
            _ => None,
        };
        add(connection, plan, (entity, plan_of_search), tenant, number, &row).or_fault(doing)?;
    }
    Ok(())
}

fn tagged(tenant: Option<Uuid>, text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for word in tokens(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&search::tagged(tenant, &word));
    }
    out
}
