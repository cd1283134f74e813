//! `diff`: what changes for callers, consumers and running versions.

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

/// What to compare.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// A revision of the git repository: a branch, a tag, a commit.
    revision: String,
}

pub(super) static TOOL: Tool = Tool {
    name: "diff",
    title: "Compare with a revision",
    description: "What fails now and did not at a revision, and what is mended: changes that break callers of the API, consumers of events, or the version that runs beside the new one.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["new", "fixed"], "properties": { "new": { "type": "array" }, "fixed": { "type": "array" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, revision } = arguments(given)?;
    let paths = [desk.existing(&blueprint)?];
    let subject = Subject::load(&paths)?;
    let mut how = Judgement { as_of_day: today(), ..Judgement::default() };
    let earlier = review::before(&subject, &paths, &revision)?.judged(&how);
    how.before = Some(Box::new(earlier.graph));
    let judged = subject.judged(&how);
    if has_errors(&judged.findings) {
        return Err(Refusal::has_errors());
    }
    let (now, then) = (judged.report.review.failures(), earlier.report.review.failures());
    let new: Vec<&String> = now.difference(&then).collect();
    let fixed: Vec<&String> = then.difference(&now).collect();
    let lines = new.iter().map(|it| format!("new: {it}"));
    let lines: Vec<String> = lines.chain(fixed.iter().map(|it| format!("fixed: {it}"))).collect();
    let text =
        if lines.is_empty() { "nothing changes for anybody".to_owned() } else { lines.join("\n") };
    Ok(Answer::of(text, json!({ "new": new, "fixed": fixed })))
}
