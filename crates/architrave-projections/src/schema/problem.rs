//! The schema of refusals (RFC 9457).

use architrave_plan::Plan;

use crate::{
    json::{Json, object, reference},
    refusals,
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
