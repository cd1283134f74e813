//! `adr`: decision records, and where they stand.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::mcp::{
    desk::Desk,
    system::System,
    tool::{Answer, Effect, Refusal, Tool, arguments, schema},
};

/// Which records.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// Show the text of the record with this number.
    number: Option<u32>,
}

pub(super) static TOOL: Tool = Tool {
    name: "adr",
    title: "Read decision records",
    description: "The decision records that follow from the blueprint, with status and number, or the text of one. Records stay proposed until a person accepts them with `architrave adr accept`; no tool does.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["records"], "properties": { "records": { "type": "array" } } }),
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, number } = arguments(given)?;
    let records = System::without_questions(desk, &blueprint)?.assessment.records;
    let is_meant = |it: u32| number.is_none_or(|number| number == it);
    let found: Vec<_> = records.iter().filter(|it| is_meant(it.number)).collect();
    if found.is_empty() {
        return Err(Refusal::new(
            "there is no such record",
            "call `adr` without `number` for the list",
        ));
    }
    let text: Vec<String> = found
        .iter()
        .map(|it| match number {
            Some(_) => it.text.clone(),
            None => {
                format!("{:04} {} ({}, {})", it.number, it.title, it.decision, it.status.name())
            }
        })
        .collect();
    let values: Vec<Value> = found
        .iter()
        .map(|it| {
            json!({
                "number": it.number,
                "decision": it.decision,
                "title": it.title,
                "status": it.status.name(),
                "text": number.map(|_| it.text.clone()),
            })
        })
        .collect();
    Ok(Answer::of(text.join("\n"), json!({ "records": values })))
}
