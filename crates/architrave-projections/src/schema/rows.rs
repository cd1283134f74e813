//! Schemas of what is answered: rows, pages, value objects.

use architrave_model::{EntityId, Field, FieldType};
use architrave_plan::{ColumnId, ColumnRole, Plan, RepresentationMember, RepresentationSource};

use crate::{
    example,
    json::{Json, object, reference},
    names,
    types::{self, nullable},
};

/// Most rows that are counted (the engine counts no further).
const COUNT_MAX: i64 = 10_000;

/// All schemas of entities and value objects, in the author's order.
pub(super) fn of_entities(plan: &Plan) -> Vec<(String, Json)> {
    let system = &plan.system;
    let mut schemas = Vec::new();
    for id in system.entity_ids() {
        let name = names::entity(system, id);
        let is_part = system[id].owner.is_some();
        schemas.push((name.clone(), row(plan, id)));
        if !is_part {
            schemas.push((format!("{name}Selection"), selection(plan, id)));
            schemas.push((format!("{name}Page"), page(plan, id)));
        }
    }
    schemas
}

/// A whole row: every member that no rule can hide is there.
fn row(plan: &Plan, id: EntityId) -> Json {
    let entity = &plan.system[id];
    let members = plan.representations.get(id.0 as usize).map(|it| it.members.as_slice());
    let members = members.unwrap_or_default();
    object([("type", "object".into())])
        .with_text("description", &entity.doc)
        .with("required", always_there(plan, id, members))
        .with("properties", properties(plan, id, members))
        .with("examples", Json::Array(vec![example::row(plan, id)]))
}

/// Names of the members that no rule can hide.
pub(super) fn always_there(
    plan: &Plan,
    id: EntityId,
    members: &[RepresentationMember],
) -> Vec<String> {
    let rules = &plan.system[id].access.fields;
    let is_ruled = |field: usize| rules.iter().any(|it| it.field == field && it.read.is_some());
    let there = members.iter().filter(|it| !it.field.is_some_and(is_ruled));
    there.map(|it| it.name.clone()).collect()
}

/// Members of a row, each with its schema.
pub(super) fn properties(plan: &Plan, id: EntityId, members: &[RepresentationMember]) -> Json {
    Json::Object(
        members.iter().map(|it| (it.name.clone(), property(plan, id, it, false))).collect(),
    )
}

/// What is left of a row with `fields`, and what becomes of it with `expand`.
fn selection(plan: &Plan, id: EntityId) -> Json {
    let name = names::entity(&plan.system, id);
    let members = plan.representations.get(id.0 as usize).map(|it| it.members.as_slice());
    let properties = members
        .unwrap_or_default()
        .iter()
        .map(|it| (it.name.clone(), property(plan, id, it, true)))
        .collect();
    let description = format!(
        "{name} as the request selects it: with `fields` only the members named there, with `expand` \
         objects in place of ids. Without either it is a whole {name}."
    );
    object([
        ("type", "object".into()),
        ("description", description.into()),
        ("properties", Json::Object(properties)),
    ])
}

/// One member of a row.
fn property(plan: &Plan, id: EntityId, member: &RepresentationMember, is_selection: bool) -> Json {
    let system = &plan.system;
    match &member.source {
        RepresentationSource::Column { column, .. } => {
            column_property(plan, id, *column, is_selection)
        }
        RepresentationSource::Object { presence, .. } => {
            let field = member.field.and_then(|it| system[id].fields.get(it));
            let Some(FieldType::Value(value)) = field.map(|it| &it.ty) else { return object([]) };
            let schema = reference(&format!("schemas/{}", names::value(system, *value)));
            let schema = if presence.is_some() { nullable(schema) } else { schema };
            schema.with_text("description", field.map_or("", |it| &it.doc))
        }
        RepresentationSource::Parts { entity } => {
            let field = member.field.and_then(|it| system[id].fields.get(it));
            match field {
                Some(field) => {
                    types::field_type(system, field).with_text("description", &field.doc)
                }
                None => object([("type", "array".into())]).with("maxItems", 10_000_i64).with(
                    "items",
                    reference(&format!("schemas/{}", names::entity(system, *entity))),
                ),
            }
        }
    }
}

fn column_property(plan: &Plan, id: EntityId, column: ColumnId, is_selection: bool) -> Json {
    let table = &plan[id];
    let role = table.columns.get(usize::from(column.0)).map(|it| it.role);
    let built_in = |schema: Json, description: &str| {
        schema.with("description", description).with("readOnly", true)
    };
    match role {
        Some(ColumnRole::Id) => built_in(types::uuid(), "Identifies the row; never changes."),
        Some(ColumnRole::Version) => built_in(
            object([
                ("type", "integer".into()),
                ("format", "int64".into()),
                ("minimum", 1_i64.into()),
                ("maximum", architrave_plan::INT_MAX.into()),
            ]),
            "Counts changes from 1.",
        ),
        Some(ColumnRole::CreatedAt) => built_in(types::timestamp(), "When the row was created."),
        Some(ColumnRole::UpdatedAt) => {
            built_in(types::timestamp(), "When the row was last changed.")
        }
        Some(ColumnRole::DeletedAt) => {
            built_in(nullable(types::timestamp()), "When the row was deleted.")
        }
        Some(ColumnRole::Field { field, member: None }) => {
            field_property(plan, id, field, column, is_selection)
        }
        Some(ColumnRole::Tenant | ColumnRole::Parent) => built_in(types::uuid(), "An id."),
        _ => object([]),
    }
}

