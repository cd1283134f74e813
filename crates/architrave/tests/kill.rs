//! Kills the real program in the middle of concurrent writes, again and again: no acknowledged write is
//! lost, none is applied twice, and what is stored equals the journal's replay.
//!
//! `ARCHITRAVE_KILL_TIMES` says how often (10 unless set); `cargo xtask drill kill` runs the long form.
#![cfg(test)]
#![expect(clippy::print_stdout, reason = "says what was done, or why not")]

mod support;

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use architrave_drive::{
    client::{Call, Client},
    random::Random,
};
use serde_json::json;
use support::{Served, block_on, program};
use tokio::task::JoinHandle;

const WRITERS: usize = 8;

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
    marks = many(Mark, max(5))

    access {
      read   = has_role("operator")
      create = has_role("operator")
      update = has_role("operator")
      field value { write = false }
    }

    command add {
      input = { amount = int(min(1)) }
      allow = has_role("operator")
      set   = { value = this.value + input.amount }
    }
  }

  entity Mark { text = string(20) }
}
"#;

/// One who adds to a counter of their own, one request after the other.
struct Writer {
    name: String,
    counter: Option<String>,
    /// Requests that were answered.
    added: u64,
    /// Number of the request that is on its way or has to be sent again.
    next: u64,
}

impl Writer {
    /// Sends requests until one is not answered; the unanswered one is sent again next time, with its key.
    async fn work(&mut self, client: &Client, token: &str, answered: &AtomicU64) {
        loop {
            let call = match &self.counter {
                None => Call::post(
                    "/v1/counters",
                    &json!({ "name": self.name, "marks": [{ "text": "a" }, { "text": "b" }] }),
                ),
                Some(id) => Call::post(format!("/v1/counters/{id}/add"), &json!({ "amount": 1 })),
            };
            let key = format!("{}-{}", self.name, self.next);
            let Ok(reply) = client.send(&call.token(Some(token)).idempotency_key(key)).await else {
                return;
            };
            assert!(reply.is_success(), "{} {}", reply.status, reply.json());
            match self.counter {
                None => self.counter = reply.json()["id"].as_str().map(str::to_owned),
                Some(_) => {
                    self.added += 1;
                    assert_eq!(reply.json()["value"], self.added, "{}", self.name);
                }
            }
            self.next += 1;
            answered.fetch_add(1, Relaxed);
        }
    }
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_happens_twice() {
    let times = std::env::var("ARCHITRAVE_KILL_TIMES").ok().and_then(|it| it.parse().ok());
    let times: u64 = times.unwrap_or(10);
    let folder = tempfile::tempdir().unwrap();
    let (blueprint, data) = (folder.path().join("blueprint.hcl"), folder.path().join("data"));
    fs::write(&blueprint, BLUEPRINT).unwrap();
    let writers = (0..WRITERS).map(|it| Writer {
        name: format!("counter-{it}"),
        counter: None,
        added: 0,
        next: 0,
    });
    let mut writers: Vec<Writer> = writers.collect();
    let mut random = Random::new(2026, "kill", 0);
    for time in 0..times {
        let requests = 1 + random.below(400);
        writers = round(&blueprint, &data, writers, requests);
        verify(&data, time);
    }
    let served = Served::start(&blueprint, &data);
    block_on(async {
        let client = Client::new(&served.api);
        let operator = served.token("operator");
        for writer in &writers {
            let path = format!("/v1/counters/{}", writer.counter.as_ref().unwrap());
            let shown = client.send(&Call::get(path).token(Some(&operator))).await.unwrap().json();
            // The last request may have been stored without an answer reaching us.
            let value = shown["value"].as_u64().unwrap();
            assert!((writer.added..=writer.added + 1).contains(&value), "{shown} {}", writer.added);
            assert_eq!(shown["version"], value + 1, "{shown}");
        }
    });
    let added: u64 = writers.iter().map(|it| it.added).sum();
    println!("killed {times} times; {added} acknowledged additions are there, each once");
}

/// Serves, lets all write until so many requests were answered, kills.
fn round(blueprint: &Path, data: &Path, writers: Vec<Writer>, requests: u64) -> Vec<Writer> {
    let served = Served::start(blueprint, data);
    let (api, token) = (served.api.clone(), served.token("operator"));
    block_on(async {
        let answered = Arc::new(AtomicU64::new(0));
        let tasks: Vec<_> = writers
            .into_iter()
            .map(|mut writer| {
                let (client, token, answered) =
                    (Client::new(&api), token.clone(), answered.clone());
                tokio::spawn(async move {
                    writer.work(&client, &token, &answered).await;
                    writer
                })
            })
            .collect();
        // A writer that failed ends the wait too; its failure is met below.
        while answered.load(Relaxed) < requests && !tasks.iter().any(JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        served.kill();
        let mut writers = Vec::new();
        for task in tasks {
            writers.push(task.await.unwrap());
        }
        writers
    })
}

fn verify(data: &Path, time: u64) {
    let output = program().arg("verify").arg("--data").arg(data).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "after kill {time}: {text}");
}
