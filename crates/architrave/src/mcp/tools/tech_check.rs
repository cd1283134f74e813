//! `tech_check`: until when products are supported.

use std::collections::BTreeMap;

use architrave_model::{civil::day_text, graph::Lifecycle};
use architrave_review::measure::lifecycle::{self, Support};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    mcp::{
        desk::Desk,
        system,
        tool::{Answer, Effect, Refusal, Tool, arguments, schema},
    },
    world::today,
};

/// What to look up.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Arguments {
    /// Products with their versions, e.g. {"postgresql": "16.4", "redis": "7.2"}; at most 100.
    products: BTreeMap<String, String>,
}

pub(super) static TOOL: Tool = Tool {
    name: "tech_check",
    title: "Check versions",
    description: "Whether versions of products still get fixes, until when, and which line to go to; by a dated table. Products that are not in it are told as unknown: look these up and write down what you found with `evidence_add`.",
    effect: Effect::Reads,
    input: schema::<Arguments>,
    output: || json!({ "type": "object", "required": ["products", "checked"], "properties": { "products": { "type": "array" }, "checked": { "type": "string" } } }),
    asking: None,
    call,
};

/// Most products of one call.
const PRODUCTS_MAX: usize = 100;

fn call(desk: &Desk, given: Value) -> Result<Answer, Refusal> {
    let Arguments { products } = arguments(given)?;
    if products.len() > PRODUCTS_MAX {
        return Err(Refusal::new("too many products", "ask for at most 100 at once"));
    }
    let (day, own) = (today(), system::lifecycles(desk)?);
    let told: Vec<(String, Value)> =
        products.iter().map(|(product, version)| look_up(&own, product, version, day)).collect();
    let checked = lifecycle::checked_on().map_or_else(String::new, |it| day_text(i64::from(it)));
    let lines: Vec<&str> = told.iter().map(|it| it.0.as_str()).collect();
    let text = format!("{}\nthe table was looked at on {checked}", lines.join("\n"));
    let values: Vec<&Value> = told.iter().map(|it| &it.1).collect();
    Ok(Answer::of(text, json!({ "products": values, "checked": checked })))
}

fn look_up(own: &[Lifecycle], product: &str, version: &str, day: i32) -> (String, Value) {
    let newest = lifecycle::newest(own, product, day).map(|it| it.name);
    let Some(cycle) = lifecycle::cycle(own, product, version) else {
        let value =
            json!({ "product": product, "version": version, "state": "unknown", "newest": newest });
        return (format!("{product} {version}: unknown"), value);
    };
    let state = match cycle.support {
        Support::Until(end) if end < day => "ended",
        Support::Until(_) | Support::Open => "supported",
    };
    let value = json!({
        "product": product,
        "version": version,
        "line": cycle.name,
        "state": state,
        "until": cycle.until(),
        "newest": newest,
        "source": cycle.source,
        "checked": cycle.checked,
        "is_own": cycle.is_own,
        "as_of": cycle.as_of,
    });
    let doubt = if cycle.as_of.is_none() { " (not confirmed)" } else { "" };
    (format!("{product} {version}: {state}, fixes until {}{doubt}", cycle.until()), value)
}
