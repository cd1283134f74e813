//! `roadmap`: how a system grows, stage by stage.

use architrave_review::tell::capacity as tell;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to look ahead for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
}

pub(super) static TOOL: Tool = Tool {
    name: "roadmap",
    title: "Look ahead",
    description: "The stages of growth: what each bears, what breaks first, the trigger to move on, how long the move takes, its steps and what is given up.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["stages"], "properties": { "stages": { "type": "array" } } }),
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint } = arguments(given)?;
    let assessment = System::load(desk, &blueprint)?.assessment;
    let Some(capacity) = &assessment.capacity else {
        return Err(Refusal::new(
            "nobody said how much is asked of this system",
            "answer the question of the peak, or write workload { peak = \"900/s\" }",
        ));
    };
    let texts = assessment.stages.iter().map(|it| {
        let trigger = it.trigger.as_ref().map_or("no trigger", |it| it.title.as_str());
        format!(
            "{} {}: {}; first to give: {}; move on: {trigger}",
            it.id, it.title, it.what, it.breaks_first
        )
    });
    let text: Vec<String> = texts.collect();
    let stages = tell::as_json(capacity, &assessment.stages).get("stages").cloned();
    Ok(Answer::of(text.join("\n"), json!({ "stages": stages })))
}
