//! `answer`: writes answers to questions into the blueprint.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    answering::Asked,
    commands::told,
    mcp::{
        asking::{Asking, Form},
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
    /// Answers by the id or the fact of their question, e.g. {"Q10": "15m", "team": "4"}. Left out, the client asks the
    /// user, where it can.
    #[serde(default)]
    answers: BTreeMap<String, String>,
    /// Only show the difference; true if not said.
    #[serde(default = "is_dry_run")]
    #[schemars(default = "is_dry_run")]
    dry_run: bool,
}

pub(super) static TOOL: Tool = Tool {
    name: "answer",
    title: "Answer questions",
    description: "Writes answers of the user into the blueprint as text edits that keep every comment, and says which questions are open afterwards. Without `answers` the user is asked the weightiest questions by the client; where it cannot ask, they are the answer.",
    effect: Effect::Writes,
    input: schema::<Arguments>,
    output: || {
        writing::output(
            json!({ "answers": { "type": "object" }, "written": { "type": "array" }, "questions": { "type": "array" } }),
        )
    },
    asking: Some(Asking { form, call: filled }),
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
    let open = asked.open();
    if answers.is_empty() {
        let texts: Vec<String> = open.iter().map(told::question).collect();
        let text = format!(
            "ask the user these, in this order, and call `answer` again:\n\n{}",
            texts.join("\n\n")
        );
        let open: Vec<Value> = open.iter().map(told::as_json).collect();
        let value = json!({ "diff": "", "is_written": false, "written": [], "questions": open });
        return Ok(Answer::of(text, value));
    }
    let open: Vec<Value> = open.iter().map(told::as_json).collect();
    let edits = writing::edits(&files, &asked.files, &paths);
    let more = json!({ "answers": answers, "written": written, "questions": open });
    writing::apply(desk, &edits, dry_run, more)
}

/// Most questions of one form: more are not answered with care.
const ASKED_MAX: usize = 5;

/// The weightiest questions as fields, where the agent brings no answers of its own.
fn form(desk: &Desk, given: &Value) -> Result<Option<Form>, Refusal> {
    let Arguments { blueprint, answers, .. } = arguments(given.clone())?;
    if !answers.is_empty() {
        return Ok(None);
    }
    let Text { files, .. } = Text::load(desk, &blueprint)?;
    let asked = Asked::of(files, today()).ok_or_else(Refusal::has_errors)?;
    let open = asked.open();
    let fields: Map<String, Value> = open
        .iter()
        // Names of regions are written by hand, and are no answer to a form.
        .filter(|it| it.fact != "regions")
        .take(ASKED_MAX)
        .map(|it| {
            let description = format!(
                "{}. Plausible: {}. Without an answer: {}.",
                it.hint,
                it.plausible.join(", "),
                it.default
            );
            (
                it.id.to_owned(),
                json!({ "type": "string", "title": it.text, "description": description }),
            )
        })
        .collect();
    if fields.is_empty() {
        return Ok(None);
    }
    Ok(Some(Form {
        message: "The architecture depends on what only you know. What you leave empty stays open."
            .to_owned(),
        schema: json!({ "type": "object", "properties": fields }),
    }))
}

/// Takes what the person filled in as the answers.
fn filled(desk: &Desk, mut given: Value, filled: Value) -> Result<Answer, Refusal> {
    let answers: Map<String, Value> = filled
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(question, said)| {
            let said = said.as_str()?.trim();
            (!said.is_empty()).then(|| (question.clone(), json!(said)))
        })
        .collect();
    if let Some(members) = given.as_object_mut() {
        members.insert("answers".to_owned(), Value::Object(answers));
    }
    call(desk, given)
}
