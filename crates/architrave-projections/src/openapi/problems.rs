//! Refusals: the schema of problems, one example per code, and the responses of each operation.

use architrave_plan::{Operation, Plan, problem};

use super::headers;
use crate::{
    json::{Json, object, reference},
    names,
    refusals::{self, Refusal},
};

/// One example per code.
pub(super) fn examples(plan: &Plan) -> Json {
    let examples = refusals::all(plan).into_iter().map(|it| {
        let value = refusals::example(&it, "/v1/me");
        let example = object([("summary", it.title.as_str().into()), ("value", value)]);
        (it.code, example)
    });
    Json::Object(examples.collect())
}

/// Shared responses: one per code, for statuses that have only one in an operation.
pub(super) fn shared_responses(plan: &Plan) -> Json {
    let responses =
        refusals::all(plan).into_iter().filter(|it| problem(&it.code).is_some()).map(|it| {
            let name = names::pascal(&it.code.replace('-', "_"));
            (name, response(it.status, std::slice::from_ref(&it)))
        });
    Json::Object(responses.collect())
}

/// The refusing responses of an operation, by status.
pub(super) fn responses(plan: &Plan, operation: &Operation) -> Vec<(String, Json)> {
    let refusals = refusals::of_operation(plan, operation);
    let mut responses = Vec::new();
    for group in refusals.chunk_by(|a, b| a.status == b.status) {
        let Some(first) = group.first() else { continue };
        let is_shared = group.len() == 1 && problem(&first.code).is_some();
        let response = if is_shared {
            let name = names::pascal(&first.code.replace('-', "_"));
            reference(&format!("responses/{name}"))
        } else {
            response(first.status, group)
        };
        responses.push((first.status.to_string(), response));
    }
    responses
}

fn response(status: u16, refusals: &[Refusal]) -> Json {
    let mut words = Vec::new();
    for it in refusals {
        words.push(match refusals.len() {
            1 => format!("{}. {}", it.title.trim_end_matches('.'), it.detail),
            _ => format!("- `{}`: {}", it.code, it.detail),
        });
    }
    let examples = refusals
        .iter()
        .map(|it| (it.code.clone(), reference(&format!("examples/{}", it.code))))
        .collect();
    let content = object([(
        "application/problem+json",
        object([("schema", reference("schemas/Problem")), ("examples", Json::Object(examples))]),
    )]);
    object([
        ("description", words.join("\n").into()),
        ("headers", headers::of_refusal(status)),
        ("content", content),
    ])
}
