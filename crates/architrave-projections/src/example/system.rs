//! Examples of what every system has: `/v1/me`, events, batches.

use architrave_plan::{
    Bounds, EventData, EventMember, EventType, InputKind, InputMember, Operation, OperationKind,
    Plan,
};

use super::Purpose;
use crate::{
    json::{Json, object},
    names,
};

/// An anonymous-looking example would teach little: a signed-in person of the first role.
pub(crate) fn me(plan: &Plan) -> Json {
    let identity = &plan.system.identity;
    let user = identity.user.map(super::id);
    let roles: Vec<String> = identity.roles.first().cloned().into_iter().collect();
    let readable = plan.operations.iter().filter(|it| it.kind == OperationKind::List);
    let operations: Vec<String> = readable.map(|it| it.name.clone()).collect();
    object([
        ("id", user.clone().into()),
        ("user", user.into()),
        ("tenant", identity.tenant.map(super::id).into()),
        ("is_authenticated", true.into()),
        ("is_system", false.into()),
        ("roles", roles.into()),
        ("scopes", Json::Array(Vec::new())),
        ("operations", operations.into()),
    ])
}

/// A page with one event: the first declared one, else the first of all.
pub(crate) fn events(plan: &Plan) -> Json {
    let is_declared = |it: &&EventType| matches!(it.data, EventData::Carries(_));
    let first = plan.event_types.iter().find(is_declared).or(plan.event_types.first());
    let items = first.map(|it| event(plan, it)).into_iter().collect();
    object([
        ("items", Json::Array(items)),
        ("next", super::POSITION.into()),
        ("is_complete", true.into()),
    ])
}

/// An event as `/v1/events` tells it.
pub(crate) fn event(plan: &Plan, event: &EventType) -> Json {
    let data = match (&event.data, event.entity) {
        (EventData::Nothing, _) => Json::Null,
        (EventData::Row, Some(id)) => super::row(plan, id),
        (EventData::Carries(members), Some(id)) => {
            Json::Object(super::members(plan, id, members, 2))
        }
        (EventData::Own(members), _) => {
            let members = members.iter().map(|it| (it.name.clone(), own(plan, it)));
            Json::Object(members.collect())
        }
        _ => object([]),
    };
    object([
        ("position", super::POSITION.into()),
        ("time", super::TIME.into()),
        ("actor", plan.system.identity.user.map(super::id).into()),
        ("context", plan.system[event.context].name.text.as_str().into()),
        ("type", event.name.as_str().into()),
        ("id", event.entity.map(super::id).into()),
        ("version", if event.entity.is_some() { Json::Int(2) } else { Json::Null }),
        ("data", data),
    ])
}

/// The value of a member of an event's own.
fn own(plan: &Plan, member: &EventMember) -> Json {
    let bounds = match &member.kind {
        InputKind::Scalar(scalar) => Bounds::of_scalar(scalar),
        _ => Bounds::None,
    };
    let member = InputMember {
        name: member.name.clone(),
        doc: String::new(),
        field: 0,
        kind: member.kind.clone(),
        is_nullable: member.is_nullable,
        is_required: true,
        default: None,
        bounds,
        pattern: None,
        has_write_rule: false,
        is_secret: false,
    };
    super::input_value(plan, None, &member, 1)
}

/// A batch: the first create of the document, and a command on the new row where there is one.
pub(crate) fn batch(plan: &Plan) -> Json {
    let mut operations = Vec::new();
    for (position, it) in batched(plan).into_iter().enumerate() {
        let path = it.path.replace("{id}", "{0.id}");
        let operation =
            object([("method", names::method(it.method).into()), ("path", path.into())]);
        let shape = it.entity.and_then(|id| plan.creates.get(id.0 as usize));
        operations.push(match shape.filter(|_| position == 0) {
            Some(shape) => {
                operation.with("body", super::body(plan, it.entity, shape, Purpose::Whole))
            }
            None => operation,
        });
    }
    object([("operations", Json::Array(operations))])
}

/// The answer to [`batch`].
pub(crate) fn batch_results(plan: &Plan) -> Json {
    let results = batched(plan).into_iter().filter_map(|it| {
        let id = it.entity?;
        let is_create = it.kind == OperationKind::Create;
        let location = is_create.then(|| format!("{}/{}", it.path, super::id(id)));
        let version = if is_create { 1 } else { 2 };
        Some(object([
            ("status", (if is_create { 201_i64 } else { 200 }).into()),
            ("etag", format!("\"{version}-9c1185a5c5e9fc54\"").into()),
            ("location", location.into()),
            ("body", super::after(plan, id, it.kind)),
        ]))
    });
    object([("results", Json::Array(results.collect()))])
}

/// A create that a command without input can follow, else the first create.
fn batched(plan: &Plan) -> Vec<&Operation> {
    let follows = |create: &Operation, it: &Operation| match it.kind {
        OperationKind::Command(command) if it.entity == create.entity => {
            plan.commands.get(command.0 as usize).is_some_and(|it| it.members.is_empty())
        }
        _ => false,
    };
    let creates = || plan.operations.iter().filter(|it| it.kind == OperationKind::Create);
    let pair = creates().find_map(|create| {
        let command = plan.operations.iter().find(|it| follows(create, it))?;
        Some(vec![create, command])
    });
    pair.unwrap_or_else(|| creates().take(1).collect())
}
