//! `threats`: what somebody could do where data crosses a boundary of trust.

use architrave_model::{Threat, ThreatAnswer};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    resources,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// What to look at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Leave out what is answered.
    #[serde(default)]
    only_open: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "threats",
    title: "Model threats",
    description: "STRIDE for every place where data crosses a boundary of trust: what somebody could do, how much it would matter, and whether a rule, the way of serving or a waiver answers it.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["threats"], "properties": { "threats": { "type": "array" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, only_open } = arguments(given)?;
    let threats = System::without_questions(desk, &blueprint)?.assessment.threats;
    let is_wanted = |it: &&Threat| !only_open || matches!(it.answer, ThreatAnswer::Open(_));
    let wanted: Vec<&Threat> = threats.iter().filter(is_wanted).collect();
    let lines: Vec<String> = wanted.iter().map(|it| line(it)).collect();
    let values: Vec<Value> = wanted.iter().map(|it| value(it)).collect();
    let text =
        if lines.is_empty() { "every threat is answered".to_owned() } else { lines.join("\n") };
    let links = resources::link(desk, &blueprint, "document/quality/threats.md");
    Ok(Answer::of(text, json!({ "threats": values })).with_links(links))
}

fn line(threat: &Threat) -> String {
    let (state, by) = answered(threat);
    let level = threat.level.name();
    format!("{level} {} ({state}): {}; {}", threat.id, threat.scenario, by.join(", "))
}

fn value(threat: &Threat) -> Value {
    let (state, by) = answered(threat);
    json!({
        "id": threat.id,
        "crossing": threat.crossing,
        "category": threat.category.title(),
        "scenario": threat.scenario,
        "level": threat.level.name(),
        "state": state,
        "by": by,
        "served_so": threat.served_so,
    })
}

fn answered(threat: &Threat) -> (&'static str, Vec<String>) {
    match &threat.answer {
        ThreatAnswer::Mitigated(rules) => {
            ("mitigated", rules.iter().map(|it| it.0.to_owned()).collect())
        }
        ThreatAnswer::Accepted(all) => (
            "accepted",
            all.iter().map(|(id, waiver)| format!("{id} by {}", waiver.owner)).collect(),
        ),
        ThreatAnswer::Open(why) => ("open", why.clone()),
    }
}
