//! Open questions, as people and programs read them.

use architrave_model::{OpenQuestion, World};
use serde_json::json;

/// A question for people.
pub(crate) fn question(question: &OpenQuestion) -> String {
    let mut text = format!("{}  {}\n", question.id, question.text);
    text.push_str(&format!(
        "     default {}; plausible: {}\n",
        question.default,
        question.plausible.join(", ")
    ));
    for world in [&question.with_default, &question.otherwise] {
        text.push_str(&told_world(world));
    }
    text.push_str(&format!("     to find out: {}", question.hint));
    text
}

fn told_world(world: &World) -> String {
    let mut text = format!("     with {}:\n", world.answer);
    for (what, outcome) in &world.outcomes {
        text.push_str(&format!("       {what}: {outcome}\n"));
    }
    text
}

/// A question for programs.
pub(crate) fn as_json(question: &OpenQuestion) -> serde_json::Value {
    let world = |it: &World| {
        let outcomes: Vec<serde_json::Value> = it
            .outcomes
            .iter()
            .map(|(what, outcome)| json!({ "of": what, "outcome": outcome }))
            .collect();
        json!({ "answer": it.answer, "outcomes": outcomes })
    };
    json!({
        "id": question.id,
        "fact": question.fact,
        "text": question.text,
        "hint": question.hint,
        "form": question.form,
        "plausible": question.plausible,
        "default": question.default,
        "with_default": world(&question.with_default),
        "otherwise": world(&question.otherwise),
        "weight": question.weight,
    })
}
