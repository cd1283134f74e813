//! Every statement that a request to the storefront can cause finds its rows by an index: SQLite's own query
//! plans say so.

use std::collections::BTreeSet;

use crate::support::Bench;
use architrave_model::{SourceFile, Value};
use architrave_plan::{
    Condition, Direction, FilterOperator, Lock, OperationKind, Plan, RowFilter, ServedBy, SortKey,
    derive, shapes,
    sql::{
        Dialect, raw,
        read::{self, FilterText, ListText, Show, list},
        search,
    },
};
use rusqlite::Connection;

pub(crate) fn storefront() -> Plan {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    let text = std::fs::read_to_string(path).unwrap();
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "storefront.hcl".to_owned(), text }]);
    assert!(
        findings.iter().all(|it| it.severity != architrave_model::Severity::Error),
        "{findings:?}"
    );
    derive(system, &Lock::default()).plan
}

/// SQLite's plan for a text, line by line.
fn explained(connection: &Connection, text: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
    let mut rows = statement.raw_query();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        lines.push(row.get(3).unwrap());
    }
    lines
}

/// Whether a line of a plan reads more than an index names. Walking an index in the order of the answer
/// is no scan: it ends with the page.
fn is_scan(line: &str) -> bool {
    if line.starts_with("SCAN t USING INDEX accounts_shop")
        || line.starts_with("SCAN t USING INDEX sqlite_autoindex_accounts_shop")
    {
        return false;
    }
    // What is counted are at most as many rows as the statement's own limit says.
    let is_scan = line.starts_with("SCAN")
        && line != "SCAN counted"
        && !line.contains("VIRTUAL TABLE")
        && !line.contains("json_each");
    is_scan || line.contains("AUTOMATIC")
}

#[test]
fn every_list_of_the_storefront_is_served_by_an_index() {
    let bench = Bench::new(storefront());
    let plan = &bench.plan;
    let connection = Connection::open(bench.data().join("architrave.sqlite")).unwrap();
    let (mut found, mut asked, mut sorted) = (BTreeSet::new(), 0, BTreeSet::new());
    let entities = plan.operations.iter().filter(|it| it.kind == OperationKind::List);
    for entity in entities.filter_map(|it| it.entity) {
        let lists = &plan.lists[entity.0 as usize];
        let columns: Vec<_> =
            (0..).map(architrave_plan::ColumnId).take(plan[entity].columns.len()).collect();
        let mut filters: Vec<Option<(_, _)>> = vec![None];
        for filter in &lists.filters {
            filters.extend(filter.operators.iter().map(|it| Some((filter.column, *it))));
        }
        let mut sorts: Vec<Vec<SortKey>> = vec![Vec::new()];
        for column in &lists.sorts {
            for direction in [Direction::Ascending, Direction::Descending] {
                sorts.push(vec![SortKey { column: *column, direction }]);
            }
        }
        for (_, shape) in shapes(plan, entity) {
            if shape.rows == RowFilter::Nothing {
                continue;
            }
            let show = Show { shape: &shape, columns: &columns, guards: &[], inner: &[] };
            for (filter, sort) in filters.iter().flat_map(|a| sorts.iter().map(move |b| (a, b))) {
                let value = match filter {
                    Some((_, FilterOperator::Null)) => Value::Bool(true),
                    Some((_, FilterOperator::In)) => Value::List(vec![Value::Int(1)]),
                    _ => Value::Int(1),
                };
                let condition =
                    filter.map(|(column, operator)| Condition { column, operator, value: &value });
                let query = architrave_plan::ListQuery {
                    entity,
                    conditions: condition.as_slice(),
                    sort,
                    has_search: false,
                };
                let Ok(served) = plan.serve(&query) else { continue };
                let texts = condition.map(|it| FilterText {
                    column: it.column,
                    operator: it.operator,
                    wants_null: true,
                    is_guarded: false,
                });
                let covered_by = match served.by {
                    ServedBy::Index(at) => plan[entity].indexes[at].condition.as_ref(),
                    _ => None,
                };
                let nulls = vec![false; served.sort.len()];
                for cursor in [None, Some(nulls.as_slice())] {
                    let asked_list = ListText {
                        filters: texts.as_slice(),
                        sort: &served.sort,
                        cursor,
                        is_backward: false,
                        covered_by,
                        limit: None,
                    };
                    let text = list(plan, Dialect::Sqlite, show, asked_list).unwrap().text;
                    asked += 1;
                    let lines = explained(&connection, &text);
                    found.extend(
                        lines.iter().filter(|it| is_scan(it)).map(|it| format!("{it}: {text}")),
                    );
                    let is_set = matches!(filter, Some((_, FilterOperator::In)));
                    if !is_set && lines.iter().any(|it| it.contains("TEMP B-TREE")) {
                        sorted.insert(text);
                    }
                }
            }
            if plan[entity].search.is_some() {
                let text =
                    search::page(plan, Dialect::Sqlite, show, &[], true, false).unwrap().text;
                let lines = explained(&connection, &text);
                found.extend(
                    lines.iter().filter(|it| is_scan(it)).map(|it| format!("{it}: {text}")),
                );
            }
        }
    }
    assert!(asked > 100, "only {asked} lists were looked at");
    assert_eq!(found, BTreeSet::new());
    assert_eq!(sorted, BTreeSet::new(), "lists that are sorted after they were read");
}

