//! Refusals: the schema of problems, one example per code, and the responses of each operation.

use architrave_plan::{ALL_PROBLEMS, Operation, OperationKind, Plan, ProblemKind, problem};

use super::headers;
use crate::{
    example,
    json::{Json, object, reference},
    names,
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
fn all(plan: &Plan) -> Vec<Refusal> {
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

/// The schema of a problem (RFC 9457).
pub(super) fn schemas(plan: &Plan) -> Vec<(String, Json)> {
    let codes: Vec<String> = all(plan).into_iter().map(|it| it.code).collect();
    let text = |length_max: i64, description: &str| {
        object([
            ("type", "string".into()),
            ("maxLength", length_max.into()),
            ("description", description.into()),
        ])
    };
    let status = object([
        ("type", "integer".into()),
        ("format", "int32".into()),
        ("minimum", 400_i64.into()),
        ("maximum", 599_i64.into()),
    ]);
    let problem = object([
        ("type", "object".into()),
        ("description", "A refusal (RFC 9457). Decide by `code`; show `detail`.".into()),
        (
            "required",
            vec!["type", "title", "status", "detail", "code", "trace_id", "retryable"].into(),
        ),
        (
            "properties",
            object([
                (
                    "type",
                    text(2048, "Address of a page about this kind of problem.")
                        .with("format", "uri-reference"),
                ),
                ("title", text(200, "Short; the same for every problem of this kind.")),
                ("status", status),
                ("detail", text(10_000, "What happened this time.")),
                (
                    "instance",
                    text(8192, "The path that was asked for.").with("format", "uri-reference"),
                ),
                (
                    "code",
                    object([
                        ("type", "string".into()),
                        ("description", "Stable name of the kind.".into()),
                        ("enum", codes.into()),
                    ]),
                ),
                ("trace_id", text(64, "Names the request in logs and traces.")),
                (
                    "retryable",
                    object([
                        ("type", "boolean".into()),
                        ("description", "Whether the same request may succeed later.".into()),
                    ]),
                ),
                (
                    "errors",
                    object([
                        ("type", "array".into()),
                        ("maxItems", 1000_i64.into()),
                        ("description", "Every single thing that does not fit.".into()),
                        ("items", reference("schemas/ProblemDetail")),
                    ]),
                ),
            ]),
        ),
    ]);
    let detail = object([
        ("type", "object".into()),
        ("description", "One thing that does not fit: a member of the body or a parameter.".into()),
        ("required", vec!["code", "detail"].into()),
        (
            "properties",
            object([
                ("pointer", text(2048, "JSON pointer (RFC 6901) into the body.")),
                ("parameter", text(200, "Query parameter or header.")),
                ("code", text(100, "Stable, e.g. `required`, `unknown-member`, `too-long`.")),
                ("detail", text(10_000, "In words, with the bound that was missed.")),
            ]),
        ),
    ]);
    vec![("Problem".to_owned(), problem), ("ProblemDetail".to_owned(), detail)]
}

/// One example per code.
pub(super) fn examples(plan: &Plan) -> Json {
    let examples = all(plan).into_iter().map(|it| {
        let value = example(&it, "/v1/me");
        let example = object([("summary", it.title.as_str().into()), ("value", value)]);
        (it.code, example)
    });
    Json::Object(examples.collect())
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

/// Shared responses: one per code, for statuses that have only one in an operation.
pub(super) fn shared_responses(plan: &Plan) -> Json {
    let responses = all(plan).into_iter().filter(|it| problem(&it.code).is_some()).map(|it| {
        let name = names::pascal(&it.code.replace('-', "_"));
        (name, response(it.status, std::slice::from_ref(&it)))
    });
    Json::Object(responses.collect())
}

/// The refusing responses of an operation, by status.
pub(super) fn responses(plan: &Plan, operation: &Operation) -> Vec<(String, Json)> {
    let refusals = of_operation(plan, operation);
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
