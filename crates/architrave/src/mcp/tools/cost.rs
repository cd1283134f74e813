//! `cost`: what a system costs each month.

use architrave_model::words::dollars;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    commands::no_load,
    mcp::{
        desk::Desk,
        resources,
        system::{System, Wish},
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
};

/// Whose cost, by which prices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// The blueprint: a file, or a folder of *.hcl files, below the root.
    blueprint: String,
    /// A file of prices of your own below the root, in the form of the table that comes with the program.
    prices: Option<String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "cost",
    title: "Reckon cost",
    description: "What the system costs each month at the declared load: infrastructure, operations and development as ranges, the dearest first, with prices, their day and the budget.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["lines"], "properties": { "lines": { "type": "array" } } }),
    asking: None,
    call,
};

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { blueprint, prices } = arguments(given)?;
    let wish = Wish { is_without_questions: true, prices: prices.as_deref(), ..Wish::default() };
    let Some(cost) = System::with(desk, &blueprint, &wish)?.assessment.cost else {
        return Err(no_load().into());
    };
    let texts = cost.lines.iter().map(|it| {
        let (least, most) = it.micro_usd;
        format!(
            "{} {} to {} ({:?}): {}",
            it.what,
            dollars(least),
            dollars(most),
            it.kind,
            it.because
        )
    });
    let budget = cost.budget_micro_usd.map(|it| format!("budget: {} at most", dollars(it)));
    let text: Vec<String> =
        texts.chain(budget).chain([format!("oldest price: {}", cost.checked)]).collect();
    let lines: Vec<Value> = cost
        .lines
        .iter()
        .map(|it| {
            json!({
                "what": it.what,
                "kind": format!("{:?}", it.kind).to_lowercase(),
                "micro_usd_min": it.micro_usd.0,
                "micro_usd_max": it.micro_usd.1,
                "because": it.because,
            })
        })
        .collect();
    let value = json!({
        "lines": lines,
        "budget_micro_usd": cost.budget_micro_usd,
        "checked": cost.checked,
    });
    let links = resources::link(desk, &blueprint, "document/quality/cost.md");
    Ok(Answer::of(text.join("\n"), value).with_links(links))
}
