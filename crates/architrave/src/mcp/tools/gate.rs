//! `gate`: whether work may go on.

use architrave_model::{Assessment, Level, Outcome, ThreatAnswer};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    documents::MANIFEST_NAME,
    mcp::{
        desk::Desk,
        system::System,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
};

/// What to pass.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Which gate.
    name: Gate,
}

pub(super) static TOOL: Tool = Tool {
    name: "gate",
    title: "Pass a gate",
    description: "Whether work may go on: plan (no finding of level high or above, no open question), implement (the same), handoff (documents are written too), release (no grave threat is open, the peak is borne, and that was measured). Says what is missing; do not claim done while it fails.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["holds", "checks"], "properties": { "holds": { "type": "boolean" }, "checks": { "type": "array" } } }),
    asking: None,
    call,
};

/// Where work may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Gate {
    Plan,
    Implement,
    Handoff,
    Release,
}

/// Where documents are written unless told otherwise.
const DOCUMENTS: &str = "docs/architecture";

/// What is looked at, and what is missing; nothing missing: it holds.
type Check = (&'static str, Vec<String>);

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, name } = arguments(given)?;
    let assessment = System::load(desk, &blueprint)?.assessment;
    let mut checks = vec![findings(&assessment), questions(&assessment)];
    if name >= Gate::Handoff {
        checks.push(documents(desk));
    }
    if name >= Gate::Release {
        checks.extend([threats(&assessment), capacity(&assessment)]);
    }
    let holds = checks.iter().all(|it| it.1.is_empty());
    let lines = checks.iter().map(|(what, missing)| match missing.is_empty() {
        true => format!("holds: {what}"),
        false => format!("fails: {what}: {}", missing.join("; ")),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let values: Vec<Value> = checks
        .iter()
        .map(|(what, missing)| json!({ "check": what, "holds": missing.is_empty(), "missing": missing }))
        .collect();
    Ok(Answer {
        text,
        value: json!({ "holds": holds, "checks": values }),
        has_failed: !holds,
        ..Answer::default()
    })
}

fn findings(assessment: &Assessment) -> Check {
    let grave = assessment.verdicts.iter();
    let grave = grave.filter(|it| it.outcome == Outcome::Fail && it.level <= Level::High);
    (
        "no finding of level high or above",
        grave.map(|it| format!("{}: {}", it.id(), it.title)).collect(),
    )
}

fn questions(assessment: &Assessment) -> Check {
    let open = assessment.questions.iter();
    ("no open question", open.map(|it| format!("{} {}", it.id, it.text)).collect())
}

fn documents(desk: &Desk) -> Check {
    let missing = desk.existing(&format!("{DOCUMENTS}/{MANIFEST_NAME}")).is_err();
    let missing = missing.then(|| format!("run `architrave docs` to write {DOCUMENTS}"));
    ("documents are written", missing.into_iter().collect())
}

fn threats(assessment: &Assessment) -> Check {
    let open = assessment
        .threats
        .iter()
        .filter(|it| it.level <= Level::High && matches!(it.answer, ThreatAnswer::Open(_)));
    ("no grave threat is open", open.map(|it| format!("{}: {}", it.id, it.scenario)).collect())
}

fn capacity(assessment: &Assessment) -> Check {
    let mut missing = Vec::new();
    match &assessment.capacity {
        None => missing.push("no load is declared".to_owned()),
        Some(capacity) => {
            if capacity.headroom_permille < 1_000 {
                missing.push(format!("{} is too busy at the peak", capacity.bottleneck));
            }
            if capacity.measured_on.is_none() {
                missing.push("nothing was measured: run `architrave load`".to_owned());
            }
        }
    }
    ("the peak is borne, by measurement", missing)
}
