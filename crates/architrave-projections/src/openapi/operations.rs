//! Paths: every operation with what it takes and all it can answer.

use architrave_plan::{Method, Operation, OperationKind, Plan};

use super::{headers, parameters, problems, security};
use crate::{
    audience, example,
    json::{Json, object, reference},
    limits, names,
};

/// All paths, in the plan's order.
pub(super) fn paths(plan: &Plan) -> Json {
    let mut paths: Vec<(String, Json)> = Vec::new();
    for it in &plan.operations {
        let operation = operation(plan, it);
        let method = method(it.method);
        match paths.iter_mut().find(|path| path.0 == it.path) {
            Some(path) => {
                let item = std::mem::replace(&mut path.1, Json::Null);
                path.1 = item.with(method, operation);
            }
            None => paths.push((it.path.clone(), object([(method, operation)]))),
        }
    }
    Json::Object(paths)
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Patch => "patch",
        Method::Delete => "delete",
    }
}

fn operation(plan: &Plan, it: &Operation) -> Json {
    let parameters = parameters::of(plan, it);
    let operation = object([
        ("operationId", it.name.as_str().into()),
        ("tags", vec![names::tag(plan, it)].into()),
        ("summary", it.summary.as_str().into()),
        ("description", description(plan, it).into()),
        ("parameters", Json::Array(parameters)),
    ]);
    let operation = match body(plan, it) {
        Some(body) => operation.with("requestBody", body),
        None => operation,
    };
    let operation =
        operation.with("responses", responses(plan, it)).with("security", security::of(plan, it));
    match limits::as_json(plan, it) {
        Some(limits) => operation.with("x-ratelimit", limits),
        None => operation,
    }
}

/// The author's words, who may, what it does to the state, and the limits.
fn description(plan: &Plan, it: &Operation) -> String {
    let mut paragraphs: Vec<String> = Vec::new();
    if !it.doc.is_empty() {
        paragraphs.push(it.doc.clone());
    }
    if let Some(who) = audience::in_words(plan, it) {
        paragraphs.push(who);
    }
    paragraphs.extend(audience::transition_in_words(plan, it));
    paragraphs.extend(limits::in_words(plan, it));
    if paragraphs.is_empty() {
        paragraphs.push(format!("{}.", it.summary));
    }
    paragraphs.join("\n\n")
}

fn body(plan: &Plan, it: &Operation) -> Option<Json> {
    let example = example::request(plan, it)?;
    let name = it.entity.map(|id| names::entity(&plan.system, id)).unwrap_or_default();
    let media = |schema: &str| {
        object([("schema", reference(&format!("schemas/{schema}"))), ("example", example.clone())])
    };
    let json = |schema: &str, is_required: bool| {
        object([
            ("required", is_required.into()),
            ("content", object([("application/json", media(schema))])),
        ])
    };
    match it.kind {
        OperationKind::Create => Some(json(&format!("{name}Create"), true)),
        OperationKind::Update => {
            let media = media(&format!("{name}Update"));
            let words = "Only what changes (RFC 7396); null empties a member that may be null.";
            Some(object([
                ("description", words.into()),
                ("required", true.into()),
                (
                    "content",
                    object([
                        ("application/merge-patch+json", media.clone()),
                        ("application/json", media),
                    ]),
                ),
            ]))
        }
        OperationKind::Command(command) => {
            let shape = plan.commands.get(command.0 as usize)?;
            let is_required = shape.members.iter().any(|it| it.is_required);
            Some(json(&names::command_input(plan, it)?, is_required))
        }
        OperationKind::Batch => Some(json("BatchRequest", true)),
        _ => None,
    }
}

fn responses(plan: &Plan, it: &Operation) -> Json {
    let mut responses = vec![success(plan, it)];
    if matches!(it.kind, OperationKind::List | OperationKind::Read) {
        let not_modified = object([
            ("description", "Nothing has changed since `If-None-Match`.".into()),
            ("headers", headers::of_not_modified()),
        ]);
        responses.push(("304".to_owned(), not_modified));
    }
    if it.kind == OperationKind::Batch {
        responses.push(("207".to_owned(), partly_done(plan, it)));
    }
    responses.extend(problems::responses(plan, it));
    Json::Object(responses)
}

/// The answer to a batch that is not atomic.
fn partly_done(plan: &Plan, it: &Operation) -> Json {
    let media = object([
        ("schema", reference("schemas/BatchResults")),
        ("example", example::answer(plan, it)),
    ]);
    object([
        ("description", "One result per operation of a batch that is not atomic.".into()),
        ("headers", headers::of_success(it)),
        ("content", object([("application/json", media)])),
    ])
}

fn success(plan: &Plan, it: &Operation) -> (String, Json) {
    let name = it.entity.map(|id| names::entity(&plan.system, id)).unwrap_or_default();
    let spoken = names::spoken(&name);
    let (status, words, schema) = match it.kind {
        OperationKind::List => ("200", "A page of rows.".to_owned(), format!("{name}Page")),
        OperationKind::Read => ("200", format!("The {spoken}."), format!("{name}Selection")),
        OperationKind::Create => ("201", format!("The new {spoken}."), name),
        OperationKind::Update | OperationKind::Restore | OperationKind::Command(_) => {
            ("200", format!("The {spoken} as it now is."), name)
        }
        OperationKind::Delete => {
            let response = object([
                ("description", "It is gone.".into()),
                ("headers", headers::of_success(it)),
            ]);
            return ("204".to_owned(), response);
        }
        OperationKind::Batch => {
            let words = "One result per operation, in order.";
            ("200", words.to_owned(), "BatchResults".to_owned())
        }
        OperationKind::Me => {
            ("200", "Who you are and what you may do.".to_owned(), "Me".to_owned())
        }
        OperationKind::Events => {
            ("200", "Events you may see, in order.".to_owned(), "EventPage".to_owned())
        }
    };
    let media = object([
        ("schema", reference(&format!("schemas/{schema}"))),
        ("example", example::answer(plan, it)),
    ]);
    let response = object([
        ("description", words.into()),
        ("headers", headers::of_success(it)),
        ("content", object([("application/json", media)])),
    ]);
    (status.to_owned(), response)
}
