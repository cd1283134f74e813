//! Requests as a shell command that can be pasted.

use architrave_plan::{FilterOperator, Idempotency, Operation, OperationKind, Plan};

use super::html::escaped;
use crate::{audience, example, json::Json, names};

/// The command, as HTML. `$API` and `$TOKEN` stand for what `serve` prints.
pub(super) fn command(plan: &Plan, operation: &Operation) -> String {
    let id = operation.entity.map(example::id).unwrap_or_default();
    let path = operation.path.replace("{id}", &id);
    let method = names::method(operation.method);
    let mut lines = vec![match method {
        "GET" => format!("curl -sg \"$API{path}{}\"", query(plan, operation)),
        _ => format!("curl -s -X {method} \"$API{path}\""),
    }];
    if !audience::is_open_to_anonymous(plan, operation) || operation.kind == OperationKind::Me {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
    }
    if operation.idempotency != Idempotency::None {
        lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
    }
    if operation.needs_if_match {
        lines.push("-H 'If-Match: \"1\"'".to_owned());
    }
    if let Some(body) = example::request(plan, operation) {
        let media = match operation.kind {
            OperationKind::Update => "application/merge-patch+json",
            _ => "application/json",
        };
        lines.push(format!("-H 'Content-Type: {media}'"));
        lines.push(format!("--data '{}'", quoted(&body)));
    }
    escaped(&lines.join(" \\\n  "))
}

/// Within single quotes a shell knows no escapes: the quote is closed, written, and opened again.
fn quoted(body: &Json) -> String {
    body.to_pretty().trim_end().replace('\'', "'\\''")
}

/// A telling query: the first filter that takes plain equality on an enum or flag, the first sort.
fn query(plan: &Plan, operation: &Operation) -> String {
    let Some(id) = operation.entity.filter(|_| operation.kind == OperationKind::List) else {
        return String::new();
    };
    let Some(list) = plan.lists.get(id.0 as usize) else { return String::new() };
    if list.has_search {
        return "?q=mug&limit=20".to_owned();
    }
    let is_created_at = |it: &&architrave_plan::ColumnId| {
        plan[id].columns.get(usize::from(it.0)).is_some_and(|it| it.path == "created_at")
    };
    let has_equality = list.filters.iter().any(|it| it.operators.contains(&FilterOperator::Eq));
    match list.sorts.iter().find(is_created_at) {
        // Most indexes on the creation time begin with an equality, which a short example cannot guess.
        Some(_) if !has_equality => "?sort=-created_at&limit=20".to_owned(),
        _ => "?limit=20".to_owned(),
    }
}
