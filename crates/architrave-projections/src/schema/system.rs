//! What every system has: `/v1/me`, `/v1/events`, `/v1/batch`, money, files.

use architrave_plan::{OperationKind, Plan};

use crate::{
    json::{Json, object, reference},
    names,
    types::{self, nullable},
};

/// Most operations of a batch.
const BATCH_COUNT_MAX: i64 = 100;
/// Most events of a page.
const EVENTS_COUNT_MAX: i64 = 1000;

fn text(length_max: i64, description: &str) -> Json {
    object([
        ("type", "string".into()),
        ("maxLength", length_max.into()),
        ("description", description.into()),
    ])
}

fn flag(description: &str) -> Json {
    object([("type", "boolean".into()), ("description", description.into())])
}

fn texts(count_max: i64, description: &str) -> Json {
    object([
        ("type", "array".into()),
        ("maxItems", count_max.into()),
        ("description", description.into()),
        ("items", object([("type", "string".into()), ("maxLength", 200_i64.into())])),
    ])
}

fn whole(minimum: i64, description: &str) -> Json {
    object([
        ("type", "integer".into()),
        ("format", "int64".into()),
        ("minimum", minimum.into()),
        ("maximum", architrave_plan::INT_MAX.into()),
        ("description", description.into()),
    ])
}

