//! What agents tell each other: a file of records that only grows, the last of a key counts; and what follows from the
//! blueprint, which nobody can write and which therefore cannot be wrong.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{desk::Desk, system::System, tool::Refusal, writing::Edit};

/// Where it is kept, below the root.
pub(super) const FILE: &str = ".architrave/memory.jsonl";
/// What follows from the blueprint.
pub(super) const DERIVED: &[&str] = &[
    "architecture:services",
    "architecture:database",
    "architecture:apis",
    "architecture:events",
    "architecture:decisions",
    "architecture:slo",
];
/// What agents write to; `agent:` has a name behind it.
const FREE: &[&str] = &["notes:", "prp:", "agent:"];
/// Longest key, in bytes.
const KEY_BYTES_MAX: usize = 200;
/// Longest value, in bytes of its JSON.
const VALUE_BYTES_MAX: usize = 64 * 1024;
/// Largest file, in bytes.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// What is remembered, by key.
pub(super) struct Memory {
    text: String,
    values: BTreeMap<String, Value>,
}

impl Memory {
    /// Reads it; empty where nothing was written yet.
    pub(super) fn load(desk: &Desk) -> Result<Self, Refusal> {
        let Ok(path) = desk.existing(FILE) else {
            return Ok(Self { text: String::new(), values: BTreeMap::new() });
        };
        if std::fs::metadata(&path).is_ok_and(|it| it.len() > FILE_BYTES_MAX) {
            return Err(Refusal::new(
                format!("{FILE} has more than {FILE_BYTES_MAX} bytes"),
                "keep the last record of each key and delete the rest",
            ));
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| crate::source::cannot_read(&path, &error))?;
        let mut values = BTreeMap::new();
        for (line, number) in text.lines().zip(1..) {
            let record: Value = serde_json::from_str(line).unwrap_or_default();
            let Some(key) = record.get("key").and_then(Value::as_str) else {
                return Err(Refusal::new(
                    format!("line {number} of {FILE} is no record"),
                    "two branches may have been put together: keep one of the lines",
                ));
            };
            values.insert(key.to_owned(), record);
        }
        Ok(Self { text, values })
    }

    /// Keys that begin so, with their records.
    pub(super) fn below(&self, prefix: &str) -> Vec<&Value> {
        let begins = |it: &(&String, &Value)| it.0.starts_with(prefix);
        self.values.iter().filter(begins).map(|it| it.1).collect()
    }

    /// All keys.
    pub(super) fn keys(&self) -> Vec<String> {
        self.values.keys().cloned().collect()
    }

    /// The record of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// The file with one more record.
    pub(super) fn with(self, desk: &Desk, key: &str, record: &Value) -> Result<Edit, Refusal> {
        writable(key)?;
        let line = record.to_string();
        if line.len() > VALUE_BYTES_MAX {
            return Err(Refusal::new(
                format!("the value is larger than {VALUE_BYTES_MAX} bytes"),
                "put it into a file and remember where it is",
            ));
        }
        let end = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        let after = format!("{}{end}{line}\n", self.text);
        Ok(Edit { path: desk.writable(FILE)?, before: self.text, after })
    }
}

/// Refuses keys that follow from the blueprint, and those that belong nowhere.
fn writable(key: &str) -> Result<(), Refusal> {
    if key.starts_with("architecture:") {
        return Err(Refusal::new(
            format!("`{key}` follows from the blueprint and cannot be written"),
            "change the blueprint",
        ));
    }
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_.:/".contains(it);
    let is_free = FREE.iter().any(|it| key.strip_prefix(it).is_some_and(|rest| !rest.is_empty()));
    if is_free && key.len() <= KEY_BYTES_MAX && key.chars().all(is_plain) {
        return Ok(());
    }
    Err(Refusal::new(
        "there is no place for this key",
        "keys begin with notes:, prp: or agent:NAME: and have letters, digits and - _ . : / in them",
    ))
}

/// What a key stands for: what follows from a blueprint (the folder's own if none is named), or what was remembered.
pub(super) fn value(
    desk: &Desk,
    key: &str,
    blueprint: Option<&str>,
) -> Result<Option<Value>, Refusal> {
    if !DERIVED.contains(&key) {
        return Ok(Memory::load(desk)?.get(key).cloned());
    }
    let blueprint = blueprint.map_or_else(|| desk.blueprint(), Ok)?;
    Ok(derived(&System::without_questions(desk, blueprint)?, key))
}

/// What follows from the blueprint, by key.
fn derived(system: &System, key: &str) -> Option<Value> {
    let System { plan, assessment } = system;
    let chosen = |id: &str| {
        let found = assessment.decisions.iter().find(|it| it.id == id);
        found.map(|it| it.chosen.clone())
    };
    Some(match key {
        "architecture:services" => json!({
            "topology": chosen("D-01"),
            "contexts": assessment.graph.modules.iter().map(|it| &it.node.name).collect::<Vec<_>>(),
            "externals": assessment.graph.externals.iter().map(|it| &it.node.name).collect::<Vec<_>>(),
        }),
        "architecture:database" => json!({
            "chosen": chosen("D-02"),
            "tables": assessment.graph.tables.iter().map(|it| &it.node.name).collect::<Vec<_>>(),
        }),
        "architecture:apis" => json!({
            "style": chosen("D-06"),
            "operations": plan.operations.iter().map(|it| json!({
                "name": it.name, "method": it.method, "path": it.path, "summary": it.summary,
            })).collect::<Vec<_>>(),
        }),
        "architecture:events" => json!({
            "transport": chosen("D-04"),
            "events": plan.event_types.iter().map(|it| &it.name).collect::<Vec<_>>(),
        }),
        "architecture:decisions" => assessment
            .decisions
            .iter()
            .map(|it| (it.name.clone(), json!({ "id": it.id, "chosen": it.chosen })))
            .collect(),
        "architecture:slo" => assessment
            .graph
            .needs
            .objectives
            .iter()
            .map(|it| {
                (
                    it.node.name.clone(),
                    json!({
                        "covers": it.covers,
                        "availability_ppm": it.availability_ppm.value(),
                        "latency_us_by_ppm": it.latency,
                        "window_us": it.window_us.value(),
                    }),
                )
            })
            .collect(),
        _ => return None,
    })
}
