//! Schemas of events, as the journal tells them: the envelope that all share, with the type and the data of each.

use architrave_plan::{EventData, EventMember, EventType, InputKind, Plan};

use super::rows;
use crate::{
    example,
    json::{Json, object, reference},
    names,
    types::{self, nullable},
};

/// Every event by its name.
pub(crate) fn all(plan: &Plan) -> Vec<(String, Json)> {
    plan.event_types.iter().map(|it| (it.name.clone(), event(plan, it))).collect()
}

fn event(plan: &Plan, event: &EventType) -> Json {
    let properties = object([
        ("context", object([("const", plan.system[event.context].name.text.as_str().into())])),
        ("type", object([("const", event.name.as_str().into())])),
        ("data", data(plan, event)),
    ]);
    object([])
        .with("description", in_words(plan, event))
        .with("allOf", Json::Array(vec![reference("schemas/Event")]))
        .with("required", vec!["context", "type", "data"])
        .with("properties", properties)
        .with("examples", Json::Array(vec![example::event(plan, event)]))
}

/// The author's words, or what happened.
fn in_words(plan: &Plan, event: &EventType) -> String {
    if !event.doc.is_empty() {
        return event.doc.clone();
    }
    let entity = event.entity.map(|id| names::spoken(&plan.system[id].name.text));
    match (entity, event.event.as_str()) {
        (Some(entity), "created") => format!("A new {entity} is there."),
        (Some(entity), "updated") => format!("Members of a {entity} have changed."),
        (Some(entity), "deleted") => format!("A {entity} is gone."),
        (Some(entity), "restored") => format!("A deleted {entity} is back."),
        (Some(entity), "purged") => format!("A deleted {entity} is gone for good."),
        (Some(entity), other) => format!("{} of a {entity}.", names::titled(other)),
        (None, other) => format!("{}.", names::titled(other)),
    }
}

fn data(plan: &Plan, event: &EventType) -> Json {
    let schema = object([("type", "object".into())]);
    match (&event.data, event.entity) {
        (EventData::Row, Some(id)) => {
            reference(&format!("schemas/{}", names::entity(&plan.system, id)))
        }
        (EventData::Carries(members), Some(id)) => schema
            .with("required", rows::always_there(plan, id, members))
            .with("properties", rows::properties(plan, id, members)),
        (EventData::Own(members), _) => {
            let properties = members.iter().map(|it| (it.name.clone(), own(plan, it)));
            schema
                .with("required", members.iter().map(|it| it.name.clone()).collect::<Vec<_>>())
                .with("properties", Json::Object(properties.collect()))
        }
        _ => object([("type", "null".into())]),
    }
}

fn own(plan: &Plan, member: &EventMember) -> Json {
    let system = &plan.system;
    let schema = match &member.kind {
        InputKind::Scalar(it) => {
            types::scalar(system, it, &architrave_plan::Bounds::of_scalar(it), None)
        }
        InputKind::Ref(entity) => types::id_of(&system[*entity].name.text),
        InputKind::Object { value, .. } => {
            reference(&format!("schemas/{}", names::value(system, *value)))
        }
        InputKind::List { item, item_bounds } => {
            let bounds = architrave_plan::Bounds::None;
            types::list(&bounds, types::scalar(system, item, item_bounds, None))
        }
        InputKind::Parts(entity) => {
            let part = reference(&format!("schemas/{}", names::entity(system, *entity)));
            types::list(&architrave_plan::Bounds::None, part)
        }
    };
    let schema = if member.is_nullable { nullable(schema) } else { schema };
    if schema.get("description").is_some() {
        return schema;
    }
    schema.with_text("description", &member.doc)
}