/// All schemas of this file.
pub(super) fn schemas(plan: &Plan) -> Vec<(String, Json)> {
    let schemas = [
        ("Money", types::money_schema(&plan.system, false)),
        ("NonNegativeMoney", types::money_schema(&plan.system, true)),
        ("File", file()),
        ("Me", me()),
        ("Event", event(plan)),
        ("EventPage", event_page()),
        ("BatchRequest", batch_request()),
        ("BatchOperation", batch_operation(plan)),
        ("BatchResults", batch_results()),
        ("BatchResult", batch_result()),
    ];
    schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn file() -> Json {
    object([
        ("type", "object".into()),
        ("description", "An uploaded file.".into()),
        ("required", vec!["url"].into()),
        ("properties", object([("url", text(2048, "Where to fetch it.").with("format", "uri"))])),
    ])
}

fn me() -> Json {
    let id = |description: &str| nullable(types::uuid()).with("description", description);
    let members =
        ["id", "user", "tenant", "is_authenticated", "is_system", "roles", "scopes", "operations"];
    object([
        ("type", "object".into()),
        ("description", "Who asks, and what they may do.".into()),
        ("required", members.to_vec().into()),
        (
            "properties",
            object([
                ("id", id("User's or API key's id; null for anonymous callers.")),
                ("user", id("The caller's row among the users, if there is one.")),
                ("tenant", id("The tenant of the request.")),
                ("is_authenticated", flag("Whether credentials were accepted.")),
                ("is_system", flag("Whether Architrave itself asks.")),
                ("roles", texts(64, "Roles of the caller.")),
                ("scopes", texts(100, "Scopes of the credentials.")),
                (
                    "operations",
                    texts(10_000, "Operations whose rule does not refuse the caller outright."),
                ),
            ]),
        ),
    ])
}

fn event(plan: &Plan) -> Json {
    let types: Vec<String> = plan.event_types.iter().map(|it| it.name.clone()).collect();
    let contexts: Vec<String> =
        plan.system.contexts.iter().map(|it| it.name.text.clone()).collect();
    let members = ["position", "time", "actor", "context", "type", "id", "version", "data"];
    let one_of = |values: Vec<String>, description: &str| {
        object([
            ("type", "string".into()),
            ("description", description.into()),
            ("enum", values.into()),
        ])
    };
    object([
        ("type", "object".into()),
        ("description", "Something that happened, as far as the caller may see it.".into()),
        ("required", members.to_vec().into()),
        (
            "properties",
            object([
                ("position", text(64, "Place in the journal; to be sent as `after`.")),
                ("time", types::timestamp().with("description", "When.")),
                (
                    "actor",
                    nullable(types::uuid()).with("description", "Who did it; null for the system."),
                ),
                ("context", one_of(contexts, "Order is promised within a context.")),
                ("type", one_of(types, "What happened.")),
                ("id", nullable(types::uuid()).with("description", "The row it happened to.")),
                ("version", nullable(whole(1, "The row's version afterwards."))),
                (
                    "data",
                    object([
                        ("type", vec!["object", "null"].into()),
                        (
                            "description",
                            "The row or the event's own members; null when the row is gone.".into(),
                        ),
                    ]),
                ),
            ]),
        ),
    ])
}

fn event_page() -> Json {
    object([
        ("type", "object".into()),
        ("description", "A page of events.".into()),
        ("required", vec!["items", "next", "is_complete"].into()),
        (
            "properties",
            object([
                (
                    "items",
                    object([
                        ("type", "array".into()),
                        ("maxItems", EVENTS_COUNT_MAX.into()),
                        ("items", reference("schemas/Event")),
                    ]),
                ),
                ("next", text(64, "Where to go on: send it as `after`.")),
                ("is_complete", flag("Whether the end of the journal was reached.")),
            ]),
        ),
    ])
}

fn batch_request() -> Json {
    object([
        ("type", "object".into()),
        ("description", "Writes that all happen, or none unless `atomic` is false.".into()),
        ("additionalProperties", false.into()),
        ("required", vec!["operations"].into()),
        (
            "properties",
            object([
                (
                    "atomic",
                    flag("Whether all happen or none. If false each is a transaction of its own.")
                        .with("default", true),
                ),
                (
                    "operations",
                    object([
                        ("type", "array".into()),
                        ("minItems", 1_i64.into()),
                        ("maxItems", BATCH_COUNT_MAX.into()),
                        ("items", reference("schemas/BatchOperation")),
                    ]),
                ),
            ]),
        ),
    ])
}

fn batch_operation(plan: &Plan) -> Json {
    let is_offered = |kind: OperationKind| kind.is_write() && kind != OperationKind::Batch;
    let writes = plan.operations.iter().filter(|it| is_offered(it.kind));
    let mut methods: Vec<&str> = Vec::new();
    let mut patterns: Vec<String> = Vec::new();
    for it in writes {
        let method = names::method(it.method);
        if !methods.contains(&method) {
            methods.push(method);
        }
        let pattern = it.path.replace("{id}", r"[^/]+");
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    object([
        ("type", "object".into()),
        (
            "description",
            "One write, addressed as on its own. `{\"$ref\": \"0.id\"}` in a body and `{0.id}` in a path \
             stand for the id of an earlier operation's row."
                .into(),
        ),
        ("additionalProperties", false.into()),
        ("required", vec!["method", "path"].into()),
        (
            "properties",
            object([
                (
                    "method",
                    object([("type", "string".into()), ("enum", methods.into())]),
                ),
                (
                    "path",
                    text(500, "The path of the operation.")
                        .with("pattern", format!("^(?:{})$", patterns.join("|"))),
                ),
                ("if_match", text(1024, "As the header `If-Match`.")),
                (
                    "body",
                    object([
                        ("type", "object".into()),
                        ("description", "As the body of the operation itself.".into()),
                    ]),
                ),
            ]),
        ),
    ])
}

fn batch_results() -> Json {
    object([
        ("type", "object".into()),
        ("description", "One result per operation, in order.".into()),
        ("required", vec!["results"].into()),
        (
            "properties",
            object([(
                "results",
                object([
                    ("type", "array".into()),
                    ("maxItems", BATCH_COUNT_MAX.into()),
                    ("items", reference("schemas/BatchResult")),
                ]),
            )]),
        ),
    ])
}

fn batch_result() -> Json {
    let status = object([
        ("type", "integer".into()),
        ("format", "int32".into()),
        ("minimum", 200_i64.into()),
        ("maximum", 599_i64.into()),
        ("description", "The status that the operation alone would have had.".into()),
    ]);
    object([
        ("type", "object".into()),
        ("description", "What one operation of a batch came to.".into()),
        ("required", vec!["status", "etag", "location", "body"].into()),
        (
            "properties",
            object([
                ("status", status),
                ("etag", nullable(text(100, "The row's tag."))),
                ("location", nullable(text(2048, "Path of a new row."))),
                (
                    "body",
                    object([
                        ("type", vec!["object", "null"].into()),
                        ("description", "The row as it now is; null when it is gone; the problem of a refused one in a batch that is not atomic.".into()),
                    ]),
                ),
            ]),
        ),
    ])
}
