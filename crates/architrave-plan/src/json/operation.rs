//! Operations of the API.

use super::{
    system,
    tree::{Json, object},
};
use crate::{Idempotency, Method, Operation, Plan};

pub(super) fn operations(plan: &Plan) -> Json<'_> {
    Json::Array(plan.operations.iter().map(operation).collect())
}

fn operation(operation: &Operation) -> Json<'_> {
    let method = match operation.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    };
    let idempotency = match operation.idempotency {
        Idempotency::None => None,
        Idempotency::Optional => Some("optional"),
        Idempotency::Required => Some("required"),
    };
    object(vec![
        ("operation", Json::text(&operation.name)),
        ("request", Json::text(format!("{method} {}", operation.path))),
        ("summary", Json::text(&operation.summary)),
        ("idempotency_key", Json::optional(idempotency)),
        ("needs_if_match", Json::Bool(operation.needs_if_match)),
        (
            "rate_limits",
            Json::Array(operation.rate_limits.iter().map(system::rate_limit).collect()),
        ),
        ("problems", Json::texts(&operation.problems)),
    ])
}
