//! What callers of the storefront ask for is found by an index in PostgreSQL, too: its own plans over tables with rows
//! say so, for any values, as the role that serves and behind row-level security.

use std::{collections::BTreeSet, fmt::Write as _};

use crate::support::{Bench, On};
use architrave_model::Value;
use architrave_plan::{
    ColumnId, ColumnRole, ColumnType, Condition, Direction, FilterOperator, ListQuery,
    OperationKind, Plan, RowFilter, ServedBy, SortKey, Table, shapes,
    sql::{
        Dialect, Statement,
        postgres::{self, ColumnUse, search::SearchText},
        quoted,
        read::{self, FilterText, ListText, Show, list},
        search,
    },
};
use tokio_postgres::Client;

/// Rows of each table: enough that reading all of them costs more than an index.
const ROWS: u32 = 4_000;

/// What a column holds in row `n`: as many different values as real rows have.
fn value(table: &Table, id: ColumnId) -> String {
    let column = table.column(id).unwrap();
    let uuid = |of: &str| format!("md5({of})::uuid");
    if column.encryption.is_some() {
        return "sha256(n::text::bytea)".to_owned();
    }
    match (column.role, &column.ty) {
        (ColumnRole::Id, _) => uuid("'id' || n"),
        (ColumnRole::Tenant, _) => uuid("'tenant' || n % 5"),
        (ColumnRole::DeletedAt, _) => "CASE WHEN n % 20 = 0 THEN now() END".to_owned(),
        (ColumnRole::Version, _) => "1".to_owned(),
        (_, ColumnType::Uuid | ColumnType::Ref(_)) => uuid("'id' || n % 997"),
        (_, ColumnType::Enum(values)) => {
            let all: Vec<String> = values.iter().map(|it| format!("'{it}'")).collect();
            format!("(ARRAY[{}])[1 + n % {}]", all.join(", "), all.len())
        }
        (_, ColumnType::Bool) => "n % 2 = 0".to_owned(),
        (_, ColumnType::Text | ColumnType::File) => "'v' || n".to_owned(),
        (_, ColumnType::Json) => "'{}'".to_owned(),
        (_, ColumnType::List(_)) => "'[]'".to_owned(),
        (_, ColumnType::Timestamp) => "now() - n * INTERVAL '1 minute'".to_owned(),
        (_, ColumnType::Date) => "DATE '2026-01-01' - n % 500".to_owned(),
        _ => "n % 1000".to_owned(),
    }
}

async fn fill(client: &Client, plan: &Plan) {
    // Keys to other tables are not looked at: rows of each table are made by themselves.
    client.batch_execute("SET session_replication_role = replica").await.unwrap();
    for (schema, table) in postgres::tables(plan).unwrap().iter().zip(&plan.tables) {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in &schema.columns {
            names.push(quoted(&column.name));
            values.push(match column.holds {
                ColumnUse::Value(id) => value(table, id),
                ColumnUse::Lookup(_) => "sha256(n::text::bytea)".to_owned(),
                ColumnUse::Words => "array_to_tsvector(ARRAY['0.w' || n % 300])".to_owned(),
            });
        }
        let sql = format!(
            "INSERT INTO {} ({}) SELECT {} FROM generate_series(1, {ROWS}) n ON CONFLICT DO NOTHING",
            schema.qualified(),
            names.join(", "),
            values.join(", ")
        );
        client.batch_execute(&sql).await.unwrap();
    }
    client.batch_execute("ANALYZE").await.unwrap();
}

/// The plan for any values.
async fn explained(client: &Client, statement: &Statement) -> String {
    client.batch_execute(&format!("PREPARE asked AS {}", statement.text)).await.unwrap();
    let values = vec!["NULL"; statement.parameters.len()].join(", ");
    let brackets = if values.is_empty() { String::new() } else { format!("({values})") };
    let rows = client.query(&format!("EXPLAIN (COSTS OFF) EXECUTE asked{brackets}"), &[]).await;
    client.batch_execute("DEALLOCATE asked").await.unwrap();
    let mut all = String::new();
    for row in rows.unwrap() {
        let _ = writeln!(all, "{}", row.get::<_, &str>(0));
    }
    all
}

