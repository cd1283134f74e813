//! Three nodes on one PostgreSQL, and what befalls them: nodes are killed, backends of the database ended, one is paused
//! for longer than it counts as living. No acknowledged write is lost, none is applied twice, and whoever retries
//! elsewhere with the same key gets the answer. One after the other they are restarted without a request that fails.
//!
//! `ARCHITRAVE_NODES_CYCLES` says how often (4 unless set), `ARCHITRAVE_NODES_PAUSE=1` adds the pause;
//! `cargo xtask drill nodes` runs the long form.
#![cfg(test)]
#![expect(clippy::print_stdout, reason = "says what was done, or why not")]

mod support;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use architrave_drive::client::{Call, Client};
use serde_json::json;
use support::{Served, block_on};
use tokio_postgres::NoTls;

const NODES: usize = 3;
const WRITERS: usize = 12;
const SERVER: &str = "ARCHITRAVE_TEST_POSTGRES";
/// Requests between two blows.
const REQUESTS: u64 = 150;
/// Longest wait for the nodes to answer again.
const SOON: Duration = Duration::from_secs(60);
/// Longer than a node that is not heard counts as living.
const PAUSE: Duration = Duration::from_secs(17);

const BLUEPRINT: &str = r#"
system Drill { edition = "2026" }

identity {
  user  = drill.User
  roles = ["operator"]
}

context drill {

  entity User { name = string(80) }

  # Counts what was added: once too often or too seldom shows.
  entity Counter {
    name  = string(80, unique)
    value = int(default(0))

    access {
      read   = has_role("operator")
      create = has_role("operator")
      field value { write = false }
    }

    command add {
      input = { amount = int(min(1)) }
      allow = has_role("operator")
      set   = { value = this.value + input.amount }
    }
  }
}
"#;

/// A database of its own, and what nodes need.
struct Place {
    folder: tempfile::TempDir,
    address: PathBuf,
    client: tokio_postgres::Client,
}

impl Place {
    async fn new(purpose: &str) -> Option<Self> {
        let Some(server) = std::env::var(SERVER).ok().filter(|it| !it.is_empty()) else {
            println!("SKIPPED: {SERVER} names no server (cargo xtask test)");
            return None;
        };
        let name = format!("{purpose}_{}", std::process::id());
        let create = format!("CREATE DATABASE {name}");
        connected(&server).await.batch_execute(&create).await.unwrap();
        let address = server.replace("/postgres?", &format!("/{name}?"));
        let client = connected(&address).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("blueprint.hcl"), BLUEPRINT).unwrap();
        Some(Self { folder, address: PathBuf::from(address), client })
    }

    fn node(&self, number: usize) -> Served {
        let data = self.folder.path().join(format!("data-{number}"));
        let blueprint = self.folder.path().join("blueprint.hcl");
        let store: [(&str, &Path); 1] = [("ARCHITRAVE_STORE", &self.address)];
        Served::start_as(&blueprint, &data, &store, &["--stop-notice", "1"])
    }

    async fn number(&self, sql: &str) -> i64 {
        self.client.query_one(sql, &[]).await.unwrap().get(0)
    }
}

