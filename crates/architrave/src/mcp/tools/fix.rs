//! `fix`: applies proposals that have exactly one right answer.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mcp::{
        desk::Desk,
        system::{self, Text},
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing,
    },
    review::{Judgement, fixed},
    world::today,
};

/// What to mend.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Only these findings, by id, e.g. ["REL-01@edge:…"]; all that have one right answer if left out.
    #[serde(default)]
    ids: Vec<String>,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "fix",
    title: "Mend findings",
    description: "Applies the proposals of the review that have exactly one right answer; each must make its own finding go and bring up no error, or it is taken back.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        writing::output(json!({ "fixed": { "type": "array" }, "refused": { "type": "array" } }))
    },
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, ids, dry_run } = arguments(given)?;
    let Text { files, paths } = Text::load(desk, &blueprint)?;
    let lifecycles = system::lifecycles(desk)?;
    let how = Judgement { as_of_day: today(), lifecycles, ..Judgement::default() };
    let after = fixed(&files, &how, &ids);
    let listed = |all: &[(String, String)]| -> Vec<Value> {
        all.iter().map(|(id, title)| json!({ "id": id, "title": title })).collect()
    };
    let edits = writing::edits(&files, &after.files, &paths);
    let more = json!({ "fixed": listed(&after.done), "refused": listed(&after.refused) });
    writing::apply(desk, &edits, dry_run, more)
}
