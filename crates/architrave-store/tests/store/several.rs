//! Several nodes write to one database: what each promises holds among all of them, also while the server ends their
//! sessions.

use std::{collections::BTreeSet, sync::Arc};

use architrave_engine::ports::{Change, Clock, Need, Store};
use architrave_model::Value;
use architrave_plan::ColumnId;
use uuid::Uuid;

use crate::support::{
    Bench, On, Script, TENANT, column, outcome, remembered, row,
    shop::{self, ORDER, SHOP},
    text,
};

/// Two nodes on one database.
struct Nodes {
    bench: Bench,
    other: Box<dyn Store>,
}

impl Nodes {
    fn new() -> Option<Self> {
        let bench = Bench::on(On::postgres()?, shop::plan());
        let (plan, vault) = (Arc::clone(&bench.plan), Arc::clone(&bench.vault));
        let clock = Arc::clone(&bench.clock) as Arc<dyn Clock>;
        let other = bench.database().open(plan, vault, clock).unwrap();
        Some(Self { bench, other })
    }

    /// Hands all to both nodes, turn by turn, before it waits for any.
    fn write_all(
        &self,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Vec<architrave_engine::ports::Written> {
        let stores = [self.bench.store(), &*self.other];
        let started: Vec<_> = scripts
            .into_iter()
            .zip(stores.iter().cycle())
            .map(|(script, store)| store.write(Box::new(script)))
            .collect();
        started.into_iter().map(|it| self.bench.runtime.block_on(it).unwrap()).collect()
    }

    fn count(&self, what: &str) -> u64 {
        self.bench.database().rows(&format!("SELECT count(*) FROM {what}")).unwrap()[0][0]
            .parse()
            .unwrap()
    }
}

fn shop_row(bench: &Bench, number: u128) -> architrave_engine::Row {
    let domain = format!("{number}.example");
    row(&bench.plan, SHOP, Uuid::from_u128(number), None, &[("domain", text(&domain))])
}

#[test]
fn a_key_that_reaches_both_nodes_is_acted_on_once() {
    let Some(nodes) = Nodes::new() else { return };
    let plan = Arc::clone(&nodes.bench.plan);
    let script = |number: u128| {
        let key = vec![u8::try_from(number / 2).unwrap(); 32];
        let (plan, row) = (Arc::clone(&plan), shop_row(&nodes.bench, 1_000 + number));
        Script::deciding(None, vec![Need::Remembered(key.clone())], move |rows, _| {
            let changes = match rows.remembered.get(&key) {
                Some(Some(_)) => Vec::new(),
                _ => vec![Change::Insert { entity: SHOP, row: Arc::clone(&row) }],
            };
            let mut done = outcome(&plan, changes, &[]);
            done.remember =
                done.journal.is_some().then(|| remembered(&key, 200, "{}", i64::MAX / 2));
            done
        })
    };
    let written = nodes.write_all((0..80).map(script));
    assert_eq!(written.iter().filter(|it| it.position.is_some()).count(), 40);
    assert_eq!(nodes.count("architrave.idempotency"), 40);
    assert_eq!(nodes.count("architrave.journal_tx WHERE kind = 0"), 40);
}

#[test]
fn what_both_nodes_change_counts_every_change() {
    let Some(nodes) = Nodes::new() else { return };
    let plan = Arc::clone(&nodes.bench.plan);
    let id = Uuid::from_u128(7);
    nodes.bench.put(None, SHOP, shop_row(&nodes.bench, 7));
    let version = column(&plan, SHOP, "version");
    let ColumnId(at) = version;
    let script = |_| {
        let plan = Arc::clone(&plan);
        Script::deciding(None, vec![Need::Row(SHOP, id)], move |rows, _| {
            let before = rows.rows[&(SHOP, id)].clone().unwrap();
            let Value::Int(number) = before[usize::from(at)] else { panic!("a version") };
            let mut after = before.to_vec();
            after[usize::from(at)] = Value::Int(number + 1);
            let change = Change::Update { entity: SHOP, before, after: Arc::new(after) };
            outcome(&plan, vec![change], &[])
        })
    };
    let written = nodes.write_all((0..60).map(script));
    assert!(written.iter().all(|it| it.position.is_some()));
    let versions = nodes
        .bench
        .database()
        .rows("SELECT version FROM architrave.journal_event ORDER BY seq, idx");
    let expected: Vec<Vec<String>> = (1..=61).map(|it: u32| vec![it.to_string()]).collect();
    assert_eq!(versions.unwrap(), expected, "the journal tells them in their order");
}

#[test]
fn numbers_of_a_sequence_have_no_gap_where_some_that_drew_were_refused() {
    let Some(nodes) = Nodes::new() else { return };
    let plan = Arc::clone(&nodes.bench.plan);
    nodes.bench.put(None, SHOP, row(&plan, SHOP, TENANT, None, &[("domain", text("a.example"))]));
    let number = column(&plan, ORDER, "number");
    let script = |position: u128| {
        let (plan, period) = (Arc::clone(&plan), String::new());
        let need =
            Need::Sequence { entity: ORDER, column: number, period: period.clone(), count: 1 };
        Script::deciding(Some(TENANT), vec![need], move |rows, _| {
            let drawn = rows.sequences[&(ORDER, number, period.clone())][0];
            if position.is_multiple_of(5) {
                return outcome(&plan, Vec::new(), &[]);
            }
            // Any table does; its id tells the number.
            let id = Uuid::from_u128(50_000 + u128::from(drawn.unsigned_abs()));
            let domain = format!("{drawn}.example");
            let made = row(&plan, SHOP, id, None, &[("domain", text(&domain))]);
            outcome(&plan, vec![Change::Insert { entity: SHOP, row: made }], &[])
        })
    };
    nodes.write_all((0..50).map(script));
    let domains = nodes.bench.database().rows(
        "SELECT id FROM architrave.journal_event WHERE id <> '00000000-0000-0000-0000-00000000000a'",
    );
    let drawn: BTreeSet<String> = domains.unwrap().concat().into_iter().collect();
    let expected: BTreeSet<String> =
        (1..=40).map(|it| Uuid::from_u128(50_000 + it).to_string()).collect();
    assert_eq!(drawn, expected);
    assert_eq!(nodes.bench.database().rows("SELECT n FROM architrave.sequence").unwrap(), [["40"]]);
}

#[test]
fn writes_go_on_while_the_server_ends_sessions_and_none_is_lost() {
    let Some(nodes) = Nodes::new() else { return };
    let plan = Arc::clone(&nodes.bench.plan);
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'architrave writer'";
    let mut acknowledged = 0;
    for round in 0..12_u128 {
        let insert = |number: u128| {
            let row = shop_row(&nodes.bench, 10_000 + round * 100 + number);
            Script::new(&plan, None, vec![Change::Insert { entity: SHOP, row }])
        };
        let stores = [nodes.bench.store(), &*nodes.other];
        let started: Vec<_> = (0..40_u128)
            .zip(stores.iter().cycle())
            .map(|(number, store)| {
                if number == 20 {
                    nodes.bench.database().rows(end).unwrap();
                }
                store.write(Box::new(insert(number)))
            })
            .collect();
        nodes.bench.database().rows(end).unwrap();
        for write in started {
            nodes.bench.runtime.block_on(write).unwrap();
            acknowledged += 1;
        }
    }
    assert_eq!(nodes.count("architrave.journal_event"), acknowledged);
    let table = architrave_plan::sql::postgres::tables(&plan).unwrap()[0].qualified();
    assert_eq!(nodes.count(&table), acknowledged);
}
