//! Refusals: the catalogue's problems and the guards of commands, with an example of each.

use architrave_plan::{ALL_PROBLEMS, Operation, OperationKind, Plan, ProblemKind, problem};

use crate::{
    example,
    json::{Json, object},
};

/// Status of a command whose guard does not hold.
const GUARD_STATUS: u16 = 409;

/// One refusal that an operation can answer with.
pub(crate) struct Refusal {
    /// Its code.
    pub(crate) code: String,
    /// HTTP status.
    pub(crate) status: u16,
    /// Short.
    pub(crate) title: String,
    /// When it happens.
    pub(crate) detail: String,
    /// Whether the same request may succeed later.
    pub(crate) is_retryable: bool,
}

/// The refusals of an operation: of the catalogue, and of its command's guards.
pub(crate) fn of_operation(plan: &Plan, operation: &Operation) -> Vec<Refusal> {
    let codes = operation.problems.iter();
    let mut refusals: Vec<Refusal> =
        codes.filter_map(|code| refusal(plan, operation, code)).collect();
    refusals.sort_by(|a, b| (a.status, &a.code).cmp(&(b.status, &b.code)));
    refusals
}

fn refusal(plan: &Plan, operation: &Operation, code: &str) -> Option<Refusal> {
    if let Some(kind) = problem(code) {
        return Some(of_kind(kind));
    }
    let OperationKind::Command(command) = operation.kind else { return None };
    let guard = plan.system[command].guards.iter().find(|it| it.code.text == code)?;
    Some(Refusal {
        code: code.to_owned(),
        status: GUARD_STATUS,
        title: guard.message.clone(),
        detail: guard.message.clone(),
        is_retryable: false,
    })
}

fn of_kind(kind: &ProblemKind) -> Refusal {
    Refusal {
        code: kind.code.to_owned(),
        status: kind.status,
        title: kind.title.to_owned(),
        detail: kind.explanation.to_owned(),
        is_retryable: kind.is_retryable,
    }
}

/// Every refusal of the API: the catalogue, then guards in the author's order.
pub(crate) fn all(plan: &Plan) -> Vec<Refusal> {
    let mut refusals: Vec<Refusal> = ALL_PROBLEMS.iter().map(of_kind).collect();
    for operation in &plan.operations {
        for refusal in of_operation(plan, operation) {
            if !refusals.iter().any(|it| it.code == refusal.code) {
                refusals.push(refusal);
            }
        }
    }
    refusals
}

/// A problem as a caller would read it.
pub(crate) fn example(refusal: &Refusal, instance: &str) -> Json {
    let problem = object([
        ("type", format!("/problems/{}", refusal.code).into()),
        ("title", refusal.title.as_str().into()),
        ("status", i64::from(refusal.status).into()),
        ("detail", refusal.detail.as_str().into()),
        ("instance", instance.into()),
        ("code", refusal.code.as_str().into()),
        ("trace_id", example::TRACE_ID.into()),
        ("retryable", refusal.is_retryable.into()),
    ]);
    match errors(&refusal.code) {
        Some(errors) => problem.with("errors", Json::Array(vec![errors])),
        None => problem,
    }
}

/// A telling detail, for the kinds that have them.
fn errors(code: &str) -> Option<Json> {
    let (place, value, code, detail) = match code {
        "invalid-body" => ("pointer", "/name", "too-long", "At most 120 characters."),
        "malformed-request" => ("pointer", "/name", "duplicate-member", "Each member once."),
        "not-unique" => ("pointer", "/sku", "taken", "Another row has this value."),
        "unknown-parameter" => ("parameter", "colour", "unknown", "There is no such parameter."),
        "invalid-parameter" => ("parameter", "limit", "not-a-number", "A whole number from 1."),
        "unreadable-field" => ("parameter", "sort", "unreadable", "You may not read this field."),
        _ => return None,
    };
    Some(object([(place, value.into()), ("code", code.into()), ("detail", detail.into())]))
}
