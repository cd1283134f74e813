//! The order drill: three nodes publish one journal, 96 connections write to it with pauses and rollbacks, and whoever
//! reads it, on the primary or on a standby, meets every event once and in order.
//!
//! Small as a test; `cargo xtask drill order` runs it with a standby and a million events. The rate at which it writes
//! is the machine's.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a drill fails by panicking and tells its figures; clippy's exception covers test functions alone"
)]

mod reading;
mod writing;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use architrave_engine::ports::Clock;
use architrave_model::SourceFile;
use architrave_plan::{Lock, derive};
use architrave_store::{
    Vault,
    postgres::{Address, Environment, PostgresSettings, PostgresStore},
};
use tokio_postgres::{Client, NoTls};

/// An address of a server in which anything may be done, and of a standby of it.
const PRIMARY: &str = "ARCHITRAVE_TEST_POSTGRES";
const STANDBY: &str = "ARCHITRAVE_TEST_STANDBY";
/// How many events are written at least.
const EVENTS: &str = "ARCHITRAVE_ORDER_EVENTS";
const EVENTS_OF_A_TEST: u64 = 6_000;

const NODES: usize = 3;
const CONNECTIONS: usize = 32;

struct SystemClock;

impl Clock for SystemClock {
    fn now_us(&self) -> i64 {
        0
    }

    fn monotonic_us(&self) -> u64 {
        0
    }
}

fn node(address: &str, name: &str) -> PostgresStore {
    let text = "system Order { edition = \"2026\" }\ncontext main {\n  entity Thing {\n    name = string(20)\n    \
                access { read = true }\n  }\n}\n";
    let file = SourceFile { name: "order.hcl".into(), text: text.into() };
    let plan = derive(architrave_blueprint::read(&[file]).0, &Lock::default()).plan;
    let settings = PostgresSettings {
        node_address: name.to_owned(),
        on_news: Arc::new(|text| println!("{text}")),
        ..PostgresSettings::default()
    };
    let address = Address::read(address, &Environment::default()).unwrap();
    let vault = Arc::new(Vault::empty());
    PostgresStore::open(address, Arc::new(plan), vault, Arc::new(SystemClock), settings).unwrap()
}

async fn connected(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|it| !it.is_empty())
}

/// What the writers share.
struct Campaign {
    address: String,
    events: u64,
    written: AtomicU64,
    transactions: AtomicU64,
    rolled_back: AtomicU64,
    is_over: AtomicBool,
}

#[test]
fn readers_meet_every_event_once_and_in_order() {
    let Some(server) = variable(PRIMARY) else {
        eprintln!("SKIPPED: {PRIMARY} names no server; run `cargo xtask postgres cargo test …`");
        return;
    };
    let events = variable(EVENTS).map_or(EVENTS_OF_A_TEST, |it| it.parse().unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let name = format!("order_{}", std::process::id());
    runtime.block_on(async {
        let create = format!("CREATE DATABASE {name}");
        connected(&server).await.batch_execute(&create).await.unwrap();
    });
    let of = |server: &str| server.replace("/postgres?", &format!("/{name}?"));
    let address = of(&server);
    let nodes: Vec<PostgresStore> =
        (1..=NODES).map(|it| node(&address, &format!("node {it}"))).collect();
    let standby = variable(STANDBY).map(|it| of(&it));
    runtime.block_on(run(&address, standby.as_deref(), events));
    drop(nodes);
    runtime.block_on(async {
        let remove = format!("DROP DATABASE {name} WITH (FORCE)");
        connected(&server).await.batch_execute(&remove).await.unwrap();
    });
}

async fn run(address: &str, standby: Option<&str>, events: u64) {
    let campaign = Arc::new(Campaign {
        address: address.to_owned(),
        events,
        written: AtomicU64::new(0),
        transactions: AtomicU64::new(0),
        rolled_back: AtomicU64::new(0),
        is_over: AtomicBool::new(false),
    });
    let started = Instant::now();
    let readers: Vec<_> = [Some(address), standby]
        .into_iter()
        .flatten()
        .map(|it| tokio::spawn(reading::follow(Arc::clone(&campaign), it.to_owned())))
        .collect();
    let ids = writing::living_nodes(address, NODES).await;
    let writers: Vec<_> = (0..NODES * CONNECTIONS)
        .map(|number| (number, ids[number % NODES]))
        .map(|(number, id)| tokio::spawn(writing::write(Arc::clone(&campaign), number, id)))
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let seconds = started.elapsed().as_secs_f64();
    let client = connected(address).await;
    let sql = "SELECT (SELECT count(*) FROM architrave.journal_event), \
               (SELECT max(seq) FROM architrave.journal_event), \
               (SELECT count(*) FROM architrave.journal_tx WHERE kind = 1)";
    let row = client.query_one(sql, &[]).await.unwrap();
    let (stored, last): (i64, i64) = (row.get(0), row.get(1));
    assert_eq!(stored.unsigned_abs(), campaign.written.load(Relaxed), "what was acknowledged");
    campaign.is_over.store(true, Relaxed);
    println!(
        "{stored} events in {} transactions by {NODES} nodes × {CONNECTIONS} connections, {} rolled back, {} \
         tombstones so far, {seconds:.1} s",
        campaign.transactions.load(Relaxed),
        campaign.rolled_back.load(Relaxed),
        row.get::<_, i64>(2),
    );
    for (reader, place) in readers.into_iter().zip(["primary", "standby"]) {
        let met = reader.await.unwrap();
        let missed = stored.unsigned_abs().saturating_sub(met.distinct);
        let mark = client.query_one("SELECT safe FROM architrave.journal_mark", &[]).await.unwrap();
        println!("the mark is at {}, the last number {last}", mark.get::<_, i64>(0));
        println!(
            "on the {place}: {} events met, {missed} missed, {} out of order, {} twice",
            met.distinct, met.inverted, met.repeated
        );
        println!(
            "it met the last event {:.1} s after the writers had ended",
            met.lagged.as_secs_f64()
        );
        assert_eq!((missed, met.inverted, met.repeated), (0, 0, 0), "on the {place}");
        assert_eq!(met.last, last.unsigned_abs());
    }
}
