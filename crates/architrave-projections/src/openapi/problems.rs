//! Refusals: the schema of problems, one example per code, and the responses of each operation.

use architrave_plan::{Operation, Plan, problem};

use super::headers;
use crate::{
    json::{Json, object, reference},
    names,
    refusals::{self, Refusal},
};

/// The schema of a problem (RFC 9457).
pub(super) fn schemas(plan: &Plan) -> Vec<(String, Json)> {
    let codes: Vec<String> = refusals::all(plan).into_iter().map(|it| it.code).collect();
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
