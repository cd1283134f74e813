//! A Postman collection (v2.1) that runs: first a journey through one entity, whose every step is asserted exactly, then
//! each operation of the API in a folder per context, held to the answers that its contract allows.

mod caller;
mod journey;
mod request;
mod script;

use architrave_plan::{Operation, OperationKind, Plan};

use crate::{
    Document, Material, Projection, Room, example,
    json::{Json, object},
    names, schema,
};
use request::Request;

/// `contracts/postman.json`
pub(crate) const PROJECTION: Projection =
    Projection { name: "postman", room: Room::Contracts, write };

const FORMAT: &str = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
/// Where `serve` listens unless told otherwise.
const BASE_URL: &str = "http://127.0.0.1:8080";

fn write(material: &Material<'_>) -> Vec<Document> {
    vec![Document {
        path: "contracts/postman.json".to_owned(),
        title: "Postman collection".to_owned(),
        summary: "Every request of the API with examples and tests, and a journey through one row's life; newman runs it."
            .to_owned(),
        text: collection(material.plan).to_pretty(),
    }]
}

fn collection(plan: &Plan) -> Json {
    let mut folders = Vec::new();
    let journey = journey::steps(plan);
    if !journey.is_empty() {
        let words = "One row from beginning to end, step by step; each step asserts exactly what comes back. \
                     Run it from the top: later steps use what earlier ones were answered.";
        folders.push(folder("Journey", words, journey));
    }
    let words = "What every system has: who you are, what happened, several writes as one.";
    folders.push(folder("System", words, system(plan)));
    for context in &plan.system.contexts {
        let name = &context.name.text;
        let inside = requests(plan, name);
        if !inside.is_empty() {
            folders.push(folder(&names::titled(&names::pascal(name)), &context.doc, inside));
        }
    }
    let deletions = deletions(plan);
    if !deletions.is_empty() {
        let words =
            "What the requests above have made goes again, rows that refer to others first.";
        folders.push(folder("Clean up", words, deletions));
    }
    let common = object([("listen", "test".into()), ("script", script::of(&script::common()))]);
    object([
        ("info", info(plan)),
        ("event", Json::Array(vec![common])),
        ("variable", variables(plan)),
        ("item", Json::Array(folders)),
    ])
}

fn info(plan: &Plan) -> Json {
    let title = names::titled(&plan.system.name.text);
    let description = format!(
        "Start `architrave serve PATH --dev` on an empty data folder (values that must be unique are taken after the first \
         run), and put its address into `base_url` and its tokens (they are in `dev.json` of the data folder) into {}. \
         `newman run postman.json --env-var base_url=… --env-var token_…=…` runs all requests.",
        caller::names(plan).iter().map(|it| format!("`token_{it}`")).collect::<Vec<_>>().join(", ")
    );
    object([
        ("name", title.into()),
        ("description", description.into()),
        ("version", format!("1.0.0+{}", plan.hash).into()),
        ("schema", FORMAT.into()),
    ])
}

/// The address, a token for each role, an id for each entity, and the schemas that answers are held to.
fn variables(plan: &Plan) -> Json {
    let variable = |name: String, value: Json| object([("key", name.into()), ("value", value)]);
    let mut all = vec![variable("base_url".to_owned(), BASE_URL.into())];
    let tokens = caller::names(plan).into_iter();
    all.extend(tokens.map(|it| variable(format!("token_{it}"), "".into())));
    for id in plan.system.entity_ids().filter(|it| plan.system[*it].owner.is_none()) {
        // Until a request has found a row this names one that is not there.
        all.push(variable(request::id_variable(plan, id), example::id(id).into()));
    }
    let schemas = Json::Object(schema::all(plan)).to_pretty();
    all.push(variable("schemas".to_owned(), schemas.into()));
    Json::Array(all)
}

fn folder(name: &str, words: &str, items: Vec<Request>) -> Json {
    object([("name", name.into())])
        .with_text("description", words)
        .with("item", Json::Array(items.iter().map(Request::item).collect()))
}

/// Who one is comes first: later requests name the caller's own row.
fn system(plan: &Plan) -> Vec<Request> {
    let own = plan.operations.iter().filter(|it| names::tag(plan, it) == names::SYSTEM_TAG);
    let mut own: Vec<&Operation> = own.collect();
    own.sort_by_key(|it| it.kind != OperationKind::Me);
    own.into_iter().map(|it| Request::any(plan, it)).collect()
}

/// The requests of a context in the order of a row's life, without its end: other contexts still need the rows.
fn requests(plan: &Plan, context: &str) -> Vec<Request> {
    let inside = plan.operations.iter().filter(|it| names::tag(plan, it) == context && !ends(it));
    let mut inside: Vec<&Operation> = inside.collect();
    inside.sort_by_key(|it| (it.entity, age(it.kind)));
    inside.into_iter().map(|it| Request::any(plan, it)).collect()
}

/// Deletions, rows of later entities first: they refer to earlier ones more often than the other way round.
fn deletions(plan: &Plan) -> Vec<Request> {
    let mut all: Vec<&Operation> = plan.operations.iter().filter(|it| ends(it)).collect();
    all.sort_by_key(|it| (std::cmp::Reverse(it.entity), age(it.kind)));
    all.into_iter().map(|it| Request::any(plan, it)).collect()
}

fn ends(operation: &Operation) -> bool {
    matches!(operation.kind, OperationKind::Delete | OperationKind::Restore)
}

fn age(kind: OperationKind) -> u8 {
    match kind {
        OperationKind::Create => 0,
        OperationKind::List => 1,
        OperationKind::Read => 2,
        OperationKind::Update => 3,
        OperationKind::Command(_) => 4,
        OperationKind::Delete => 5,
        OperationKind::Restore => 6,
        OperationKind::Me | OperationKind::Events | OperationKind::Batch => 7,
    }
}
