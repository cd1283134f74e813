//! `review`: the verdicts of all rules.

use architrave_blueprint::render::Style;
use architrave_review::tell::Format;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    checked::has_errors,
    mcp::{
        desk::Desk,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
    review::{self, Judgement, Subject},
    world::today,
};

/// What to judge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// A blueprint, or files and folders of an existing system, below the root.
    paths: Vec<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "review",
    title: "Judge a system",
    description: "Judges a blueprint, or the compose files, manifests, contracts, schemas and pipelines of an existing \
                  system, by all rules: findings with place, reason, source and fix, and how many rules could tell.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || {
        json!({
            "type": "object",
            "required": ["findings"],
            "properties": { "findings": { "type": "array", "items": { "type": "object" } } }
        })
    },
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { paths } = arguments(given)?;
    if paths.is_empty() {
        return Err(Refusal::new("no path is named", "name a blueprint, or files of a system"));
    }
    let paths = paths.iter().map(|it| desk.existing(it)).collect::<Result<Vec<_>, _>>()?;
    let (waivers, found, _) = review::waivers(None, &paths)?;
    let subject = Subject::load(&paths)?;
    let how = Judgement { as_of_day: today(), waivers, ..Judgement::default() };
    let judged = subject.judged(&how);
    let is_blueprint = matches!(subject, Subject::Blueprint { .. });
    if has_errors(&found) || (is_blueprint && has_errors(&judged.findings)) {
        return Err(Refusal::has_errors());
    }
    let text = review::text(&judged.report, Style::Plain);
    let value = serde_json::from_str(&judged.report.told(Format::Json)).unwrap_or(Value::Null);
    Ok(Answer::of(text, value))
}
