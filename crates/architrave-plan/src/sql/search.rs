//! Search: rows whose every word stands in heavier columns come first, then the newest. Weight classes
//! are tiers that are asked one after the other with one statement; the tier is in the index's query.

use architrave_model::EntityId;
use uuid::Uuid;

use super::{
    Dialect, Parameter, Statement, Uncompilable,
    builder::{Builder, Reach, all_of},
    postgres,
    postgres::security::searched,
    quoted,
    read::{FilterText, Show, matching, selected},
};
use crate::{ColumnId, Plan, SearchPlan, Shape};

/// Physical name of the row number that ties a row to its search entry. SQLite may renumber rows when
/// it compacts a file, unless the number is a column. The underscore keeps it apart from fields.
pub const ROW_NUMBER: &str = "_row";

/// One tier of a search. [`Parameter::Cursor`]`(0)` is the id of the row to go on from.
///
/// # Errors
/// A rule without SQL, or an entity without search.
pub fn page(
    plan: &Plan,
    dialect: Dialect,
    show: Show<'_>,
    filters: &[FilterText],
    has_cursor: bool,
    is_backward: bool,
) -> Result<Statement, Uncompilable> {
    let entity = show.shape.entity;
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let select = selected(&mut b, show)?;
    let mut conditions = vec![matched(&mut b, entity)?];
    conditions.extend(matching(&mut b, show.shape, filters)?);
    if has_cursor {
        conditions.push(beyond(&mut b, entity, is_backward));
    }
    let direction = if is_backward { "" } else { " DESC" };
    let limit = b.parameter(Parameter::Limit);
    let text = format!(
        "SELECT {select} FROM {} WHERE {} ORDER BY {}{direction} LIMIT {limit}",
        source(&b, entity),
        all_of(&conditions),
        newest(&b, entity),
    );
    Ok(b.finish(text))
}

/// Number of rows that match, at most `LIMIT`.
///
/// # Errors
/// As for [`page`].
pub fn count(
    plan: &Plan,
    dialect: Dialect,
    shape: &Shape,
    filters: &[FilterText],
) -> Result<Statement, Uncompilable> {
    let mut b = Builder::new(plan, dialect, Reach::Single);
    let mut conditions = vec![matched(&mut b, shape.entity)?];
    conditions.extend(matching(&mut b, shape, filters)?);
    let limit = b.parameter(Parameter::Limit);
    let (from, conditions) = (source(&b, shape.entity), all_of(&conditions));
    let text = match dialect {
        Dialect::Sqlite => {
            format!(
                "SELECT COUNT(*) FROM (SELECT 1 FROM {from} WHERE {conditions} LIMIT {limit}) counted"
            )
        }
        // A limit would make it look cheap to read the table until enough rows match; the index names all of them
        // at once anyway.
        Dialect::Postgres => {
            format!("SELECT LEAST(COUNT(*), {limit}) FROM {from} WHERE {conditions}")
        }
    };
    Ok(b.finish(text))
}

/// Numbers of columns in each tier, heaviest first: a tier holds all columns up to its weight.
#[must_use]
pub fn tiers(search: &SearchPlan) -> Vec<usize> {
    let mut tiers = Vec::new();
    for (position, column) in search.columns.iter().enumerate() {
        match search.columns.get(position + 1) {
            Some(next) if next.weight == column.weight => {}
            _ => tiers.push(position + 1),
        }
    }
    tiers
}

/// The query of a tier for SQLite's FTS5: all words in the first `within` columns, but not all of them
/// already in the first `beyond`.
#[must_use]
pub fn fts5_query(
    plan: &Plan,
    search: &SearchPlan,
    entity: EntityId,
    tenant: Option<Uuid>,
    words: &[(String, bool)],
    (beyond, within): (usize, usize),
) -> String {
    let all = words
        .iter()
        .map(|(word, is_prefix)| {
            let star = if *is_prefix { "*" } else { "" };
            format!("\"{}\"{star}", tagged(tenant, word))
        })
        .collect::<Vec<_>>()
        .join(" AND ");
    let columns = |count: usize| {
        let names = search.columns.iter().take(count);
        names.map(|it| fts_column(plan, entity, it.column)).collect::<Vec<_>>().join(" ")
    };
    let inside = format!("{{{}}} : ({all})", columns(within));
    if beyond == 0 { inside } else { format!("({inside}) NOT ({{{}}} : ({all}))", columns(beyond)) }
}

