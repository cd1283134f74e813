//! `waive`: writes down that somebody accepts a finding.

use architrave_blueprint::syntax;
use architrave_model::{Change, Proposal, civil::day_of};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    checked::has_errors,
    mcp::{
        desk::Desk,
        system::Text,
        tool::{Answer, Effect, Refusal, Tool, arguments, is_dry_run, schema},
        writing,
    },
    world::today,
};

/// What to accept.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// The rule, e.g. REL-18.
    rule: String,
    /// Ids of elements with `*`, e.g. `slo:browse`; without it the rule is waived everywhere.
    on: Option<String>,
    /// Why, in the words of whoever takes it upon themselves.
    reason: String,
    /// Who takes it upon themselves.
    owner: String,
    /// The day on which it becomes a finding again, e.g. 2027-03-01.
    until: String,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "waive",
    title: "Waive a finding",
    description: "Writes down that somebody takes a finding upon themselves, with a reason, an owner and an end. Only ever call it when the user has said so.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || writing::output(json!({})),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, rule, on, reason, owner, until, dry_run } = arguments(given)?;
    let Text { files, paths } = Text::load(desk, &blueprint)?;
    if architrave_review::rule(&rule).is_none() {
        return Err(Refusal::new(
            format!("there is no rule {rule}"),
            "rules stand in findings: REL-18",
        ));
    }
    if day_of(&until).is_none_or(|it| it <= today()) {
        return Err(Refusal::new(
            format!("`{until}` is no day to come"),
            "write a day as in 2027-03-01; a waiver has an end",
        ));
    }
    let mut lines = vec![format!("accept {} {{", quoted(&rule))];
    lines.extend(on.map(|it| format!("  on = {}", quoted(&it))));
    for (name, value) in [("reason", &reason), ("owner", &owner), ("until", &until)] {
        if value.trim().is_empty() {
            return Err(Refusal::new(format!("`{name}` is empty"), "ask the user for it"));
        }
        lines.push(format!("  {name} = {}", quoted(value)));
    }
    lines.push("}".to_owned());
    let change = Change::Add { inside: None, text: lines.join("\n") };
    let title = format!("accept {rule}");
    let proposal = Proposal { title, is_unambiguous: false, changes: vec![change] };
    let fix = syntax::propose(&files, &proposal)
        .ok_or_else(|| Refusal::new("there is no place for it in the text", "write it by hand"))?;
    let texts = syntax::edit::apply(&files, [&fix]).texts;
    let mut after = files.clone();
    for (file, text) in after.iter_mut().zip(texts) {
        file.text = text;
    }
    if has_errors(&architrave_blueprint::read(&after).1) {
        return Err(Refusal::new("the blueprint would not check with it", "write it by hand"));
    }
    writing::apply(desk, &writing::edits(&files, &after, &paths), dry_run, json!({}))
}

/// As it is written in a blueprint: one line, and no place to fill.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            it if it.is_control() => out.push(' '),
            it => out.push(it),
        }
    }
    // `${` and `%{` would begin a place to fill.
    out.replace("${", "$${").replace("%{", "%%{") + "\""
}
