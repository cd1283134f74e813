//! `answer`: writes answers to questions into the blueprint.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    answering::Asked,
    commands::told,
    mcp::{
        desk::Desk,
        system::Text,
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing,
    },
    world::today,
};

/// What to write.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Answers by the id or the fact of their question, e.g. {"Q10": "15m", "team": "4"}.
    answers: BTreeMap<String, String>,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "answer",
    title: "Answer questions",
    description: "Writes answers of the user into the blueprint as text edits that keep every comment, and says which questions are open afterwards.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        writing::output(json!({ "written": { "type": "array" }, "questions": { "type": "array" } }))
    },
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, answers, dry_run } = arguments(given)?;
    let Text { files, paths } = Text::load(desk, &blueprint)?;
    let mut asked = Asked::of(files.clone(), today()).ok_or_else(Refusal::has_errors)?;
    let mut written = Vec::new();
    for (question, text) in &answers {
        let (after, title) = asked.answered(question, text)?;
        asked = after;
        written.push(title);
    }
    let open: Vec<Value> = asked.open().iter().map(told::as_json).collect();
    let edits = writing::edits(&files, &asked.files, &paths);
    writing::apply(desk, &edits, dry_run, json!({ "written": written, "questions": open }))
}
