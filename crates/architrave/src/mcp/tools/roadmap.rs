//! `roadmap`: how a system grows, stage by stage.

use architrave_review::tell::capacity as tell;
use serde_json::{Value, json};

use crate::{
    commands::no_load,
    mcp::{
        desk::Desk,
        resources,
        system::System,
        tool::{Answer, BlueprintOnly, Effect, Refusal, Tool, arguments, schema},
    },
};

pub(super) static TOOL: Tool = Tool {
    name: "roadmap",
    title: "Look ahead",
    description: "The stages of growth: what each bears, what breaks first, the trigger to move on, how long the move takes, its steps and what is given up.",
    effect: Effect::Reads,
    input: schema::<BlueprintOnly>,
    output: || json!({ "type": "object", "required": ["stages"], "properties": { "stages": { "type": "array" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let BlueprintOnly { blueprint } = arguments(given)?;
    let assessment = System::without_questions(desk, &blueprint)?.assessment;
    if assessment.capacity.is_none() {
        return Err(no_load().into());
    }
    let texts = assessment.stages.iter().map(|it| {
        let trigger = it.trigger.as_ref().map_or("no trigger", |it| it.title.as_str());
        format!(
            "{} {}: {}; first to give: {}; move on: {trigger}",
            it.id, it.title, it.what, it.breaks_first
        )
    });
    let text: Vec<String> = texts.collect();
    let stages = tell::stages_as_json(&assessment.stages);
    let links = resources::link(desk, &blueprint, "document/delivery/roadmap.md");
    Ok(Answer::of(text.join("\n"), json!({ "stages": stages })).with_links(links))
}
