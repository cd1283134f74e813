//! Many nodes on one database: who may serve, who may publish, which history it is, and requests counted together.

use std::{
    sync::{Arc, Mutex, atomic::AtomicI64},
    time::{Duration, Instant},
};

use architrave_engine::ports::{LimitKey, Limiter as _, Store as _, Taken};
use architrave_store::{
    Vault,
    postgres::{PostgresLimiter, PostgresSettings, PostgresStore},
};

use crate::support::{Database, TestClock, shop};

/// Longest wait for what has to happen soon.
const SOON: Duration = Duration::from_secs(20);

fn node(database: &Database, news: &Arc<Mutex<Vec<String>>>) -> PostgresStore {
    let heard = Arc::clone(news);
    let settings = PostgresSettings {
        node_address: "node.example:8080".into(),
        on_news: Arc::new(move |text| heard.lock().unwrap().push(text.to_owned())),
        ..PostgresSettings::default()
    };
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let vault = Arc::new(Vault::empty());
    PostgresStore::open(database.address(), Arc::new(plan()), vault, clock, settings).unwrap()
}

fn plan() -> architrave_plan::Plan {
    shop::plan()
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < SOON, "{what}");
        std::thread::yield_now();
    }
}

/// The insert with which a node writes, by its fence as the table has it.
fn append(fence: &str) -> String {
    format!(
        "INSERT INTO architrave.journal_tx (kind, at, operation, request_id, traceparent, fence) \
         VALUES (0, clock_timestamp(), 'test', '', '', (SELECT n.fence FROM architrave.node n WHERE \
         n.fence = {fence} AND n.beat_at > clock_timestamp() - interval '15 s')) RETURNING seq"
    )
}

#[test]
fn a_node_that_was_not_heard_for_too_long_may_not_write_until_it_registers_again() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    let _node = node(&database, &news);
    let fence = || database.ask("SELECT fence FROM architrave.node").unwrap().concat();
    let first = fence();
    database.ask(&append(&first)).unwrap();
    // As if it had been paused: what it sends with its fence is refused by the database itself.
    database.ask("UPDATE architrave.node SET beat_at = beat_at - interval '1 hour'").unwrap();
    let refusal = database.ask(&append(&first)).unwrap_err();
    assert!(refusal.contains("null value in column \"fence\""), "{refusal}");
    until("it registers again", || fence() != first);
    assert!(database.ask(&append(&first)).is_err(), "the old fence stays refused");
    database.ask(&append(&fence())).unwrap();
    assert!(news.lock().unwrap().iter().any(|it| it.contains("registers again")));
}

#[test]
fn two_versions_of_a_blueprint_are_not_served_at_once() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    drop(node(&database, &news));
    assert_eq!(database.ask("SELECT count(*) FROM architrave.node").unwrap(), ["0"], "it has left");
    let other = "INSERT INTO architrave.node (id, address, plan, fence, beat_at) VALUES \
                 (gen_random_uuid(), 'old.example:80', 'another-plan', 99, clock_timestamp())";
    database.ask(other).unwrap();
    let clock = Arc::new(TestClock(AtomicI64::new(0)));
    let (address, vault) = (database.address(), Arc::new(Vault::empty()));
    let settings = PostgresSettings::default();
    let opened = PostgresStore::open(address, Arc::new(plan()), vault, clock, settings);
    let fault = opened.err().unwrap();
    let hash = plan().hash;
    let expected = format!(
        "two versions of the blueprint at once: this node has {hash}, and old.example:80 serves another-plan"
    );
    assert_eq!(fault.what, expected);
    // Once it is gone, or silent for long enough, nothing is in the way.
    database.ask("UPDATE architrave.node SET beat_at = beat_at - interval '1 minute'").unwrap();
    drop(node(&database, &news));
}

