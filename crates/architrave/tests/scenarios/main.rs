//! Runs the stories of `scenarios/`: each file is a blueprint, requests and expected answers, in the words
//! of the manual. The real server answers them, on a free port, with an empty data folder.
#![cfg(test)]

mod compare;
#[path = "../support/database/mod.rs"]
mod database;
mod raw;
mod story;
mod world;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use architrave_drive::client::{Call, Reply};
use database::Database;
use serde_json::Value;
use story::{Happening, Step, Story};
use world::Served;

#[test]
fn every_story_comes_true_on_sqlite() {
    tell_all(Place::Folder);
}

#[test]
fn every_story_comes_true_on_postgresql() {
    if Database::is_there() {
        tell_all(Place::Database);
    }
}

/// Where a story's server keeps everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Folder,
    Database,
}

fn tell_all(place: Place) {
    let mut failures = Vec::new();
    let mut count = 0;
    for path in stories() {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        count += 1;
        if let Err(failure) = run(&Story::parse(&text), place) {
            failures.push(format!("scenarios/{name}.md:{failure}"));
        }
    }
    assert!(count > 0, "there are no stories");
    assert!(
        failures.is_empty(),
        "{} of {count} failed:\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

/// Refusals that no story can bring about, and the tests that do.
const TOLD_ELSEWHERE: &[(&str, &str)] = &[
    ("internal-error", "architrave-server/tests/server/answers.rs, with a store that fails"),
    ("storage-full", "architrave/tests/disk, on a disk that is full"),
];

#[test]
fn every_refusal_has_a_story() {
    let told: Vec<String> = stories().iter().map(|it| fs::read_to_string(it).unwrap()).collect();
    let is_told = |code: &str| {
        let expected = format!("\"code\": \"{code}\"");
        told.iter().any(|it| it.contains(&expected))
    };
    let untold: Vec<&str> = architrave_plan::ALL_PROBLEMS
        .iter()
        .map(|it| it.code)
        .filter(|code| !is_told(code) && !TOLD_ELSEWHERE.iter().any(|(it, _)| it == code))
        .collect();
    assert!(untold.is_empty(), "no story tells of {}", untold.join(", "));
}

/// All stories, or those that `SCENARIO` names a part of.
fn stories() -> Vec<PathBuf> {
    let wanted = std::env::var("SCENARIO").unwrap_or_default();
    let mut found: Vec<PathBuf> =
        fs::read_dir(root().join("scenarios")).unwrap().map(|it| it.unwrap().path()).collect();
    found.retain(|it| it.to_string_lossy().contains(&wanted));
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A step that did not come true: line and reason.
type Failure = String;

fn run(story: &Story, place: Place) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut served = Served::start(story, place).await?;
        let mut known = served.people().await;
        let mut outcome = Ok(());
        for happening in &story.happenings {
            outcome = match happening {
                Happening::Request(step) => one(step, &served, &mut known).await,
                Happening::Meanwhile(what) => {
                    served.happens(*what).await;
                    Ok(())
                }
            };
            if outcome.is_err() {
                break;
            }
        }
        served.stop().await;
        outcome
    })
}

async fn one(
    step: &Step,
    served: &Served,
    known: &mut BTreeMap<String, Value>,
) -> Result<(), Failure> {
    let reply = send(step, served, known).await.map_err(|it| format!("{}: {it}", step.line))?;
    let shown = String::from_utf8_lossy(&reply.body).into_owned();
    let failed = |reason: String| {
        format!(
            "{}: {} {}\n  {reason}\n  answered {} {shown}",
            step.line, step.method, step.path, reply.status
        )
    };
    if reply.status != step.status {
        return Err(failed(format!("expected {}", step.status)));
    }
    for (name, expected) in &step.expected_headers {
        let actual = reply.header(name);
        if expected == "(absent)" {
            if let Some(actual) = actual {
                return Err(failed(format!("{name} is {actual}, expected none")));
            }
            continue;
        }
        let actual = actual.ok_or_else(|| failed(format!("{name} is missing")))?;
        compare::text(expected, actual, known).map_err(|it| failed(format!("{name}: {it}")))?;
    }
    if let Some(expected) = &step.expected {
        if expected.is_null() && shown.is_empty() {
            return Ok(());
        }
        compare::json(expected, &reply.json(), known, "").map_err(failed)?;
    }
    Ok(())
}

/// Sends a step's request as its caller.
async fn send(
    step: &Step,
    served: &Served,
    known: &BTreeMap<String, Value>,
) -> Result<Reply, Failure> {
    let fill = |text: &str| compare::fill(text, known);
    let mut call = Call {
        method: step.method.parse().map_err(|_| "no method")?,
        path: fill(&step.path),
        ..Call::default()
    };
    let (client, token) = served.caller(step.caller.as_deref())?;
    call = call.token(token);
    let has = |name: &str| step.headers.iter().any(|it| it.0.eq_ignore_ascii_case(name));
    if let Some(body) = &step.body {
        call.body = Some(fill(body).into());
        if !has("content-type") {
            call = call.header("content-type", "application/json");
        }
    }
    for (name, value) in &step.headers {
        call = call.header(name, fill(value));
    }
    if has("content-length") {
        let base = client.base().to_owned();
        return tokio::task::spawn_blocking(move || raw::send(&base, &call)).await.unwrap();
    }
    client.send(&call).await.map_err(|error| error.to_string())
}
