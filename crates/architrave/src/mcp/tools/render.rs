//! `render`: the documents of a system.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    resources,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Part of a path, e.g. `data/erd`, `openapi`, `operation/`; without it the list of all documents is told.
    document: Option<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "render",
    title: "Write documents",
    description: "The documents that follow from the blueprint (diagrams, data dictionary, contracts, SQL, threat model, runbooks and more), by part of their path; `architrave docs` writes the whole set to disk.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["documents"], "properties": { "documents": { "type": "array" } } }),
    asking: None,
    call,
};

/// Most documents whose text is told at once.
const TEXTS_MAX: usize = 20;

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, document } = arguments(given)?;
    let all = System::load(desk, &blueprint)?.documents();
    let Some(part) = document else {
        let lines: Vec<String> =
            all.iter().map(|it| format!("{}: {}", it.path, it.summary)).collect();
        let values: Vec<Value> = all
            .iter()
            .map(|it| json!({ "path": it.path, "title": it.title, "summary": it.summary }))
            .collect();
        return Ok(Answer::of(lines.join("\n"), json!({ "documents": values })));
    };
    let found: Vec<_> = all.iter().filter(|it| it.path.contains(&part)).collect();
    if found.is_empty() || found.len() > TEXTS_MAX {
        let what = format!("{} documents have `{part}` in their path", found.len());
        return Err(Refusal::new(what, "call `render` without `document` for the list"));
    }
    let values: Vec<Value> =
        found.iter().map(|it| json!({ "path": it.path, "text": it.text })).collect();
    let texts: Vec<&str> = found.iter().map(|it| it.text.as_str()).collect();
    let links = found
        .iter()
        .filter_map(|it| resources::link(desk, &blueprint, &format!("document/{}", it.path)));
    Ok(Answer::of(texts.join("\n"), json!({ "documents": values })).with_links(links))
}