/// The lines of a text's plan that read more than an index names.
fn scans(connection: &Connection, text: &str) -> Vec<String> {
    let lines = explained(connection, text);
    assert!(!lines.is_empty(), "{text}");
    lines.iter().filter(|it| is_scan(it)).map(|it| format!("{it}: {text}")).collect()
}

#[test]
fn every_other_read_of_the_storefront_finds_its_rows_by_an_index() {
    let bench = Bench::new(storefront());
    let plan = &bench.plan;
    let connection = Connection::open(bench.data().join("architrave.sqlite")).unwrap();
    let (mut found, mut asked) = (Vec::new(), 0);
    for table in &plan.tables {
        let entity = table.entity;
        let columns: Vec<_> =
            (0..).map(architrave_plan::ColumnId).take(table.columns.len()).collect();
        for (_, shape) in shapes(plan, entity).into_iter().filter(|(_, it)| !read::sees_nothing(it))
        {
            let guards = read::guarded_fields(&shape);
            let show = Show { shape: &shape, columns: &columns, guards: &guards, inner: &[] };
            let mut texts = vec![
                read::one(plan, Dialect::Sqlite, show),
                read::expand(plan, Dialect::Sqlite, show),
            ];
            if table.parent.is_some() {
                texts.extend([false, true].map(|it| read::parts(plan, Dialect::Sqlite, show, it)));
            }
            texts.extend(counts(plan, &shape));
            if table.search.is_some() {
                texts.push(search::count(plan, Dialect::Sqlite, &shape, &[]));
                for (has_cursor, is_backward) in [(false, true), (true, true), (false, false)] {
                    let text =
                        search::page(plan, Dialect::Sqlite, show, &[], has_cursor, is_backward);
                    texts.push(text);
                }
            }
            for text in texts {
                asked += 1;
                found.extend(scans(&connection, &text.unwrap().text));
            }
        }
    }
    assert!(asked > 50, "only {asked} statements were looked at");
    assert_eq!(found, Vec::<String>::new());
}

/// `Prefer: count=exact`, with every filter that one index serves.
fn counts(
    plan: &Plan,
    shape: &architrave_plan::Shape,
) -> Vec<Result<architrave_plan::sql::Statement, architrave_plan::sql::Uncompilable>> {
    let filters = plan.lists[shape.entity.0 as usize].filters.iter();
    let all = filters.flat_map(|it| it.operators.iter().map(|operator| (it.column, *operator)));
    let counted = all.filter_map(|(column, operator)| {
        let value = match operator {
            FilterOperator::Null => Value::Bool(true),
            FilterOperator::In => Value::List(vec![Value::Int(1)]),
            _ => Value::Int(1),
        };
        let condition = Condition { column, operator, value: &value };
        let query = architrave_plan::ListQuery {
            entity: shape.entity,
            conditions: &[condition],
            sort: &[],
            has_search: false,
        };
        let served = plan.serve(&query).ok()?;
        let filter = FilterText { column, operator, wants_null: true, is_guarded: false };
        Some(read::count(plan, Dialect::Sqlite, shape, &[filter], &served.sort))
    });
    counted.collect()
}

#[test]
fn every_write_of_the_storefront_finds_its_rows_by_an_index() {
    let bench = Bench::new(storefront());
    let plan = &bench.plan;
    let connection = Connection::open(bench.data().join("architrave.sqlite")).unwrap();
    let mut found = Vec::new();
    for table in &plan.tables {
        let entity = table.entity;
        let last = architrave_plan::ColumnId(u16::try_from(table.columns.len() - 1).unwrap());
        let mut texts = vec![
            raw::load(plan, Dialect::Sqlite, entity, false),
            raw::load(plan, Dialect::Sqlite, entity, true),
            raw::update(plan, Dialect::Sqlite, entity, &[last]),
            raw::delete(plan, Dialect::Sqlite, entity),
        ];
        if table.parent.is_some() {
            texts.push(raw::load_parts(plan, Dialect::Sqlite, entity));
        }
        if table.search.is_some() {
            texts.push(raw::row_number(plan, entity));
        }
        texts.extend(raw::purgeable(plan, Dialect::Sqlite, entity));
        for (other, column, _) in &table.referrers {
            texts.push(raw::referrers(plan, Dialect::Sqlite, *other, *column));
        }
        found.extend(texts.iter().flat_map(|it| scans(&connection, &it.text)));
    }
    assert_eq!(found, Vec::<String>::new());
}