/// A word as it is stored: the tenant's tag in front, so that one tenant's words are one stretch of the
/// index and no other tenant's rows are ever looked at.
#[must_use]
pub fn tagged(tenant: Option<Uuid>, word: &str) -> String {
    // A quote would end the word in a query; no word has one, and none may.
    let word = word.replace('"', "");
    match tenant {
        Some(tenant) => format!("{}{word}", tenant.simple()),
        None => word,
    }
}

/// Writes a row's words; number first, then one text per searched column.
#[must_use]
pub fn insert_words(plan: &Plan, entity: EntityId, search: &SearchPlan) -> String {
    let names: Vec<String> =
        search.columns.iter().map(|it| quoted(&fts_column(plan, entity, it.column))).collect();
    let values = (2..names.len() + 2).map(|it| format!("?{it}")).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO {} (rowid, {}) VALUES (?1, {values})",
        quoted(&search.physical),
        names.join(", ")
    )
}

/// Removes a row's words.
#[must_use]
pub fn delete_words(search: &SearchPlan) -> String {
    format!("DELETE FROM {} WHERE rowid = ?1", quoted(&search.physical))
}

/// Name of a searched column within the full-text table.
#[must_use]
pub fn fts_column(plan: &Plan, entity: EntityId, column: ColumnId) -> String {
    let physical = plan[entity].columns.get(usize::from(column.0)).map(|it| it.physical.as_str());
    // FTS5 reserves `rank` and `rowid`; the prefix keeps every field's name usable.
    format!("w_{}", physical.unwrap_or_default())
}

fn search_of<'a>(b: &Builder<'a>, entity: EntityId) -> Option<&'a SearchPlan> {
    b.plan[entity].search.as_ref()
}

fn matched(b: &mut Builder<'_>, entity: EntityId) -> Result<String, Uncompilable> {
    let query = b.parameter(Parameter::Search);
    match (search_of(b, entity), b.dialect) {
        (Some(search), Dialect::Sqlite) => {
            Ok(format!("{} MATCH {query}", quoted(&search.physical)))
        }
        (Some(search), Dialect::Postgres) => Ok(postgres::search::matches(search, &query)),
        (None, _) => Err(Uncompilable {
            what: "search in an entity without it".to_owned(),
            span: b.plan.system[entity].span,
        }),
    }
}

fn source(b: &Builder<'_>, entity: EntityId) -> String {
    let from = b.from(entity, "t");
    match (search_of(b, entity), b.dialect) {
        // CROSS JOIN fixes the order in SQLite: the index first, then the rows it names.
        (Some(search), Dialect::Sqlite) => {
            let fts = quoted(&search.physical);
            format!("{fts} CROSS JOIN {from} ON t.{} = {fts}.rowid", quoted(ROW_NUMBER))
        }
        (_, Dialect::Postgres) => format!("{} t", searched(b.plan, entity)),
        _ => from,
    }
}

fn newest(b: &Builder<'_>, entity: EntityId) -> String {
    match (search_of(b, entity), b.dialect) {
        (Some(search), Dialect::Sqlite) => format!("{}.rowid", quoted(&search.physical)),
        _ => b.id_column(entity, "t"),
    }
}

/// Rows beyond the cursor's row. It may be gone: then those beyond its nearest neighbour.
fn beyond(b: &mut Builder<'_>, entity: EntityId, is_backward: bool) -> String {
    let id = b.parameter(Parameter::Cursor(0));
    let sign = if is_backward { ">" } else { "<" };
    if b.dialect == Dialect::Postgres {
        return format!("{} {sign} {id}", b.id_column(entity, "t"));
    }
    let row = quoted(ROW_NUMBER);
    let (c, own) = ("c", b.id_column(entity, "c"));
    let walls = |b: &mut Builder<'_>, test: String| {
        let mut conditions = b.walls(entity, c, true);
        conditions.push(test);
        all_of(&conditions)
    };
    let exact = walls(b, format!("{own} = {id}"));
    let near = walls(b, format!("{own} {} {id}", if is_backward { ">" } else { "<" }));
    let (step, nearest, nothing) =
        if is_backward { ("-", "ASC", "9223372036854775807") } else { ("+", "DESC", "0") };
    let from = b.from(entity, c);
    format!(
        "{} {sign} COALESCE((SELECT c.{row} FROM {from} WHERE {exact}), \
         (SELECT c.{row} {step} 1 FROM {from} WHERE {near} ORDER BY {own} {nearest} LIMIT 1), {nothing})",
        newest(b, entity)
    )
}
