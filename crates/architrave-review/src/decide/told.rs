//! Tells decisions: to people as text, to programs as JSON.

use std::fmt::Write as _;

use architrave_model::{
    decision::{Considered, Decision, Input},
    graph::Provenance,
};
use serde_json::{Value, json};

/// Name and version of the JSON. A new version where a member goes or changes its meaning.
const FORMAT: &str = "architrave-decisions/1";

/// A decision for people, with a line end.
#[must_use]
pub fn text(decision: &Decision) -> String {
    let mut out = String::new();
    let title = chosen(decision).map_or("nothing is left", |it| &it.title);
    let _ = writeln!(out, "{} {}: {title}", decision.id, decision.name);
    line(&mut out, "asks", &decision.question);
    if chosen(decision).is_some() {
        line(&mut out, "because", &reason(decision));
    }
    for input in decision.inputs.iter().filter(|it| !it.flips.is_empty()) {
        line(&mut out, "unless", &unless(input));
    }
    let settled = decision.inputs.iter().filter(|it| it.flips.is_empty()).map(value);
    let settled: Vec<String> = settled.collect();
    if !settled.is_empty() {
        line(&mut out, "also", &settled.join(", "));
    }
    for option in &decision.options {
        if let Some(why) = &option.ruled_out {
            line(&mut out, "without", &format!("{}: {why}", option.title));
        }
    }
    for consequence in &decision.consequences {
        line(&mut out, "then", consequence);
    }
    if decision.is_close_call {
        line(&mut out, "close", "a small change of a weight would put another option first");
    }
    if !decision.asks.is_empty() {
        line(&mut out, "ask", &crate::questions_of(&decision.asks).join(", "));
    }
    out
}

/// Why, with the row, who says it and how far it can be trusted.
fn reason(decision: &Decision) -> String {
    let confidence = decision.confidence.name();
    format!("{} (row {}, {confidence}: {})", decision.because, decision.row, decision.source)
}

fn line(out: &mut String, label: &str, text: &str) {
    let _ = writeln!(out, "  {label:<8} {text}");
}

/// The option that was chosen.
#[must_use]
pub fn chosen(decision: &Decision) -> Option<&Considered> {
    decision.options.iter().find(|it| it.name == decision.chosen)
}

/// `teams that release on their own: 1 team (assumed)`
pub(crate) fn value(input: &Input) -> String {
    let note = if input.provenance == Provenance::Assumed { " (assumed)" } else { "" };
    format!("{}: {}{note}", input.title, input.value)
}

/// `teams that release on their own: 1 team (assumed); 2 teams or more → Services`
fn unless(input: &Input) -> String {
    let flips = input.flips.iter().map(|it| format!("{} → {}", it.condition, it.option));
    let flips: Vec<String> = flips.collect();
    format!("{}; {}", value(input), flips.join("; "))
}

/// Decisions for programs.
#[must_use]
pub fn json(system: &str, as_of: &str, decisions: &[&Decision]) -> Value {
    let all: Vec<Value> = decisions.iter().map(|it| one(it)).collect();
    json!({ "format": FORMAT, "system": system, "as_of": as_of, "decisions": all })
}

fn one(decision: &Decision) -> Value {
    json!({
        "id": decision.id,
        "name": decision.name,
        "question": decision.question,
        "chosen": decision.chosen,
        "title": decision.title,
        "context": decision.context,
        "because": decision.because,
        "row": decision.row,
        "source": decision.source,
        "confidence": decision.confidence.name(),
        "table_version": decision.table_version,
        "is_open": decision.is_open,
        "asks": decision.asks,
        "is_close_call": decision.is_close_call,
        "inputs": decision.inputs.iter().map(input).collect::<Vec<_>>(),
        "options": decision.options.iter().map(option).collect::<Vec<_>>(),
        "comparison": decision.comparison.iter().map(|it| json!({
            "option": it.option,
            "total": it.total,
            "marks": it.marks.iter().map(|(criterion, mark, weight)| json!({
                "criterion": criterion, "mark": mark, "weight": weight,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "tips": decision.tips.iter().map(|it| json!({
            "criterion": it.criterion, "weight": it.weight,
            "tips_at_permille": it.tips_at_permille, "option": it.option,
        })).collect::<Vec<_>>(),
        "consequences": decision.consequences,
        "confirm": { "rules": decision.confirm, "checks": decision.checks },
        "triggers": decision.triggers.iter().map(|it| json!({
            "title": it.title, "expression": it.expression,
        })).collect::<Vec<_>>(),
        "review_after_months": decision.review_after_months,
    })
}

fn input(input: &Input) -> Value {
    json!({
        "fact": input.fact,
        "title": input.title,
        "value": input.value,
        "is_assumed": input.provenance == Provenance::Assumed,
        "flips": input.flips.iter().map(|it| json!({
            "value": it.value, "condition": it.condition, "option": it.option,
        })).collect::<Vec<_>>(),
    })
}

fn option(option: &Considered) -> Value {
    let marks = option.marks.iter().map(|(name, mark)| (name.clone(), json!(mark)));
    json!({
        "name": option.name,
        "title": option.title,
        "good": option.good,
        "bad": option.bad,
        "ruled_out": option.ruled_out,
        "marks": marks.collect::<serde_json::Map<_, _>>(),
    })
}
