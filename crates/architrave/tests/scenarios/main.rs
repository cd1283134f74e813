//! Runs the stories of `scenarios/`: each file is a blueprint, requests and expected answers, in the words
//! of the manual. The real server answers them, on a free port, with an empty data folder.
#![cfg(test)]

mod compare;
mod story;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use architrave::{
    backend::{Backend, Options},
    checked::{Checked, LockUse},
    console::Console,
};
use architrave_drive::client::{Call, Client};
use architrave_server::{Format, Log};
use serde_json::Value;
use story::{Step, Story};

#[test]
fn every_story_comes_true() {
    let mut failures = Vec::new();
    let mut count = 0;
    for path in stories() {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        count += 1;
        if let Err(failure) = run(&Story::parse(&text)) {
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

fn run(story: &Story) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let blueprint = match &story.example {
            Some(example) => root().join(example),
            None => {
                fs::write(folder.path().join("blueprint.hcl"), &story.blueprint).unwrap();
                folder.path().join("blueprint.hcl")
            }
        };
        let checked = Checked::load(&blueprint).unwrap();
        let plan = checked.into_plan(Console, LockUse::Ignore).unwrap();
        let plan = plan.ok_or("1: the blueprint has errors")?;
        let mut options = Options::private(&folder.path().join("data"), true);
        options.has_limits = story.has_limits;
        let log = Log::new(Format::Json, Box::new(std::io::sink()));
        let backend = Backend::start(plan, options, Arc::clone(&log)).await.unwrap();
        let client = Client::new(&format!("http://{}", backend.api));
        let tokens: BTreeMap<String, String> = backend.tokens.iter().cloned().collect();
        let mut known = BTreeMap::new();
        for (name, token) in &tokens {
            let me = client.send(&Call::get("/v1/me").token(Some(token))).await.unwrap().json();
            for (suffix, member) in [("", "user"), ("_tenant", "tenant")] {
                if let Some(id) = me[member].as_str() {
                    known.insert(format!("{name}{suffix}"), Value::from(id));
                }
            }
        }
        let mut outcome = Ok(());
        for step in &story.steps {
            outcome = one(step, &client, &tokens, &mut known).await;
            if outcome.is_err() {
                break;
            }
        }
        backend.stop().await;
        outcome
    })
}

async fn one(
    step: &Step,
    client: &Client,
    tokens: &BTreeMap<String, String>,
    known: &mut BTreeMap<String, Value>,
) -> Result<(), Failure> {
    let fill = |text: &str| compare::fill(text, known);
    let mut call = Call {
        method: step.method.parse().map_err(|_| format!("{}: no method", step.line))?,
        path: fill(&step.path),
        ..Call::default()
    };
    if let Some(who) = &step.caller {
        let token =
            tokens.get(who).ok_or_else(|| format!("{}: nobody is called {who}", step.line))?;
        call = call.token(Some(token));
    }
    let has_type = step.headers.iter().any(|it| it.0.eq_ignore_ascii_case("content-type"));
    if let Some(body) = &step.body {
        call.body = Some(fill(body).into());
        if !has_type {
            call = call.header("content-type", "application/json");
        }
    }
    for (name, value) in &step.headers {
        call = call.header(name, fill(value));
    }
    let reply = client.send(&call).await.map_err(|error| format!("{}: {error}", step.line))?;
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
