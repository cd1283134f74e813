//! `validate`: everything there is to say about a blueprint's text.

use architrave_blueprint::render::{self, Style};
use serde_json::{Value, json};

use crate::{
    checked::{Checked, has_errors},
    mcp::{
        desk::Desk,
        tool::{Answer, BlueprintOnly, Effect, Refusal, Tool, arguments, schema},
    },
};

pub(super) static TOOL: Tool = Tool {
    name: "validate",
    title: "Check a blueprint",
    description: "Reads a blueprint and says everything that is wrong with its text, with place, cause and fix. Call it \
                  after every edit.",
    effect: Effect::Reads,
    input: schema::<BlueprintOnly>,
    output: || {
        json!({
            "type": "object",
            "required": ["is_valid", "findings"],
            "properties": {
                "is_valid": { "type": "boolean" },
                "findings": { "type": "array", "items": { "type": "object" } }
            }
        })
    },
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let BlueprintOnly { blueprint } = arguments(given)?;
    let checked = Checked::load(&desk.existing(&blueprint)?)?;
    let is_valid = !has_errors(&checked.findings);
    let told = render::to_json(&checked.findings, &checked.blueprint.files);
    let findings = told.get("findings").cloned().unwrap_or_default();
    let mut text = render::render(&checked.findings, &checked.blueprint.files, Style::Plain);
    if is_valid && text.is_empty() {
        text = "nothing to say: it is valid".to_owned();
    }
    Ok(Answer {
        text,
        value: json!({ "is_valid": is_valid, "findings": findings }),
        ..Answer::default()
    })
}
