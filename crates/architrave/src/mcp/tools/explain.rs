//! `explain`: the page of a rule, a finding or a problem.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    commands::page_of,
    mcp::{
        desk::Desk,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
};

/// What to explain.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A rule (REL-01), the id of a finding (REL-01@edge:…), a code (AR0501), a decision (D-02) or a problem (not-unique).
    id: String,
}

pub(super) static TOOL: Tool = Tool {
    name: "explain",
    title: "Explain",
    description: "Why a rule, a finding's code, a decision's table or a problem is there, with examples, sources and how to mend it.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["page"], "properties": { "page": { "type": "string" } } }),
    asking: None,
    call,
};

fn call(_desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { id } = arguments(given)?;
    let page = page_of(&id).ok_or_else(|| {
        Refusal::new(
            format!("there is no code {id}"),
            "codes stand in the findings of `validate` and `review`",
        )
    })?;
    Ok(Answer::of(page.clone(), json!({ "page": page })))
}
