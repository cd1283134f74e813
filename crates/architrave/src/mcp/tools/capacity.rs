//! `capacity`: how much a system bears.

use architrave_review::tell::capacity as tell;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to work out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
}

pub(super) static TOOL: Tool = Tool {
    name: "capacity",
    title: "Work out capacity",
    description: "How busy each resource is at the declared peak and above, what runs out first, nodes and headroom; says which numbers are measured and which assumed.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["capacity"], "properties": { "capacity": { "type": "object" } } }),
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
    let value = tell::as_json(capacity, &assessment.stages);
    Ok(Answer::of(tell::text(capacity, &assessment.stages), json!({ "capacity": value })))
}
