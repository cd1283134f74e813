//! What `serve` says when it is up: where everything is, what it assumed, what it does not run yet.

use std::path::Path;

use architrave_model::System;
use architrave_plan::{Method, OperationKind, Pending, Plan, pending};
use architrave_server::{Level, Log};

use crate::{
    backend::{self, Backend},
    dev, lock_file,
};

/// What the command line decided.
#[derive(Debug, Clone, Copy)]
pub struct Assumed {
    /// `--dev`
    pub is_dev: bool,
    /// No `--no-limits`
    pub has_limits: bool,
}

/// Lines for a person.
#[must_use]
pub fn lines(backend: &Backend, blueprint: &Path, assumed: Assumed) -> Vec<String> {
    let plan = backend.engine.plan();
    let mut lines = vec![format!("{} is served.", plan.system.name.text), String::new()];
    for (name, value) in places(backend, blueprint) {
        lines.push(format!("  {name:<12} {value}"));
    }
    let notes = notes(plan, assumed);
    if !notes.is_empty() {
        lines.push(String::new());
        lines.extend(notes.into_iter().map(|it| format!("  note: {it}")));
    }
    if !backend.tokens.is_empty() {
        lines.extend([String::new(), "  Try it:".to_owned()]);
        for (name, token) in &backend.tokens {
            lines.extend([String::new(), format!("  # as {name}")]);
            lines.push(format!("  {}", curl(plan, backend, token)));
        }
    }
    lines.extend([String::new(), "  Stop with Ctrl-C.".to_owned(), String::new()]);
    lines
}

/// The same for a machine: one line of the log per fact. Tokens stay out of logs; they are in `dev.json`.
pub fn log(log: &Log, backend: &Backend, blueprint: &Path, assumed: Assumed) {
    let places = places(backend, blueprint);
    let values: Vec<(&str, &str)> = places.iter().map(|(name, it)| (*name, it.as_str())).collect();
    for note in notes(backend.engine.plan(), assumed) {
        log.line(Level::Warning, &note, &[]);
    }
    log.line(Level::Info, "listening", &values);
}

fn places(backend: &Backend, blueprint: &Path) -> Vec<(&'static str, String)> {
    let api = backend.api;
    let mut places = vec![
        ("api", format!("http://{api}/v1")),
        ("reference", format!("http://{api}/docs")),
        ("openapi", format!("http://{api}/openapi.json")),
        ("health", format!("http://{api}/health/ready")),
    ];
    if let Some(admin) = backend.admin {
        places.push(("admin", format!("http://{admin}/admin/v1")));
        places.push(("metrics", format!("http://{admin}/metrics")));
    }
    places.extend(backend.database.iter().map(|it| ("store", it.clone())));
    places.push(("data", backend.folder.path().display().to_string()));
    places.push(("lock", lock_file::path(blueprint).display().to_string()));
    if !backend.tokens.is_empty() {
        places.push(("tokens", backend.folder.file(dev::ACCESS_FILE).display().to_string()));
    }
    places
}

/// What was assumed and what is not done.
fn notes(plan: &Plan, assumed: Assumed) -> Vec<String> {
    let mut notes = Vec::new();
    if assumed.is_dev {
        notes.push(
            "--dev: tokens of the built-in issuer only; its people and keys are in the data folder"
                .to_owned(),
        );
    }
    if !assumed.has_limits {
        notes.push("--no-limits: rate limits are lifted".to_owned());
    }
    let unset = backend::unset(&plan.system);
    if !unset.is_empty() {
        notes.push(format!("not set, and nothing that runs needs them: {}", unset.join(", ")));
    }
    notes.extend(not_run(&plan.system));
    notes
}

/// One line for each kind of block that is checked but does not run yet.
fn not_run(system: &System) -> Vec<String> {
    let line = |it: Pending| {
        format!("{} is checked but does not run yet: {}", it.kind, it.names.join(", "))
    };
    pending(system).into_iter().map(line).collect()
}

/// A request that works for everyone: the first list, else who they are.
fn curl(plan: &Plan, backend: &Backend, token: &str) -> String {
    let list = plan.operations.iter().find(|it| {
        it.kind == OperationKind::List && it.method == Method::Get && !it.path.contains('{')
    });
    let path = list.map_or("/v1/me", |it| it.path.as_str());
    format!("curl -H 'Authorization: Bearer {token}' http://{}{path}", backend.api)
}
