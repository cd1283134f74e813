//! The schemas that are told are those that are there: SQLite's is what the store makes, PostgreSQL takes its own and
//! every statement that is compiled for it.

use std::io::Write as _;

use architrave_model::SourceFile;
use architrave_plan::{
    ColumnId, Direction, FilterOperator, Lock, OperationKind, Plan, SortKey, derive, shapes,
    sql::{
        Dialect,
        postgres::{self, change, search::SearchText},
        raw,
        read::{self, FilterText, ListText, Show, list},
        script, search,
    },
};
use rusqlite::Connection;

use crate::support::Bench;

/// Every example of the repository, by name.
fn examples() -> Vec<(String, Plan)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|it| it.join("blueprint.hcl").is_file()).collect();
    folders.sort();
    let plan = |text: String| {
        let file = SourceFile { name: "blueprint.hcl".to_owned(), text };
        derive(architrave_blueprint::read(&[file]).0, &Lock::default()).plan
    };
    let read = |it: &std::path::PathBuf| std::fs::read_to_string(it.join("blueprint.hcl")).unwrap();
    folders.iter().map(|it| (it.display().to_string(), plan(read(it)))).collect()
}

/// Everything that a database of SQLite says of its schema.
fn told(connection: &Connection) -> Vec<(String, Option<String>)> {
    let all = "SELECT type || ' ' || name, sql FROM sqlite_schema ORDER BY 1";
    let mut statement = connection.prepare(all).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_script_of_sqlite_makes_what_the_store_makes() {
    for (name, plan) in examples() {
        let made = Connection::open_in_memory().unwrap();
        made.execute_batch(&script::sqlite(&plan).unwrap()).unwrap();
        let bench = Bench::new(plan);
        let stored = Connection::open(bench.data().join("architrave.sqlite")).unwrap();
        assert_eq!(told(&made), told(&stored), "{name}");
    }
}

/// Every text that reads or changes rows of an entity.
fn statements(plan: &Plan) -> Vec<String> {
    let to = Dialect::Postgres;
    let mut all = Vec::new();
    for entity in plan.system.entity_ids() {
        let table = &plan[entity];
        let columns: Vec<ColumnId> = table.column_ids().map(|it| it.0).collect();
        let is_listed = plan
            .operations
            .iter()
            .any(|it| it.entity == Some(entity) && it.kind == OperationKind::List);
        all.push(raw::load(plan, to, entity, true));
        all.push(raw::load_several(plan, to, entity, false));
        all.push(raw::insert(plan, to, entity));
        all.push(raw::update(plan, to, entity, columns.get(1..).unwrap_or_default()));
        all.push(raw::delete(plan, to, entity));
        for rows in [change::Rows::One, change::Rows::Many] {
            all.push(change::insert(plan, entity, rows));
            all.push(change::update(plan, entity, columns.get(1..).unwrap_or_default(), rows));
            all.push(change::delete(plan, entity, rows));
        }
        all.push(change::lock(plan, entity));
        all.extend(change::unchanged(plan, entity));
        all.extend(raw::purgeable(plan, to, entity));
        all.extend(table.parent.map(|_| raw::load_parts(plan, to, entity)));
        all.extend(table.parent.map(|_| raw::load_parts_several(plan, to, entity)));
        for (other, column, _) in &table.referrers {
            all.push(raw::referrers(plan, to, *other, *column));
        }
        for (_, shape) in shapes(plan, entity) {
            let guards = read::guarded_fields(&shape);
            let show = Show { shape: &shape, columns: &columns, guards: &guards, inner: &[] };
            all.push(read::one(plan, to, show).unwrap());
            all.push(read::expand(plan, to, show).unwrap());
            if table.parent.is_some() {
                all.push(read::parts(plan, to, show, true).unwrap());
                all.push(read::parts(plan, to, show, false).unwrap());
            }
            if is_listed {
                lists(plan, show, &mut all);
            }
        }
    }
    all.into_iter().map(|it| it.text).collect()
}

/// Every filter and every order that a list takes, first page and the next.
fn lists(plan: &Plan, show: Show<'_>, all: &mut Vec<architrave_plan::sql::Statement>) {
    let (to, entity) = (Dialect::Postgres, show.shape.entity);
    let lists = &plan.lists[entity.0 as usize];
    let id = plan[entity].column_at("id").unwrap();
    let by_id = SortKey { column: id, direction: Direction::Ascending };
    for filter in &lists.filters {
        for operator in &filter.operators {
            let wants_null = *operator == FilterOperator::Null;
            let filter = FilterText {
                column: filter.column,
                operator: *operator,
                wants_null,
                is_guarded: false,
            };
            let text = ListText { filters: &[filter], sort: &[by_id], ..ListText::default() };
            all.push(list(plan, to, show, text).unwrap());
            all.push(read::count(plan, to, show.shape, &[filter], &[]).unwrap());
        }
    }
    for column in &lists.sorts {
        for direction in [Direction::Ascending, Direction::Descending] {
            let sort = [SortKey { column: *column, direction }, by_id];
            for is_backward in [false, true] {
                let text = ListText {
                    sort: &sort,
                    cursor: Some(&[false, false]),
                    is_backward,
                    ..Default::default()
                };
                all.push(list(plan, to, show, text).unwrap());
            }
        }
    }
    if lists.has_search {
        for tiers in [[0, 1].as_slice(), &[0]] {
            let text =
                SearchText { filters: &[], tiers, has_cursor: true, is_backward: false, limit: 21 };
            all.push(postgres::search::page(plan, show, text).unwrap());
        }
        all.push(search::count(plan, to, show.shape, &[]).unwrap());
    }
}

#[test]
fn postgresql_takes_its_schema_and_prepares_every_statement() {
    let variable = "ARCHITRAVE_TEST_POSTGRES";
    let Some(server) = std::env::var(variable).ok().filter(|it| !it.is_empty()) else {
        // Written past the test's own capture, so that it is seen.
        let _ =
            writeln!(std::io::stderr(), "SKIPPED: {variable} names no server (cargo xtask test)");
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for (position, (name, plan)) in examples().into_iter().enumerate() {
            let (client, connection) =
                tokio_postgres::connect(&server, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let database = format!("schema_{}_{position}", std::process::id());
            client.batch_execute(&format!("CREATE DATABASE {database}")).await.unwrap();
            let own = server.replace("/postgres?", &format!("/{database}?"));
            let (client, connection) =
                tokio_postgres::connect(&own, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let made = client.batch_execute(&script::postgres(&plan).unwrap()).await;
            assert!(made.is_ok(), "{name}: {made:?}");
            let texts = statements(&plan);
            assert!(texts.len() > 20, "{name}: only {} statements", texts.len());
            let mut refused = Vec::new();
            for text in texts {
                if let Err(error) = client.prepare(&text).await {
                    let reason = error.as_db_error().map(ToString::to_string);
                    refused.push(format!("{}\n  {text}", reason.unwrap_or_default()));
                }
            }
            assert!(refused.is_empty(), "{name}:\n{}", refused.join("\n"));
        }
    });
}
