//! `questions`: what is missing and would change something.

use serde_json::{Value, json};

use crate::{
    answering::Asked,
    commands::told,
    mcp::{
        desk::Desk,
        system::Text,
        tool::{Answer, BlueprintOnly, Effect, Refusal, Tool, arguments, schema},
    },
    world::today,
};

pub(super) static TOOL: Tool = Tool {
    name: "questions",
    title: "Ask what is missing",
    description: "The questions whose answers would change a decision, a verdict or the number of nodes, the weightiest \
                  first, each with its default and with both worlds. Ask the user these, in this order, and no others.",
    effect: Effect::Reads,
    input: schema::<BlueprintOnly>,
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
    let BlueprintOnly { blueprint } = arguments(given)?;
    let Text { files, .. } = Text::load(desk, &blueprint)?;
    let asked = Asked::of(files, today()).ok_or_else(Refusal::has_errors)?;
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
