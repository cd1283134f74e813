//! `questions`: what is missing and would change something.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answering::Asked,
    commands::told,
    mcp::{
        desk::Desk,
        resources,
        system::Text,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
    world::today,
};

/// Of which blueprint, and which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Only these, by id or fact, e.g. ["Q10", "team"]; all if left out.
    #[serde(default)]
    only: Vec<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "questions",
    title: "Ask what is missing",
    description: "The questions whose answers would change a decision, a verdict or the number of nodes, the weightiest \
                  first, each with its default and with both worlds. Ask the user these, in this order, and no others.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || {
        json!({
            "type": "object",
            "required": ["questions"],
            "properties": { "questions": { "type": "array", "items": { "type": "object" } } }
        })
    },
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, only } = arguments(given)?;
    let Text { files, .. } = Text::load(desk, &blueprint)?;
    let asked = Asked::of(files, today()).ok_or_else(Refusal::has_errors)?;
    let mut open = asked.open();
    open.retain(|it| only.is_empty() || only.iter().any(|name| name == it.id || name == it.fact));
    let texts: Vec<String> = open.iter().map(told::question).collect();
    let text = if texts.is_empty() {
        "nothing is open: no answer that is left out would change anything".to_owned()
    } else {
        texts.join("\n\n")
    };
    let questions: Vec<Value> = open.iter().map(told::as_json).collect();
    let links = resources::link(desk, &blueprint, "questions");
    Ok(Answer::of(text, json!({ "questions": questions })).with_links(links))
}
