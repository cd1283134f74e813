//! A store moves from SQLite to PostgreSQL and back: nothing is lost, nothing differs, positions go on.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
    },
};

use crate::{
    contract::{put_order, stocked},
    support::{
        Bench, Database, On, Script, TENANT, remembered, row,
        shop::{PRODUCT, SHOP, USER},
        text,
    },
};
use architrave_engine::{
    Fault,
    ports::{ApiKeyRecord, Change, Later, Need, Outcome},
};
use architrave_model::Value;
use architrave_store::{
    postgres::PostgresSettings,
    transfer::{Common, Report, Running, Target, Watch, to_postgres, to_sqlite},
};
use uuid::Uuid;

/// Watches a move, and kills it after so many signs of life.
#[derive(Default)]
struct Killer(AtomicI64);

impl Watch for Killer {
    fn begins(&self, _: &str, _: u64) {
        self.done(0);
    }

    fn done(&self, _: u64) {
        assert!(self.0.fetch_sub(1, Relaxed) != 0, "killed");
    }

    fn ended(&self) {}
}

fn patient() -> Killer {
    Killer(AtomicI64::new(-1))
}

/// A shop with something in every table.
fn full() -> Bench {
    let bench = stocked(On::Sqlite);
    put_order(&bench, 300, &[(400, 100), (401, 101)]);
    put_order(&bench, 301, &[]);
    let key = ApiKeyRecord {
        id: "k1".to_owned(),
        uuid: Uuid::from_u128(9),
        name: "till \\ \t1".to_owned(),
        secret_sha256: [3; 32],
        tenant: Some(TENANT),
        user: None,
        roles: vec!["merchant".to_owned(), "a\"b".to_owned()],
        scopes: Vec::new(),
        created_at_us: 1_234_567,
        expires_at_us: Some(-1),
        revoked_at_us: None,
    };
    let link = Change::Link {
        issuer: "https://id.example".to_owned(),
        subject: "ada".to_owned(),
        user: Uuid::from_u128(1),
    };
    let tool = row(
        &bench.plan,
        PRODUCT,
        Uuid::from_u128(150),
        Some(TENANT),
        &[
            ("name", text("Säge\n\\N\t\u{1}")),
            ("published", Value::Bool(true)),
            ("price", Value::Money(-5)),
            ("cost", Value::Money(i64::MAX)),
            ("stock", Value::Int(i64::MIN)),
            ("created_at", Value::Timestamp(1_700_000_000_000_001)),
        ],
    );
    let insert = Change::Insert { entity: PRODUCT, row: tool };
    bench
        .write(Script::new(
            &bench.plan,
            Some(TENANT),
            vec![insert, link, Change::CreateApiKey(key)],
        ))
        .unwrap();
    let draw = Need::Sequence {
        entity: crate::support::shop::ORDER,
        column: bench.column(crate::support::shop::ORDER, "number"),
        period: "2026".to_owned(),
        count: 4,
    };
    let (plan, clock) = (Arc::clone(&bench.plan), 9_000_000_000);
    let write = Script::deciding(Some(TENANT), vec![draw], move |_, _| {
        let shop = row(&plan, SHOP, Uuid::from_u128(77), None, &[("domain", text("c.example"))]);
        Outcome {
            remember: Some(remembered(b"key", 201, "made", clock)),
            ..crate::support::outcome(&plan, vec![Change::Insert { entity: SHOP, row: shop }], &[])
        }
    });
    bench.write(write).unwrap();
    bench
}

fn common(bench: &Bench) -> Common {
    Common {
        plan: Arc::clone(&bench.plan),
        vault: Arc::clone(&bench.vault),
        clock: Arc::clone(&bench.clock) as _,
    }
}

fn forward(
    bench: &Bench,
    database: &Database,
    watch: &dyn Watch,
    running: Option<&dyn Running>,
) -> Result<Report, Fault> {
    let target = Target { address: database.address(), settings: PostgresSettings::default() };
    bench.runtime.block_on(to_postgres(&bench.data(), target, common(bench), watch, running))
}

fn back(bench: &Bench, database: &Database, folder: &Path) -> Result<Report, Fault> {
    let watch = patient();
    bench.runtime.block_on(to_sqlite(&database.address(), folder, common(bench), &watch))
}

/// Every table of a store on SQLite, in words.
fn dumped(folder: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(folder.join("architrave.sqlite")).unwrap();
    let mut lines = Vec::new();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
                  AND name NOT LIKE '%\\_search%' ESCAPE '\\' ORDER BY name";
    let mut statement = connection.prepare(tables).unwrap();
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in names.iter().filter(|it| *it != "_meta") {
        let mut rows = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        // Numbers of rows are SQLite's own.
        let shown = |it: &usize| rows.column_name(*it).is_ok_and(|it| it != "_row");
        let shown: Vec<usize> = (0..rows.column_count()).filter(shown).collect();
        let found = rows.query_map([], |row| {
            let values = shown.iter().map(|at| row.get_ref(*at).map(|it| format!("{it:?}")));
            Ok(format!("{name}: {}", values.collect::<Result<Vec<_>, _>>()?.join(" ")))
        });
        lines.extend(found.unwrap().map(Result::unwrap));
    }
    lines.sort();
    lines
}