async fn connected(address: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// What writers share: where nodes are, and how far all are.
struct Campaign {
    nodes: Mutex<Vec<String>>,
    token: String,
    answered: AtomicU64,
    failed: AtomicU64,
    is_over: AtomicBool,
}

impl Campaign {
    fn at(&self, number: usize) -> String {
        let nodes = self.nodes.lock().unwrap();
        nodes[number % nodes.len()].clone()
    }

    fn moved(&self, number: usize, to: &Served) {
        self.nodes.lock().unwrap()[number].clone_from(&to.api);
    }
}

/// Adds to a counter of its own at one node after the other, each time with the same key until there is an answer.
async fn write(campaign: Arc<Campaign>, number: usize) -> u64 {
    let (mut counter, mut added, mut turn) = (None::<String>, 0, number);
    let mut sent = 0_u64;
    while !campaign.is_over.load(Relaxed) {
        let call = match &counter {
            None => Call::post("/v1/counters", &json!({ "name": format!("counter-{number}") })),
            Some(id) => Call::post(format!("/v1/counters/{id}/add"), &json!({ "amount": 1 })),
        };
        let call = call.token(Some(&campaign.token)).idempotency_key(format!("{number}-{sent}"));
        let client = Client::new(&campaign.at(turn)).unavailable_attempts_max(1);
        turn += 1;
        let sending = tokio::time::timeout(Duration::from_secs(5), client.send(&call));
        let reply = match sending.await {
            Ok(Ok(reply)) if reply.is_success() => reply,
            Ok(Ok(reply)) => {
                // Busy, not ready, still being worked on elsewhere: never a wrong answer.
                assert!(
                    [409, 500, 503].contains(&reply.status),
                    "{} {}",
                    reply.status,
                    reply.json()
                );
                campaign.failed.fetch_add(1, Relaxed);
                continue;
            }
            _ => {
                campaign.failed.fetch_add(1, Relaxed);
                continue;
            }
        };
        match counter {
            None => counter = reply.json()["id"].as_str().map(str::to_owned),
            Some(_) => {
                added += 1;
                assert_eq!(reply.json()["value"], added, "of counter {number}");
            }
        }
        sent += 1;
        campaign.answered.fetch_add(1, Relaxed);
    }
    added
}

/// Waits until so many more were answered.
async fn progress(campaign: &Campaign, requests: u64) {
    let (before, started) = (campaign.answered.load(Relaxed), Instant::now());
    while campaign.answered.load(Relaxed) < before + requests {
        assert!(started.elapsed() < SOON, "nobody is answered any more");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice_whatever_befalls_nodes() {
    block_on(async {
        let Some(place) = Place::new("nodes").await else { return };
        let cycles = std::env::var("ARCHITRAVE_NODES_CYCLES").ok().and_then(|it| it.parse().ok());
        let cycles: usize = cycles.unwrap_or(4);
        let mut nodes: Vec<Option<Served>> = (0..NODES).map(|it| Some(place.node(it))).collect();
        let addresses = nodes.iter().flatten().map(|it| it.api.clone());
        let campaign = Arc::new(Campaign {
            nodes: Mutex::new(addresses.collect()),
            token: nodes[0].as_ref().unwrap().token("operator"),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let writers: Vec<_> =
            (0..WRITERS).map(|it| tokio::spawn(write(Arc::clone(&campaign), it))).collect();
        for cycle in 0..cycles {
            progress(&campaign, REQUESTS).await;
            if cycle % 2 == 0 {
                let number = cycle / 2 % NODES;
                nodes[number].take().unwrap().kill();
                progress(&campaign, REQUESTS / 3).await;
                let started = place.node(number);
                campaign.moved(number, &started);
                nodes[number] = Some(started);
            } else {
                let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                           WHERE datname = current_database() AND pid <> pg_backend_pid()";
                assert!(place.number(end).await > 0);
            }
        }
        if std::env::var("ARCHITRAVE_NODES_PAUSE").is_ok() {
            let paused = nodes[0].as_ref().unwrap();
            paused.signal("STOP");
            tokio::time::sleep(PAUSE).await;
            paused.signal("CONT");
        }
        progress(&campaign, REQUESTS).await;
        campaign.is_over.store(true, Relaxed);
        let mut all = 0;
        for (number, writer) in writers.into_iter().enumerate() {
            let added = writer.await.unwrap();
            let sql =
                format!("SELECT value FROM drill.drill_counter WHERE name = 'counter-{number}'");
            // The last request may have been stored without an answer reaching us.
            let value = place.number(&sql).await.unsigned_abs();
            assert!((added..=added + 1).contains(&value), "counter {number}: {value}, {added}");
            all += added;
        }
        let twice = "SELECT count(*) FROM (SELECT 1 FROM architrave.journal_event \
                     GROUP BY entity, id, version HAVING count(*) > 1) twice";
        assert_eq!(place.number(twice).await, 0, "a version of a row has one event");
        println!(
            "{cycles} blows to {NODES} nodes and their database: {all} acknowledged additions are there, each once; {} \
             attempts had to be repeated",
            campaign.failed.load(Relaxed)
        );
    });
}

#[test]
fn nodes_are_restarted_one_after_the_other_and_no_request_fails() {
    block_on(async {
        let Some(place) = Place::new("rolling").await else { return };
        let mut nodes: Vec<Served> = (0..NODES).map(|it| place.node(it)).collect();
        let token = nodes[0].token("operator");
        let addresses =
            Arc::new(Mutex::new(nodes.iter().map(|it| it.api.clone()).collect::<Vec<_>>()));
        let (is_over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let callers: Vec<_> = (0..4)
            .map(|number| {
                let (addresses, is_over) = (Arc::clone(&addresses), Arc::clone(&is_over));
                let (answered, token) = (Arc::clone(&answered), token.clone());
                tokio::spawn(balanced(addresses, token, number, is_over, answered))
            })
            .collect();
        for (number, node) in (NODES..).zip(&mut nodes) {
            let before = answered.load(Relaxed);
            let fresh = place.node(number);
            addresses.lock().unwrap().push(fresh.api.clone());
            let old = std::mem::replace(node, fresh);
            old.stop();
            while answered.load(Relaxed) < before + 30 && !callers.iter().any(|it| it.is_finished())
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        is_over.store(true, Relaxed);
        for caller in callers {
            caller.await.unwrap();
        }
        println!("{NODES} nodes restarted; {} requests, none failed", answered.load(Relaxed));
    });
}

/// A load balancer and its client: asks each node every 100 ms whether it is ready, and sends to those that are.
async fn balanced(
    addresses: Arc<Mutex<Vec<String>>>,
    token: String,
    number: u64,
    is_over: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
) {
    let mut looked = None::<Instant>;
    let mut ready: Vec<Client> = Vec::new();
    let mut sent = 0_u64;
    while !is_over.load(Relaxed) {
        if looked.is_none_or(|it| it.elapsed() > Duration::from_millis(100)) {
            let all = addresses.lock().unwrap().clone();
            let mut living = Vec::new();
            for address in all {
                let known = ready.iter().position(|it| it.base() == address);
                let client = match known {
                    Some(at) => ready.swap_remove(at),
                    None => Client::new(&address).unavailable_attempts_max(1),
                };
                let asked = client.send(&Call::get("/health/ready")).await;
                if asked.is_ok_and(|it| it.status == 200) {
                    living.push(client);
                }
            }
            ready = living;
            looked = Some(Instant::now());
        }
        let at = usize::try_from(sent).unwrap() % ready.len();
        let call = Call::post("/v1/counters", &json!({ "name": format!("{number}-{sent}") }));
        let call = call.token(Some(&token)).idempotency_key(format!("{number}-{sent}"));
        let reply = ready[at].send(&call).await;
        let reply = reply.unwrap_or_else(|error| panic!("{}: {}", ready[at].base(), error.what));
        assert!(reply.is_success(), "{} {}", reply.status, reply.json());
        sent += 1;
        answered.fetch_add(1, Relaxed);
    }
}