fn lists(plan: &Plan, all: &mut Vec<(bool, Statement)>) {
    let entities = plan.operations.iter().filter(|it| it.kind == OperationKind::List);
    for entity in entities.filter_map(|it| it.entity) {
        let offered = &plan.lists[entity.0 as usize];
        let columns: Vec<ColumnId> = plan[entity].column_ids().map(|(it, _)| it).collect();
        let mut filters: Vec<Option<(ColumnId, FilterOperator)>> = vec![None];
        for filter in &offered.filters {
            filters.extend(filter.operators.iter().map(|it| Some((filter.column, *it))));
        }
        let mut sorts: Vec<Vec<SortKey>> = vec![Vec::new()];
        for column in &offered.sorts {
            for direction in [Direction::Ascending, Direction::Descending] {
                sorts.push(vec![SortKey { column: *column, direction }]);
            }
        }
        for (_, shape) in
            shapes(plan, entity).into_iter().filter(|(_, it)| it.rows != RowFilter::Nothing)
        {
            let show = Show { shape: &shape, columns: &columns, guards: &[], inner: &[] };
            for (filter, sort) in filters.iter().flat_map(|a| sorts.iter().map(move |b| (a, b))) {
                all.extend(listed(plan, show, *filter, sort));
            }
            all.push((false, read::expand(plan, Dialect::Postgres, show).unwrap()));
            if plan[entity].search.is_some() {
                let text = SearchText {
                    filters: &[],
                    tiers: &[0, 1],
                    has_cursor: true,
                    is_backward: false,
                    limit: 21,
                };
                all.push((false, postgres::search::page(plan, show, text).unwrap()));
                all.push((false, search::count(plan, Dialect::Postgres, &shape, &[]).unwrap()));
            }
        }
    }
}

/// A list and its second page; with whether it may not be sorted after it was read.
fn listed(
    plan: &Plan,
    show: Show<'_>,
    filter: Option<(ColumnId, FilterOperator)>,
    sort: &[SortKey],
) -> Vec<(bool, Statement)> {
    let entity = show.shape.entity;
    let value = match filter {
        Some((_, FilterOperator::Null)) => Value::Bool(true),
        Some((_, FilterOperator::In)) => Value::List(vec![Value::Int(1)]),
        _ => Value::Int(1),
    };
    let condition = filter.map(|(column, operator)| Condition { column, operator, value: &value });
    let query = ListQuery { entity, conditions: condition.as_slice(), sort, has_search: false };
    let Ok(served) = plan.serve(&query) else { return Vec::new() };
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
    // Few rows that an index names may be sorted; a whole table may not, which it would be where neither a filter nor
    // a rule narrows it down.
    let is_whole = filter.is_none() && show.shape.rows == RowFilter::Everything;
    let pages = [None, Some(nulls.as_slice())].map(|cursor| {
        let text = ListText {
            filters: texts.as_slice(),
            sort: &served.sort,
            cursor,
            is_backward: false,
            covered_by,
            limit: Some(21),
        };
        (is_whole, list(plan, Dialect::Postgres, show, text).unwrap())
    });
    pages.into()
}

#[test]
fn every_read_of_the_storefront_is_served_by_an_index_in_postgresql() {
    let Some(on) = On::postgres() else { return };
    let bench = Bench::on(on, super::explain::storefront());
    let mut asked = Vec::new();
    lists(&bench.plan, &mut asked);
    assert!(asked.len() > 100, "only {} statements were looked at", asked.len());
    let (scans, sorts) = bench.as_superuser(async |client| {
        fill(client, &bench.plan).await;
        client
            .batch_execute(
                "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; \
                 DO $$ BEGIN EXECUTE format('SET ROLE %I', 'architrave_' || current_database()); END $$; \
                 SET architrave.tenants = '{}'",
            )
            .await
            .unwrap();
        let (mut scans, mut sorts) = (BTreeSet::new(), BTreeSet::new());
        for (is_ordered, statement) in &asked {
            let plan = explained(client, statement).await;
            if plan.contains("Seq Scan") {
                scans.insert(format!("{}\n{plan}", statement.text));
            }
            if *is_ordered && plan.lines().any(|it| it.trim_start_matches(['-', '>', ' ']) == "Sort") {
                sorts.insert(format!("{}\n{plan}", statement.text));
            }
        }
        (scans, sorts)
    });
    let told = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join("\n");
    assert!(
        scans.is_empty(),
        "{} of {} read everything:\n{}",
        scans.len(),
        asked.len(),
        told(&scans)
    );
    assert!(sorts.is_empty(), "{} of {} sort:\n{}", sorts.len(), asked.len(), told(&sorts));
}
