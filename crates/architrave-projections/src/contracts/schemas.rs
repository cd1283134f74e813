//! JSON Schema 2020-12: a file for each row, value object, body and event, referring to each other by relative
//! addresses.

use architrave_plan::Plan;

use crate::{
    Document, Material, Projection, Room,
    json::{Json, object},
    names,
    page::{Page, code, escape, link},
    schema,
};

/// `contracts/schemas/NAME.schema.json`, and a page that lists them.
pub(crate) const PROJECTION: Projection =
    Projection { name: "schemas", room: Room::Contracts, write };

const FOLDER: &str = "contracts/schemas";
const INDEX: &str = "contracts/schemas/README.md";
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Most characters of what a schema describes that the list repeats.
const WORDS_MAX: usize = 160;

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    let schemas = schema::of_data(plan);
    let mut documents = vec![index(plan, &schemas)];
    documents.extend(schemas.into_iter().map(|(name, schema)| Document {
        path: path(&name),
        title: name.clone(),
        summary: in_words(&schema),
        text: file(plan, &name, schema).to_pretty(),
    }));
    documents
}

fn path(name: &str) -> String {
    format!("{FOLDER}/{}", file_name(name))
}

fn file_name(name: &str) -> String {
    format!("{name}.schema.json")
}

/// The schema as a document of its own. Names under `.invalid` never lead anywhere (RFC 2606): the address only ties
/// the files together, wherever they are kept.
fn file(plan: &Plan, name: &str, schema: Json) -> Json {
    let system = names::spoken(&plan.system.name.text).replace(' ', "-");
    let host = if system.is_empty() { "system".to_owned() } else { system };
    let head = object([
        ("$schema", DIALECT.into()),
        ("$id", format!("https://{host}.invalid/schemas/{}", file_name(name)).into()),
        ("title", name.into()),
    ]);
    match (head, schema::with_references(schema, &file_name)) {
        (Json::Object(head), Json::Object(members)) => {
            Json::Object(head.into_iter().chain(members).collect())
        }
        (head, _) => head,
    }
}

fn in_words(schema: &Json) -> String {
    match schema.get("description") {
        Some(Json::Text(words)) => words.clone(),
        _ => String::new(),
    }
}

/// A heading, and which names stand below it.
type Group<'g> = (&'g str, &'g dyn Fn(&str) -> bool);

/// The files by what they describe.
fn index(plan: &Plan, schemas: &[(String, Json)]) -> Document {
    let title = "JSON Schemas";
    let mut page = Page::new(title);
    page.paragraph(&format!(
        "What the API shows and takes, as JSON Schema 2020-12: the same schemas as in \
         {} and {}, one file each. They refer to each other by the names of the files, so that the folder can be \
         copied anywhere; their addresses under {} lead nowhere.",
        link("OpenAPI", INDEX, "contracts/openapi.json"),
        link("AsyncAPI", INDEX, "contracts/asyncapi.json"),
        code(".invalid")
    ));
    let rows: Vec<String> =
        plan.system.entity_ids().map(|id| names::entity(&plan.system, id)).collect();
    let is_row = |name: &str| rows.iter().any(|it| it == name);
    let is_event = |name: &str| plan.event_types.iter().any(|it| it.name == name);
    let is_body = |name: &str| {
        let ends = ["Create", "Update", "Input", "Patch"].iter().any(|it| name.ends_with(it));
        !is_row(name) && !is_event(name) && ends
    };
    let groups: [Group<'_>; 4] = [
        ("Rows, as they are answered", &is_row),
        ("Bodies, as they are sent", &is_body),
        ("Events, as the journal tells them", &is_event),
        ("What these consist of", &|name| !is_row(name) && !is_body(name) && !is_event(name)),
    ];
    for (heading, is_inside) in groups {
        let inside: Vec<Vec<String>> =
            schemas.iter().filter(|it| is_inside(&it.0)).map(row).collect();
        if !inside.is_empty() {
            page.heading(2, heading);
            page.table(&["Schema", "What it describes"], &inside);
        }
    }
    Document {
        path: INDEX.to_owned(),
        title: title.to_owned(),
        summary: "A schema for each row, body and event, one file each.".to_owned(),
        text: page.finish(),
    }
}

fn row((name, schema): &(String, Json)) -> Vec<String> {
    let words = in_words(schema);
    let line = words.lines().next().unwrap_or_default();
    let line: String = line.chars().take(WORDS_MAX).collect();
    vec![link(name, INDEX, &path(name)), escape(&line)]
}
