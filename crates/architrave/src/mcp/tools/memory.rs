//! `memory`: what agents tell each other, and what follows from the blueprint.

use architrave_model::civil::day_text;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mcp::{
        desk::Desk,
        memory::{self, Memory},
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing,
    },
    world::today,
};

/// What to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    action: Action,
    /// The key, e.g. notes:checkout or architecture:apis; with `list` what keys begin with.
    #[serde(default)]
    key: String,
    /// With `put`: what to remember, at most 64 KiB of JSON.
    #[serde(default)]
    value: Value,
    /// With `put`: who says so, e.g. frontend-developer.
    #[serde(default)]
    by: String,
    /// With `put`: where it is from, e.g. a file or a page.
    #[serde(default)]
    source: String,
    /// For `architecture:` keys: the blueprint; the one of the folder if left out.
    blueprint: Option<String>,
    /// With `put`: only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Action {
    Get,
    List,
    Put,
}

pub(super) static TOOL: Tool = Tool {
    name: "memory",
    title: "Remember",
    description: "What agents tell each other in .architrave/memory.jsonl: get, list, put. Keys notes:…, prp:… and agent:NAME:… are free; architecture:services, database, apis, events, decisions and slo follow from the blueprint and cannot be written.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        json!({
            "type": "object",
            "properties": {
                "key": { "type": "string" },
                "keys": { "type": "array", "items": { "type": "string" } },
                "value": {},
                "diff": { "type": "string" },
                "is_written": { "type": "boolean" }
            }
        })
    },
    asking: None,
    call,
};

/// Longest name and place, in characters.
const TEXT_MAX: usize = 200;

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let given: Arguments = arguments(given)?;
    match given.action {
        Action::Get => get(desk, &given),
        Action::List => list(desk, &given.key),
        Action::Put => put(desk, given),
    }
}

fn get(desk: &Desk, given: &Arguments) -> Result<Answer, Refusal> {
    let key = given.key.as_str();
    let value = memory::value(desk, key, given.blueprint.as_deref())?.ok_or_else(|| {
        Refusal::new("nothing is remembered under this key", "`list` shows the keys that are there")
    })?;
    Ok(Answer::of(format!("{value:#}"), json!({ "key": key, "value": value })))
}

fn list(desk: &Desk, prefix: &str) -> Result<Answer, Refusal> {
    let memory = Memory::load(desk)?;
    let written = memory.below(prefix).into_iter().filter_map(|it| it.get("key")?.as_str());
    let derived = memory::DERIVED.iter().copied().filter(|it| it.starts_with(prefix));
    let keys: Vec<&str> = derived.chain(written).collect();
    Ok(Answer::of(keys.join("\n"), json!({ "keys": keys })))
}

fn put(desk: &Desk, given: Arguments) -> Result<Answer, Refusal> {
    let Arguments { key, value, by, source, dry_run, .. } = given;
    if value.is_null() || by.trim().is_empty() {
        return Err(Refusal::new(
            "`value` or `by` is missing",
            "say what to remember, and who says so",
        ));
    }
    if [&by, &source].iter().any(|it| it.chars().count() > TEXT_MAX) {
        return Err(Refusal::new("`by` or `source` is longer than 200 characters", "shorten it"));
    }
    let at = day_text(i64::from(today()));
    let record = json!({ "key": key, "value": value, "by": by, "at": at, "source": source });
    let edit = Memory::load(desk)?.with(desk, &key, &record)?;
    writing::apply(desk, &[edit], dry_run, json!({ "key": key }))
}