#[test]
fn a_database_that_was_put_back_begins_a_new_epoch() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    let epoch =
        || database.ask("SELECT value FROM architrave.meta WHERE name = 'epoch'").unwrap().concat();
    let is_bound =
        || !database.ask("SELECT 1 FROM architrave.meta WHERE name = 'bound'").unwrap().is_empty();
    let first = node(&database, &news);
    until("the history is bound", is_bound);
    let before = epoch();
    drop(first);
    let again = node(&database, &news);
    until("it follows", || again.status().position.is_some());
    assert_eq!(epoch(), before, "the same database is the same history");
    drop(again);
    // What a restore into another cluster, a promotion and a dump that was read back look like.
    for (part, reason) in [("1", "another cluster"), ("2", "promoted"), ("4", "from a dump")] {
        let before = epoch();
        let rewrite = format!(
            "UPDATE architrave.meta SET value = array_to_string(ARRAY(SELECT CASE WHEN n = {part} THEN '7' \
             ELSE piece END FROM unnest(string_to_array(value, ':')) WITH ORDINALITY AS p(piece, n)), ':') \
             WHERE name = 'bound'"
        );
        database.ask(&rewrite).unwrap();
        let store = node(&database, &news);
        until("a new epoch begins", || epoch() != before);
        drop(store);
        assert!(news.lock().unwrap().iter().any(|it| it.contains(reason)), "{reason}");
    }
    let records =
        database.ask("SELECT count(*) FROM architrave.journal_tx WHERE kind = 3").unwrap();
    assert_eq!(records, ["4"], "one at the beginning, one for each");
}

#[test]
fn a_rewound_journal_is_noticed_by_whoever_read_further() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    let store = node(&database, &news);
    let fence = database.ask("SELECT fence FROM architrave.node").unwrap().concat();
    let seq: u64 = database.ask(&append(&fence)).unwrap().concat().parse().unwrap();
    let seen = || store.status().position;
    until("it is published", || seen().is_some_and(|it| it.seq >= seq));
    let before = seen().unwrap().epoch;
    database
        .ask("DELETE FROM architrave.journal_tx; UPDATE architrave.journal_mark SET safe = 0")
        .unwrap();
    until("a new epoch begins", || seen().is_some_and(|it| it.epoch != before));
}

#[test]
fn a_number_that_was_rolled_back_holds_nobody_up() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    let stores = [node(&database, &news), node(&database, &news)];
    let fence = database.ask("SELECT max(fence) FROM architrave.node").unwrap().concat();
    database.ask(&format!("BEGIN; {}; ROLLBACK", append(&fence))).unwrap();
    let seq: u64 = database.ask(&append(&fence)).unwrap().concat().parse().unwrap();
    for store in &stores {
        until("all nodes may read it", || store.status().position.is_some_and(|it| it.seq >= seq));
    }
    let tombstones = database.ask("SELECT seq FROM architrave.journal_tx WHERE kind = 1").unwrap();
    assert_eq!(tombstones, [(seq - 1).to_string()]);
}

#[test]
fn nodes_count_requests_together() {
    let Some(database) = Database::empty() else { return };
    let news = Arc::default();
    let stores = [node(&database, &news), node(&database, &news), node(&database, &news)];
    let limiters = stores.each_ref().map(PostgresStore::limiter);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let take = |limiter: &PostgresLimiter, subject: u8| -> Taken {
        let key = LimitKey { policy: 1, subject: [subject; 16] };
        runtime.block_on(limiter.take(&key, 100, 24 * 3_600_000_000, 0).wait()).unwrap()
    };
    let allowed = (0..400)
        .map(|it| take(&limiters[it % limiters.len()], 1))
        .filter(|it| it.is_allowed)
        .count();
    assert!(allowed <= 102, "{allowed} of 100");
    // What nodes held in advance is theirs until it is given back: others may be refused a little early.
    assert!(allowed >= 90, "{allowed} of 100");
    let refused = take(&limiters[0], 1);
    assert!(!refused.is_allowed && refused.retry_after_s > 60, "{refused:?}");
    assert!(take(&limiters[1], 2).is_allowed, "budgets are apart");
}