#[test]
fn everything_comes_along_and_comes_back_the_same() {
    let Some(database) = Database::empty() else { return };
    let mut bench = full();
    let before = bench.store().status().position.unwrap();
    bench.store = None;
    let report = forward(&bench, &database, &patient(), None).unwrap();
    assert_eq!(report.rows, 2 + 1 + 1 + 6 + 1 + 2 + 2, "{report:?}");
    assert_eq!(report.held_ms, 0);
    let verified = database.verify();
    assert_eq!(verified.differences, Vec::<String>::new());
    assert_eq!((verified.rows, verified.events), (report.rows, report.events));
    let refused = bench.open().unwrap_err();
    assert!(refused.what.contains("was moved to postgres://"), "{refused}");
    let folder = tempfile::tempdir().unwrap();
    let returned = folder.path().join("back");
    assert_eq!(back(&bench, &database, &returned).unwrap(), report);
    let (there, here) = (dumped(&bench.data()), dumped(&returned));
    let lost: Vec<&String> = there.iter().filter(|it| !here.contains(it)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(there.len(), here.len());
    let again = Bench::at(&bench.folder, architrave_plan::Plan::clone(&bench.plan));
    assert!(again.is_err(), "the first source stays moved");
    let clock = Arc::clone(&bench.clock) as _;
    let (plan, vault) = (Arc::clone(&bench.plan), Arc::clone(&bench.vault));
    let settings = crate::support::settings();
    let store =
        architrave_store::SqliteStore::open(&returned, plan, vault, clock, settings).unwrap();
    let after = architrave_engine::ports::Store::status(&store).position.unwrap();
    assert_eq!((after.epoch, after.seq), (before.epoch, before.seq), "cursors go on");
    let (plan, vault) = (Arc::clone(&bench.plan), Arc::clone(&bench.vault));
    let refused = database.open(plan, vault, Arc::clone(&bench.clock) as _).err().unwrap();
    assert!(refused.what.contains("was moved to"), "{refused}");
}

#[test]
fn a_move_that_is_killed_goes_on_where_it_was() {
    let Some(database) = Database::empty() else { return };
    let mut bench = full();
    bench.store = None;
    let mut killed = 0;
    // Each attempt lives a little longer than the one before.
    for signs in 0.. {
        let watch = Killer(AtomicI64::new(signs));
        match catch_unwind(AssertUnwindSafe(|| forward(&bench, &database, &watch, None))) {
            Ok(moved) => {
                assert_eq!(moved.unwrap().rows, 15);
                break;
            }
            Err(_) => killed += 1,
        }
        let (plan, vault) = (Arc::clone(&bench.plan), Arc::clone(&bench.vault));
        let refused = database.open(plan, vault, Arc::clone(&bench.clock) as _).err().unwrap();
        assert!(refused.what.contains("is not whole"), "{refused}");
    }
    assert!(killed > 20, "{killed}");
    assert_eq!(database.verify().differences, Vec::<String>::new());
}

#[test]
fn a_store_that_holds_something_else_is_left_alone() {
    let Some(database) = Database::empty() else { return };
    let (mut one, mut other) = (full(), full());
    (one.store, other.store) = (None, None);
    let killer = Killer(AtomicI64::new(5));
    let killed = catch_unwind(AssertUnwindSafe(|| forward(&one, &database, &killer, None)));
    assert!(killed.is_err());
    let refused = forward(&other, &database, &patient(), None).unwrap_err();
    assert!(refused.what.contains("another store is being moved there"), "{refused}");
    forward(&one, &database, &patient(), None).unwrap();
    other.vault = Arc::clone(&one.vault);
    let refused = forward(&other, &database, &patient(), None).unwrap_err();
    assert!(refused.what.contains("there is a store with data"), "{refused}");
    let refused = forward(&one, &database, &patient(), None).unwrap_err();
    assert!(refused.what.contains("was moved"), "{refused}");
}

/// The store of a bench, as a server would hold it.
struct Server<'a> {
    bench: &'a Bench,
    holds: AtomicU64,
}

impl Running for Server<'_> {
    fn hold(&self, for_s: Option<u32>) -> Later<'_, Result<(), Fault>> {
        self.holds.fetch_add(1, Relaxed);
        let until_us = for_s.map_or(i64::MAX, |it| i64::from(it) * 1_000_000 + 1_000_000);
        self.bench.store().hold_writes(until_us)
    }

    fn release(&self) -> Later<'_, Result<(), Fault>> {
        self.bench.store().hold_writes(0)
    }
}

#[test]
fn a_store_moves_while_it_is_written_to() {
    let Some(database) = Database::empty() else { return };
    let bench = full();
    let (is_over, written) = (AtomicBool::new(false), AtomicU64::new(0));
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            // New rows, changed ones, and a value that passes from row to row.
            for number in 0_u64.. {
                let user = row(
                    &bench.plan,
                    USER,
                    Uuid::from_u128(u128::from(5_000 + number)),
                    Some(TENANT),
                    &[("email", text(&format!("{number}@example.org")))],
                );
                let insert = Change::Insert { entity: USER, row: user };
                match bench.write(Script::new(&bench.plan, Some(TENANT), vec![insert])) {
                    Ok(_) => written.fetch_add(1, Relaxed),
                    Err(fault) => {
                        assert!(fault.is_transient && fault.what.contains("held"), "{fault}");
                        break;
                    }
                };
                if is_over.load(Relaxed) {
                    break;
                }
            }
        });
        let server = Server { bench: &bench, holds: AtomicU64::new(0) };
        let moved = catch_unwind(AssertUnwindSafe(|| {
            forward(&bench, &database, &patient(), Some(&server))
        }));
        is_over.store(true, Relaxed);
        let moved = moved.unwrap();
        assert!(server.holds.load(Relaxed) > 2);
        moved
    });
    let report = report.unwrap();
    assert_eq!(report.rows, 15 + written.load(Relaxed), "{report:?}");
    assert_eq!(database.verify().differences, Vec::<String>::new());
    let refused = bench.write(Script::new(&bench.plan, None, Vec::new())).unwrap_err();
    assert!(refused.is_transient, "{refused}");
}
