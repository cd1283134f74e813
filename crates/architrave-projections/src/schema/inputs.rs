//! Schemas of what callers send: creates, updates, inputs of commands. Unknown members are refused, and
//! the schemas say so.

use architrave_model::{Default, EntityId, Scalar, Value};
use architrave_plan::{InputKind, InputMember, InputShape, OperationKind, Plan};

use crate::{
    example::{self, Purpose},
    json::{Json, object, reference},
    names,
    types::{self, nullable},
};

/// What a body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// The whole row or input.
    Whole,
    /// A merge (RFC 7396).
    Merge,
}

/// All schemas of bodies, in the order of operations, then those of parts and value objects.
pub(super) fn all(plan: &Plan) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    for operation in &plan.operations {
        let Some(id) = operation.entity else { continue };
        let name = names::entity(&plan.system, id);
        match operation.kind {
            OperationKind::Create => {
                if let Some(shape) = plan.creates.get(id.0 as usize) {
                    let example = example::body(plan, Some(id), shape, Purpose::Whole);
                    let schema = body(plan, shape, Use::Whole, None);
                    schemas.push((format!("{name}Create"), with_example(schema, example)));
                }
            }
            OperationKind::Update => {
                if let Some(shape) = plan.updates.get(id.0 as usize) {
                    let example = example::body(plan, Some(id), shape, Purpose::Change);
                    let schema = body(plan, shape, Use::Merge, None);
                    schemas.push((format!("{name}Update"), with_example(schema, example)));
                }
            }
            OperationKind::Command(command) => {
                let shape = plan.commands.get(command.0 as usize);
                let Some(shape) = shape.filter(|it| !it.members.is_empty()) else { continue };
                let Some(name) = names::command_input(plan, operation) else { continue };
                let example = example::body(plan, Some(id), shape, Purpose::Whole);
                schemas.push((name, with_example(body(plan, shape, Use::Whole, None), example)));
            }
            _ => {}
        }
    }
    schemas.extend(parts(plan));
    schemas.extend(values(plan));
    schemas
}

fn with_example(schema: Json, example: Json) -> Json {
    schema.with("examples", Json::Array(vec![example]))
}

/// Parts as they are sent: without `id` a part is new, with one it is changed.
fn parts(plan: &Plan) -> Vec<(String, Json)> {
    let mut schemas = Vec::new();
    for id in plan.system.entity_ids().filter(|it| plan.system[*it].owner.is_some()) {
        let name = names::entity(&plan.system, id);
        let position = id.0 as usize;
        if let Some(shape) = plan.creates.get(position) {
            schemas.push((format!("{name}Create"), body(plan, shape, Use::Whole, None)));
        }
        if let Some(shape) = plan.updates.get(position) {
            schemas.push((format!("{name}Update"), body(plan, shape, Use::Merge, Some(id))));
        }
    }
    schemas
}

/// Value objects as they are sent, once for the whole and once for a merge.
fn values(plan: &Plan) -> Vec<(String, Json)> {
    let mut schemas: Vec<(String, Json)> = Vec::new();
    let bodies = [&plan.creates, &plan.updates, &plan.commands];
    for member in bodies.into_iter().flatten().flat_map(|it| &it.members) {
        let InputKind::Object { value, shape } = &member.kind else { continue };
        for (usage, suffix) in [(Use::Whole, "Input"), (Use::Merge, "Patch")] {
            let name = format!("{}{suffix}", names::value(&plan.system, *value));
            if !schemas.iter().any(|it| it.0 == name) {
                schemas.push((name, body(plan, shape, usage, None)));
            }
        }
    }
    schemas
}

/// The schema of a body; `part` adds the id by which an existing part is named.
fn body(plan: &Plan, shape: &InputShape, usage: Use, part: Option<EntityId>) -> Json {
    let mut properties = Vec::new();
    if let Some(part) = part {
        let id = types::id_of(&plan.system[part].name.text);
        properties.push(("id".to_owned(), id));
    }
    for member in &shape.members {
        properties.push((member.name.clone(), property(plan, member, usage)));
    }
    let required: Vec<String> = shape
        .members
        .iter()
        .filter(|it| usage == Use::Whole && it.is_required)
        .map(|it| it.name.clone())
        .collect();
    let schema = object([("type", "object".into()), ("additionalProperties", false.into())]);
    let schema = if part.is_some() {
        schema.with("required", vec!["id"])
    } else if required.is_empty() {
        schema
    } else {
        schema.with("required", required)
    };
    schema.with("properties", Json::Object(properties))
}

fn property(plan: &Plan, member: &InputMember, usage: Use) -> Json {
    let system = &plan.system;
    let schema = match &member.kind {
        InputKind::Scalar(Scalar::File { .. }) if member.is_nullable => no_file("null"),
        InputKind::Scalar(scalar) => {
            types::scalar(system, scalar, &member.bounds, member.pattern.as_deref())
        }
        InputKind::Ref(entity) => types::id_of(&system[*entity].name.text),
        InputKind::Object { value, .. } => {
            let suffix = if usage == Use::Whole { "Input" } else { "Patch" };
            reference(&format!("schemas/{}{suffix}", names::value(system, *value)))
        }
        InputKind::List { item: Scalar::File { .. }, .. } => {
            no_file("array").with("maxItems", 0_i64).with("items", reference("schemas/File"))
        }
        InputKind::List { item, item_bounds } => {
            types::list(&member.bounds, types::scalar(system, item, item_bounds, None))
        }
        InputKind::Parts(entity) => types::list(&member.bounds, part(plan, *entity, usage)),
    };
    let has_own_words = schema.get("description").is_some();
    let schema = if member.is_nullable { nullable(schema) } else { schema };
    let schema = if member.doc.is_empty() || has_own_words {
        schema
    } else {
        schema.with("description", member.doc.as_str())
    };
    let schema = if member.is_secret { schema.with("writeOnly", true) } else { schema };
    match (&member.default, usage) {
        (Some(Default::Value(value)), Use::Whole) => match default_value(plan, value) {
            Some(value) => schema.with("default", value),
            None => schema,
        },
        _ => schema,
    }
}

/// What is taken in place of files until they can be uploaded.
fn no_file(name: &str) -> Json {
    let words = "Files cannot be uploaded yet: leave it empty.";
    object([("type", name.into()), ("description", words.into())])
}

fn part(plan: &Plan, entity: EntityId, usage: Use) -> Json {
    let name = names::entity(&plan.system, entity);
    let create = reference(&format!("schemas/{name}Create"));
    if usage == Use::Whole {
        return create;
    }
    let update = reference(&format!("schemas/{name}Update"));
    object([("anyOf", Json::Array(vec![create, update]))])
}

/// Defaults that are plain in JSON; others are said in words by their type.
fn default_value(plan: &Plan, value: &Value) -> Option<Json> {
    let system = &plan.system;
    Some(match value {
        Value::Bool(it) => (*it).into(),
        Value::Int(it) => (*it).into(),
        Value::Text(it) => it.as_str().into(),
        Value::Money(minor) => object([
            ("amount", types::decimal_text(*minor, system.currency_digits).into()),
            ("currency", system.currency.as_str().into()),
        ]),
        Value::Decimal { unscaled, scale } => types::decimal_text(*unscaled, *scale).into(),
        _ => return None,
    })
}
