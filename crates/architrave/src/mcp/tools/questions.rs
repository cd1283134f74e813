//! `questions`: what is missing and would change something.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answering::Asked,
    checked::{Checked, has_errors},
    commands::told,
    mcp::{
        desk::Desk,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
    world::today,
};

/// What to ask about.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
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
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint } = arguments(given)?;
    let checked = Checked::load(&desk.existing(&blueprint)?)?;
    let count = checked.blueprint.paths.len();
    let files = checked.blueprint.files.get(..count).unwrap_or_default().to_vec();
    let asked = if has_errors(&checked.findings) { None } else { Asked::of(files, today()) };
    let Some(asked) = asked else {
        return Err(Refusal::new(
            "the blueprint has errors",
            "call `validate` and mend them first",
        ));
    };
    let open = asked.open();
    let texts: Vec<String> = open.iter().map(told::question).collect();
    let text = if texts.is_empty() {
        "nothing is open: no answer that is left out would change anything".to_owned()
    } else {
        texts.join("\n\n")
    };
    let questions: Vec<Value> = open.iter().map(told::as_json).collect();
    Ok(Answer::of(text, json!({ "questions": questions })))
}
