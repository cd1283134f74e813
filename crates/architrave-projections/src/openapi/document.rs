//! The document around the operations: title, servers, tags, components.

use architrave_plan::Plan;

use super::{headers, operations, parameters, problems, security};
use crate::{
    json::{Json, object},
    names, schema,
};

/// The whole document.
pub(super) fn document(plan: &Plan) -> Json {
    let paths = operations::paths(plan);
    let components = schema::prune(&paths, components(plan));
    let server = object([
        ("url", "/".into()),
        ("description", "This server, whether production, staging or local.".into()),
        ("x-internal", "false".into()),
    ]);
    object([
        ("openapi", "3.1.1".into()),
        ("info", info(plan)),
        ("jsonSchemaDialect", "https://spec.openapis.org/oas/3.1/dialect/base".into()),
        ("servers", Json::Array(vec![server])),
        ("tags", tags(plan)),
        ("paths", paths),
        ("components", components),
    ])
}

fn info(plan: &Plan) -> Json {
    let title = &plan.system.name.text;
    let own = &plan.system.doc;
    let conventions = "Conventions\n\n\
        - Lists are paged by cursors: `next` and `prev` of an answer are addresses to follow.\n\
        - Every change may carry an `Idempotency-Key`: repeating it acts once.\n\
        - `ETag` names what was answered; `If-Match` guards changes, `If-None-Match` saves reads.\n\
        - Refusals are problems (RFC 9457): decide by `code`.\n\
        - Members that you may not see are absent; empty ones are null.";
    let description =
        if own.is_empty() { conventions.to_owned() } else { format!("{own}\n\n{conventions}") };
    object([
        ("title", if title.is_empty() { "API".into() } else { names::titled(title).into() }),
        ("summary", format!("The API of {}.", names::titled(title)).into()),
        ("description", description.into()),
        // The paths' major version, and what the plan was derived from.
        ("version", format!("1.0.0+{}", plan.hash).into()),
    ])
}

/// One per context that has operations, then the system's own.
fn tags(plan: &Plan) -> Json {
    let is_used = |name: &str| plan.operations.iter().any(|it| names::tag(plan, it) == name);
    let mut tags: Vec<Json> = Vec::new();
    for context in plan.system.contexts.iter().filter(|it| is_used(&it.name.text)) {
        let doc = if context.doc.is_empty() {
            format!("What belongs to {}.", names::words(&context.name.text))
        } else {
            context.doc.clone()
        };
        tags.push(object([
            ("name", context.name.text.as_str().into()),
            ("description", doc.into()),
        ]));
    }
    tags.push(object([
        ("name", names::SYSTEM_TAG.into()),
        (
            "description",
            "What every system has: who you are, what happened, several writes as one.".into(),
        ),
    ]));
    Json::Array(tags)
}

fn components(plan: &Plan) -> Json {
    object([
        ("schemas", Json::Object(schema::all(plan))),
        ("responses", problems::shared_responses(plan)),
        ("parameters", parameters::components()),
        ("examples", problems::examples(plan)),
        ("headers", headers::components()),
        ("securitySchemes", security::schemes(plan)),
    ])
}
