//! `decide`: what is decided, why, and what would change it.

use architrave_model::civil::day_text;
use architrave_review::decided;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    resources,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to decide.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Only this decision, by its id or name: D-02, primary_store.
    decision: Option<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "decide",
    title: "Decide",
    description: "The decisions that follow from the blueprint (topology, store, queue, cache, API style, tenancy, compute, recovery and more): option, row, what ruled the others out, what would change it, what to ask.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["decisions"], "properties": { "decisions": { "type": "array" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, decision } = arguments(given)?;
    let System { plan, assessment, .. } = System::without_questions(desk, &blueprint)?;
    let is_asked = |id: &str, name: &str| {
        decision.as_deref().is_none_or(|it| it.eq_ignore_ascii_case(id) || it == name)
    };
    let asked: Vec<_> =
        assessment.decisions.iter().filter(|it| is_asked(&it.id, &it.name)).collect();
    if asked.is_empty() {
        let ids: Vec<&str> = assessment.decisions.iter().map(|it| it.id.as_str()).collect();
        return Err(Refusal::new(
            "there is no such decision",
            format!("there are {}", ids.join(", ")),
        ));
    }
    let texts: Vec<String> = asked.iter().map(|it| decided::text(it)).collect();
    let day = day_text(i64::from(assessment.as_of_day));
    let value = decided::json(&plan.system.name.text, &day, &asked);
    let links = resources::link(desk, &blueprint, "decisions");
    Ok(Answer::of(texts.join("\n"), value).with_links(links))
}
