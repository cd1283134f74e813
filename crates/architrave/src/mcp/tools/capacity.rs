//! `capacity`: how much a system bears.

use architrave_review::tell::capacity as tell;
use serde_json::{Value, json};

use crate::{
    commands::no_load,
    mcp::{
        desk::Desk,
        system::System,
        tool::{Answer, BlueprintOnly, Effect, Refusal, Tool, arguments, schema},
    },
};

pub(super) static TOOL: Tool = Tool {
    name: "capacity",
    title: "Work out capacity",
    description: "How busy each resource is at the declared peak and above, what runs out first, nodes and headroom; says which numbers are measured and which assumed.",
    effect: Effect::Reads,
    input: schema::<BlueprintOnly>,
    output: || json!({ "type": "object", "required": ["capacity"], "properties": { "capacity": { "type": "object" } } }),
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let BlueprintOnly { blueprint } = arguments(given)?;
    let assessment = System::without_questions(desk, &blueprint)?.assessment;
    let Some(capacity) = &assessment.capacity else {
        return Err(no_load().into());
    };
    let value = tell::as_json(capacity, &assessment.stages);
    Ok(Answer::of(tell::text(capacity, &assessment.stages), json!({ "capacity": value })))
}
