//! The plan as JSON, for people, agents and diffs: stable order, same bytes on every machine, rules in
//! the words of the blueprint. Comments are not in it, so that its hash does not change with them.

mod declared;
mod entity;
mod event;
mod input;
mod operation;
mod shape;
mod system;
mod table;
mod tree;

use crate::{ALL_PROBLEMS, Plan, lock::hash_hex};
use tree::{Json, object};

/// Writes the plan, two spaces deep, with a line break at its end.
#[must_use]
pub fn to_json(plan: &Plan) -> String {
    let hash = ("hash", Json::text(&plan.hash));
    let mut members = vec![hash];
    members.extend(content(plan));
    object(members).pretty()
}

/// The plan's hash: 16 hex digits of the SHA-256 of what [`to_json`] writes, but the hash itself.
pub(crate) fn hash(plan: &Plan) -> String {
    hash_hex(&object(content(plan)).pretty(), 16)
}

fn content(plan: &Plan) -> Vec<(&'static str, Json<'_>)> {
    let problems = ALL_PROBLEMS.iter().map(|it| {
        object(vec![
            ("code", Json::text(it.code)),
            ("status", Json::number(it.status)),
            ("title", Json::text(it.title)),
            ("retryable", Json::Bool(it.is_retryable)),
        ])
    });
    vec![
        ("system", system::system(plan)),
        ("entities", entity::entities(plan)),
        ("tables", table::tables(plan)),
        ("operations", operation::operations(plan)),
        ("creates", input::per_entity(plan, &plan.creates)),
        ("updates", input::per_entity(plan, &plan.updates)),
        ("commands", input::commands(plan)),
        ("representations", shape::representations(plan)),
        ("lists", shape::lists(plan)),
        ("shapes", shape::shapes(plan)),
        ("events", event::events(plan)),
        ("problems", Json::Array(problems.collect())),
    ]
}
