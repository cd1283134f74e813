//! Headers of answers.

use architrave_plan::{Method, Operation, OperationKind};

use crate::{
    example,
    json::{Json, object, reference},
};

/// Headers that every answer may carry.
const COMMON: &[&str] = &[
    "RateLimit",
    "RateLimit-Policy",
    "X-Request-Id",
    "traceparent",
    "Access-Control-Allow-Origin",
];

fn named(names: &[&str]) -> Json {
    let all = COMMON.iter().chain(names);
    Json::Object(all.map(|it| ((*it).to_owned(), reference(&format!("headers/{it}")))).collect())
}

/// Headers of a success.
pub(super) fn of_success(operation: &Operation) -> Json {
    let mut names: Vec<&str> = Vec::new();
    match operation.kind {
        OperationKind::List => names.extend(["ETag", "Link", "Preference-Applied"]),
        OperationKind::Read | OperationKind::Update => names.push("ETag"),
        OperationKind::Restore | OperationKind::Command(_) => names.push("ETag"),
        OperationKind::Create => names.extend(["ETag", "Location"]),
        OperationKind::Delete
        | OperationKind::Batch
        | OperationKind::Me
        | OperationKind::Events => {}
    }
    if operation.method != Method::Get {
        names.extend(["Architrave-Position", "Idempotency-Replayed"]);
    }
    named(&names)
}

/// Headers of `304 Not Modified`.
pub(super) fn of_not_modified() -> Json {
    named(&["ETag"])
}

/// Headers of a refusal.
pub(super) fn of_refusal(status: u16) -> Json {
    match status {
        401 => named(&["WWW-Authenticate"]),
        405 => named(&["Allow"]),
        409 | 422 => named(&["Idempotency-Replayed"]),
        412 => named(&["ETag"]),
        429 | 503 | 507 => named(&["Retry-After"]),
        _ => named(&[]),
    }
}

fn header(description: &str, length_max: i64, example: &str) -> Json {
    object([
        ("description", description.into()),
        ("schema", object([("type", "string".into()), ("maxLength", length_max.into())])),
        ("example", example.into()),
    ])
}

/// Every header of an answer, described once.
pub(super) fn components() -> Json {
    let retry_after = object([
        ("description", "Seconds to wait before trying again.".into()),
        (
            "schema",
            object([
                ("type", "integer".into()),
                ("format", "int32".into()),
                ("minimum", 0_i64.into()),
                ("maximum", i64::from(i32::MAX).into()),
            ]),
        ),
        ("example", 12_i64.into()),
    ]);
    let replayed = object([
        (
            "description",
            "`true` when this is the stored answer to an earlier request with the same key.".into(),
        ),
        ("schema", object([("type", "string".into()), ("enum", vec!["true"].into())])),
    ]);
    object([
        (
            "RateLimit",
            header(
                "What is left of the tightest limit, and seconds until more.",
                1024,
                r#""signed-in";r=599;t=1"#,
            ),
        ),
        (
            "RateLimit-Policy",
            header(
                "The limits that apply: so many in so many seconds.",
                1024,
                r#""signed-in";q=600;w=60"#,
            ),
        ),
        (
            "X-Request-Id",
            header("The request's name, yours or ours.", 128, "4bf92f3577b34da6a3ce929d0e0e4736"),
        ),
        (
            "traceparent",
            header(
                "W3C Trace Context of this answer.",
                128,
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
        ),
        (
            "Access-Control-Allow-Origin",
            header(
                "The origin of the calling page, where the operator lists it.",
                300,
                "https://shop.example.com",
            ),
        ),
        (
            "ETag",
            header(
                "Names what was answered: a row's version and its representation, or a page. For `If-Match` and `If-None-Match`.",
                100,
                r#""3-9c1185a5c5e9fc54""#,
            ),
        ),
        (
            "Location",
            object([
                ("description", "Path of the new row.".into()),
                (
                    "schema",
                    object([
                        ("type", "string".into()),
                        ("format", "uri-reference".into()),
                        ("maxLength", 2048_i64.into()),
                    ]),
                ),
            ]),
        ),
        (
            "Link",
            header(
                "The next page and the one before (RFC 8288).",
                16_384,
                r#"</v1/products?cursor=b3BhcXVl>; rel="next""#,
            ),
        ),
        (
            "Preference-Applied",
            header("`count=exact` when rows were counted (RFC 7240).", 100, "count=exact"),
        ),
        (
            "Architrave-Position",
            header(
                "Where this write is in the journal; for `Architrave-Min-Position` of later reads.",
                64,
                example::POSITION,
            ),
        ),
        ("Idempotency-Replayed", replayed),
        ("Retry-After", retry_after),
        ("WWW-Authenticate", header("How to prove who you are (RFC 6750).", 1024, "Bearer")),
        ("Allow", header("The methods that the path offers.", 100, "GET, HEAD, POST, OPTIONS")),
    ])
}