fn field_property(
    plan: &Plan,
    id: EntityId,
    index: usize,
    column: ColumnId,
    is_selection: bool,
) -> Json {
    let Some(field) = plan.system[id].fields.get(index) else { return object([]) };
    let expanded = match (&field.ty, is_selection) {
        (FieldType::Ref { entity, .. }, true) => plan
            .lists
            .get(id.0 as usize)
            .filter(|list| list.expands.iter().any(|it| it.1 == column))
            .map(|_| names::entity(&plan.system, *entity)),
        _ => None,
    };
    let schema = match expanded {
        None => types::field_type(&plan.system, field),
        Some(other) => object([(
            "anyOf",
            Json::Array(vec![
                types::id_of(&other),
                reference(&format!("schemas/{other}Selection")),
            ]),
        )]),
    };
    described(plan, id, index, field, schema)
}

/// Adds nullability, the author's words, who sees it, and whether callers may write it.
fn described(plan: &Plan, id: EntityId, index: usize, field: &Field, schema: Json) -> Json {
    let own = match schema.get("description") {
        Some(Json::Text(it)) => it.clone(),
        _ => String::new(),
    };
    let is_optional = match &field.ty {
        FieldType::Computed { ty, .. } => ty.is_optional,
        _ => field.is_optional,
    };
    let schema = without_description(schema);
    let schema = if is_optional { nullable(schema) } else { schema };
    let access = plan.system[id].access.fields.iter().find(|it| it.field == index);
    let rule = access.and_then(|it| it.read.as_ref()).map_or_else(String::new, |rule| {
        format!(
            "Only there for callers with `{}`.",
            architrave_plan::expression_text(&plan.system, &rule.expr)
        )
    });
    let words: Vec<&str> =
        [field.doc.as_str(), &own, &rule].into_iter().filter(|it| !it.is_empty()).collect();
    let schema = schema.with_text("description", &words.join(" "));
    if is_written_by_callers(plan, id, index) { schema } else { schema.with("readOnly", true) }
}

fn is_written_by_callers(plan: &Plan, id: EntityId, index: usize) -> bool {
    [&plan.creates, &plan.updates].into_iter().any(|shapes| {
        shapes
            .get(id.0 as usize)
            .is_some_and(|shape| shape.members.iter().any(|it| it.field == index))
    })
}

fn without_description(schema: Json) -> Json {
    match schema {
        Json::Object(members) => {
            Json::Object(members.into_iter().filter(|it| it.0 != "description").collect())
        }
        other => other,
    }
}

/// A page of rows.
fn page(plan: &Plan, id: EntityId) -> Json {
    let name = names::entity(&plan.system, id);
    let limit_max = plan.lists.get(id.0 as usize).map_or(100, |it| it.limit_max);
    object([
        ("type", "object".into()),
        ("description", format!("A page of rows of {name}.").into()),
        ("required", vec!["items", "next", "prev"].into()),
        (
            "properties",
            object([
                (
                    "items",
                    object([
                        ("type", "array".into()),
                        ("maxItems", limit_max.into()),
                        ("items", reference(&format!("schemas/{name}Selection"))),
                    ]),
                ),
                ("next", link("Path and query of the next page; null on the last.")),
                ("prev", link("Path and query of the page before; null on the first.")),
                ("total", total(COUNT_MAX)),
            ]),
        ),
    ])
}

fn link(description: &str) -> Json {
    object([
        ("type", vec!["string", "null"].into()),
        ("format", "uri-reference".into()),
        ("maxLength", 16_384_i64.into()),
        ("description", description.into()),
    ])
}

fn total(count_max: i64) -> Json {
    let words = format!(
        "How many rows match; only with `Prefer: count=exact`, and only up to {count_max}."
    );
    object([
        ("type", "integer".into()),
        ("format", "int64".into()),
        ("minimum", 0_i64.into()),
        ("maximum", count_max.into()),
        ("description", words.into()),
    ])
}

/// Value objects as they are shown: secrets are not in them.
pub(super) fn of_values(plan: &Plan) -> Vec<(String, Json)> {
    let system = &plan.system;
    let mut schemas = Vec::new();
    for (index, value) in (0_u32..).zip(&system.values) {
        let shown: Vec<&Field> = value.fields.iter().filter(|it| !it.is_secret).collect();
        let properties = shown
            .iter()
            .map(|field| {
                let schema = types::field_type(system, field);
                let schema = if field.is_optional { nullable(schema) } else { schema };
                (field.name.text.clone(), schema.with_text("description", &field.doc))
            })
            .collect();
        let required: Vec<String> = shown.iter().map(|it| it.name.text.clone()).collect();
        let schema = object([("type", "object".into())])
            .with_text("description", &value.doc)
            .with("required", required)
            .with("properties", Json::Object(properties));
        schemas.push((names::value(system, architrave_model::ValueId(index)), schema));
    }
    schemas
}
