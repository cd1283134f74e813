//! `capacity`: how much a system bears.

use architrave_review::tell::capacity as tell;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    commands::no_load,
    mcp::{
        desk::Desk,
        resources,
        system::{System, Wish},
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
};

/// Whose capacity, and what is known of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Up to how many times the peak, 1 to 1,000; ten if left out.
    factor: Option<u64>,
    /// A file of measurements; the one that `calibrate` wrote if left out.
    measurements: Option<String>,
}

/// Most times the peak.
const FACTOR_MAX: u64 = 1_000;

pub(super) static TOOL: Tool = Tool {
    name: "capacity",
    title: "Work out capacity",
    description: "How busy each resource is at the declared peak and above, what runs out first, nodes and headroom; says which numbers are measured and which assumed.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["capacity"], "properties": { "capacity": { "type": "object" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, factor, measurements } = arguments(given)?;
    if factor.is_some_and(|it| !(1..=FACTOR_MAX).contains(&it)) {
        return Err(Refusal::new("`factor` is out of bounds", "it is 1 to 1,000"));
    }
    let wish = Wish {
        is_without_questions: true,
        factor: factor.unwrap_or_default(),
        measurements: measurements.as_deref(),
        ..Wish::default()
    };
    let assessment = System::with(desk, &blueprint, &wish)?.assessment;
    let Some(capacity) = &assessment.capacity else {
        return Err(no_load().into());
    };
    let value = tell::as_json(capacity, &assessment.stages);
    let links = resources::link(desk, &blueprint, "document/quality/capacity.md");
    let text = tell::text(capacity, &assessment.stages);
    Ok(Answer::of(text, json!({ "capacity": value })).with_links(links))
}
