//! Example rows and bodies: valid, alike everywhere (the same row has the same id in every document),
//! and the same on every run.

mod compute;
mod pattern;
mod system;
mod text;

pub(crate) use system::event;

use architrave_model::{
    Base, EntityId, ExprKind, Field, FieldType, Member, Root, Scalar, System, Value,
};
use architrave_plan::{
    Bounds, ColumnRole, InputKind, InputMember, InputShape, Operation, OperationKind, Plan,
    RepresentationMember, RepresentationSource,
};

use crate::{
    json::{Json, object},
    types::decimal_text,
};

/// When everything in the examples happened.
pub(crate) const TIME: &str = "2026-03-01T09:30:00Z";
/// A place in the journal as text: form, epoch, transaction, event.
pub(crate) const POSITION: &str = "1.5f3a9c01.42.0";
/// Trace id of the examples' problems, from the W3C recommendation.
pub(crate) const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// An amount in minor units that looks like a price.
const PRICE_MINOR: i64 = 1250;
/// How deep examples nest: parts of parts and no further.
const DEPTH_MAX: u8 = 4;

/// The id of an entity's example row: a version 7 UUID that tells entities apart.
pub(crate) fn id(entity: EntityId) -> String {
    format!("01980f2e-7c00-7{:03x}-8000-{:012x}", entity.0 & 0xfff, 1)
}

/// The example row of an entity, as everybody who sees everything sees it.
pub(crate) fn row(plan: &Plan, entity: EntityId) -> Json {
    row_at(plan, entity, DEPTH_MAX)
}

fn row_at(plan: &Plan, entity: EntityId, depth: u8) -> Json {
    let Some(representation) = plan.representations.get(entity.0 as usize) else {
        return Json::Null;
    };
    let members = members(plan, entity, &representation.members, depth);
    Json::Object(members)
}

/// Example values of some members of a representation.
pub(crate) fn members(
    plan: &Plan,
    entity: EntityId,
    members: &[RepresentationMember],
    depth: u8,
) -> Vec<(String, Json)> {
    members
        .iter()
        .map(|member| (member.name.clone(), member_value(plan, entity, member, depth)))
        .collect()
}

fn member_value(plan: &Plan, entity: EntityId, member: &RepresentationMember, depth: u8) -> Json {
    match &member.source {
        RepresentationSource::Column { column, .. } => {
            let role = plan[entity].columns.get(usize::from(column.0)).map(|it| it.role);
            column_value(plan, entity, role)
        }
        RepresentationSource::Object { members: inner, .. } => {
            Json::Object(members(plan, entity, inner, depth))
        }
        RepresentationSource::Parts { .. } if depth == 0 => Json::Array(Vec::new()),
        RepresentationSource::Parts { entity } => {
            Json::Array(vec![row_at(plan, *entity, depth - 1)])
        }
    }
}

fn column_value(plan: &Plan, entity: EntityId, role: Option<ColumnRole>) -> Json {
    let system = &plan.system;
    match role {
        Some(ColumnRole::Id) => id(entity).into(),
        Some(ColumnRole::Version) => Json::Int(1),
        Some(ColumnRole::CreatedAt | ColumnRole::UpdatedAt) => TIME.into(),
        Some(ColumnRole::Tenant) => system.identity.tenant.map(id).into(),
        Some(ColumnRole::Parent) => system[entity].owner.map(|it| id(it.entity)).into(),
        Some(ColumnRole::Position) => Json::Int(0),
        Some(ColumnRole::DeletedAt) | None => Json::Null,
        Some(ColumnRole::Field { field, member: None }) => field_value(plan, entity, field),
        Some(ColumnRole::Field { field, member: Some(member) }) => {
            let value = match system[entity].fields.get(field).map(|it| &it.ty) {
                Some(FieldType::Value(value)) => *value,
                _ => return Json::Null,
            };
            match system[value].fields.get(member) {
                Some(it) => plain_value(system, None, it),
                None => Json::Null,
            }
        }
    }
}

impl From<Option<String>> for Json {
    fn from(it: Option<String>) -> Self {
        it.map_or(Self::Null, Self::Text)
    }
}

/// The example value of a stored field; what only commands fill in is still null.
fn field_value(plan: &Plan, entity: EntityId, index: usize) -> Json {
    let system = &plan.system;
    let Some(field) = system[entity].fields.get(index) else { return Json::Null };
    let is_written_by_callers = plan
        .creates
        .get(entity.0 as usize)
        .is_some_and(|shape| shape.members.iter().any(|it| it.field == index));
    let is_initial = system[entity].lifecycle.as_ref().is_some_and(|it| it.field == index);
    match (&field.ty, &system[entity].lifecycle) {
        (_, Some(lifecycle)) if is_initial => lifecycle.initial.as_str().into(),
        (FieldType::Ref { entity: to, .. }, _) if *to == entity && field.is_optional => Json::Null,
        (FieldType::Computed { expr, ty }, _) => compute::value(plan, entity, expr, ty),
        _ if field.is_optional && !is_written_by_callers => Json::Null,
        _ => plain_value(system, Some(entity), field),
    }
}

/// The example value of a field that does not depend on others.
fn plain_value(system: &System, entity: Option<EntityId>, field: &Field) -> Json {
    let name = full_name(system, entity, &field.name.text);
    let bounds = Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
    match &field.ty {
        FieldType::Scalar(scalar) => {
            scalar_value(system, &name, scalar, &bounds, field.pattern.as_deref())
        }
        FieldType::Ref { entity, .. } => id(*entity).into(),
        FieldType::List { item, .. } => list_value(system, &name, item, &bounds),
        FieldType::Sequence { template } => {
            let text = template.replace("{year}", "2026").replace("{month}", "03");
            text.replace("{day}", "01").replace("{n}", "1").into()
        }
        FieldType::Computed { ty, .. } => base_value(system, &ty.base),
        FieldType::Many { .. } | FieldType::Value(_) => Json::Null,
    }
}

/// `user.name`: the same name means different things in different entities.
fn full_name(system: &System, entity: Option<EntityId>, name: &str) -> String {
    entity.map_or_else(
        || name.to_owned(),
        |id| format!("{}.{name}", system[id].name.text.to_lowercase()),
    )
}

fn list_value(system: &System, name: &str, item: &Scalar, bounds: &Bounds) -> Json {
    let count = match bounds {
        Bounds::Count { min, max } => (*min).max(1).min(*max),
        _ => 1,
    };
    if matches!(item, Scalar::File { .. }) {
        return Json::Array(Vec::new());
    }
    let value = scalar_value(system, name, item, &Bounds::of_scalar(item), None);
    Json::Array(std::iter::repeat_n(value, count as usize).collect())
}

/// The number behind an example of `int` and money fields, for sums.
fn number(name: &str, scalar: &Scalar, bounds: &Bounds) -> Option<i64> {
    let wanted = match scalar {
        Scalar::Int if name.contains("stock") => 40,
        Scalar::Int => 2,
        Scalar::Money => PRICE_MINOR,
        Scalar::Decimal { scale, .. } => 15 * 10_i64.pow(u32::from(*scale)) / 10,
        _ => return None,
    };
    Some(match bounds {
        Bounds::Range {
            min: Value::Int(min) | Value::Money(min) | Value::Decimal { unscaled: min, .. },
            max: Value::Int(max) | Value::Money(max) | Value::Decimal { unscaled: max, .. },
        } => wanted.min(*max).max(*min),
        _ => wanted,
    })
}

fn scalar_value(
    system: &System,
    name: &str,
    scalar: &Scalar,
    bounds: &Bounds,
    pattern: Option<&str>,
) -> Json {
    let number = number(name, scalar, bounds).unwrap_or_default();
    match scalar {
        Scalar::Int => Json::Int(number),
        Scalar::Money => money(system, number),
        Scalar::Decimal { scale, .. } => decimal_text(number, *scale).into(),
        Scalar::String { .. } | Scalar::Text => text::of(name, bounds, pattern).into(),
        Scalar::Email => "ada@example.com".into(),
        Scalar::Phone => "+493012345678".into(),
        Scalar::Url => "https://example.com/about".into(),
        Scalar::Slug => "blue-mug".into(),
        Scalar::Country => "DE".into(),
        Scalar::Locale => "en".into(),
        Scalar::Bool => true.into(),
        Scalar::Uuid => "01980f2e-7c00-7fff-8000-000000000001".into(),
        Scalar::Timestamp => TIME.into(),
        Scalar::Date => "2026-03-01".into(),
        Scalar::Duration => "PT1H30M".into(),
        Scalar::Enum(values) => values.first().cloned().into(),
        Scalar::Json => object([]),
        Scalar::File { .. } => Json::Null,
    }
}

/// An amount as it is shown.
fn money(system: &System, minor: i64) -> Json {
    object([
        ("amount", decimal_text(minor, system.currency_digits).into()),
        ("currency", system.currency.as_str().into()),
    ])
}

/// Any value of a type.
pub(crate) fn base_value(system: &System, base: &Base) -> Json {
    let scalar = match base {
        Base::Bool => Scalar::Bool,
        Base::Int => Scalar::Int,
        Base::Decimal { scale } => Scalar::Decimal { precision: 18, scale: *scale },
        Base::Money => Scalar::Money,
        Base::Text => Scalar::Text,
        Base::Enum(values) => Scalar::Enum(values.clone()),
        Base::Uuid => Scalar::Uuid,
        Base::Timestamp => Scalar::Timestamp,
        Base::Date => Scalar::Date,
        Base::Duration => Scalar::Duration,
        Base::Row(entity) => return id(*entity).into(),
        Base::List(_) | Base::Parts(_) | Base::Set(_) => return Json::Array(Vec::new()),
        _ => return object([]),
    };
    scalar_value(system, "text", &scalar, &Bounds::of_scalar(&scalar), None)
}

/// What an example body is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Everything that may be sent and is worth showing.
    Whole,
    /// One change: the first member that is a plain value.
    Change,
}

/// An example body.
pub(crate) fn body(
    plan: &Plan,
    entity: Option<EntityId>,
    shape: &InputShape,
    purpose: Purpose,
) -> Json {
    let mut members: Vec<(String, Json)> = Vec::new();
    for member in shown(shape, purpose) {
        members.push((member.name.clone(), input_value(plan, entity, member, DEPTH_MAX)));
    }
    Json::Object(members)
}

/// Secrets and files are left out; of a change one member is enough.
fn shown(shape: &InputShape, purpose: Purpose) -> Vec<&InputMember> {
    let is_file = |kind: &InputKind| {
        matches!(
            kind,
            InputKind::Scalar(Scalar::File { .. })
                | InputKind::List { item: Scalar::File { .. }, .. }
        )
    };
    let all =
        shape.members.iter().filter(|it| it.is_required || (!it.is_secret && !is_file(&it.kind)));
    match purpose {
        Purpose::Whole => all.collect(),
        Purpose::Change => {
            let plain: Vec<_> = all.filter(|it| matches!(it.kind, InputKind::Scalar(_))).collect();
            let best = plain.iter().find(|it| !it.is_secret).or(plain.first());
            best.copied().into_iter().collect()
        }
    }
}

/// An example value of a member of a body.
pub(crate) fn input_value(
    plan: &Plan,
    entity: Option<EntityId>,
    member: &InputMember,
    depth: u8,
) -> Json {
    let system = &plan.system;
    let pattern = member.pattern.as_deref();
    match &member.kind {
        InputKind::Scalar(Scalar::File { .. }) => Json::Null,
        InputKind::Scalar(scalar) => {
            let name = full_name(system, entity, &member.name);
            scalar_value(system, &name, scalar, &member.bounds, pattern)
        }
        InputKind::Ref(to) if Some(*to) == entity && member.is_nullable => Json::Null,
        InputKind::Ref(to) => id(*to).into(),
        InputKind::List { item, .. } => list_value(system, &member.name, item, &member.bounds),
        InputKind::Object { shape, .. } => Json::Object(
            shown(shape, Purpose::Whole)
                .into_iter()
                .map(|it| (it.name.clone(), input_value(plan, entity, it, depth)))
                .collect(),
        ),
        InputKind::Parts(_) if depth == 0 => Json::Array(Vec::new()),
        InputKind::Parts(part) => match plan.creates.get(part.0 as usize) {
            Some(shape) => Json::Array(vec![Json::Object(
                shown(shape, Purpose::Whole)
                    .into_iter()
                    .map(|it| (it.name.clone(), input_value(plan, Some(*part), it, depth - 1)))
                    .collect(),
            )]),
            None => Json::Array(Vec::new()),
        },
    }
}

/// The example row after an operation: a command has set what it sets and moved it to its state.
pub(crate) fn after(plan: &Plan, id: EntityId, kind: OperationKind) -> Json {
    let before = row(plan, id);
    let (OperationKind::Command(command), Json::Object(mut members)) = (kind, before.clone())
    else {
        return before;
    };
    let entity = &plan.system[id];
    let command_id = command;
    let command = &plan.system[command];
    let mut put = |field: usize, value: Json| {
        let name = entity.fields.get(field).map(|it| it.name.text.as_str());
        if let Some(member) = members.iter_mut().find(|it| Some(it.0.as_str()) == name) {
            member.1 = value;
        }
    };
    for set in &command.set {
        let value = match &set.value.kind {
            ExprKind::Root(Root::Now) => TIME.into(),
            ExprKind::Member { member: Member::Input { field, .. }, .. } => {
                let shape = plan.commands.get(command_id.0 as usize);
                let member = shape.and_then(|it| it.members.iter().find(|it| it.field == *field));
                match member {
                    Some(member) => input_value(plan, Some(id), member, DEPTH_MAX),
                    None => continue,
                }
            }
            _ => continue,
        };
        put(set.field, value);
    }
    if let (Some((state, _)), Some(lifecycle)) = (&command.transition, &entity.lifecycle) {
        put(lifecycle.field, state.as_str().into());
    }
    if let Some(version) = members.iter_mut().find(|it| it.0 == "version") {
        version.1 = Json::Int(2);
    }
    Json::Object(members)
}

/// The example body of an operation's request; none for those that take none.
pub(crate) fn request(plan: &Plan, operation: &Operation) -> Option<Json> {
    let position = operation.entity.map(|id| id.0 as usize);
    let (shape, purpose) = match operation.kind {
        OperationKind::Create => (plan.creates.get(position?)?, Purpose::Whole),
        OperationKind::Update => (plan.updates.get(position?)?, Purpose::Change),
        OperationKind::Command(command) => (plan.commands.get(command.0 as usize)?, Purpose::Whole),
        OperationKind::Batch => return Some(system::batch(plan)),
        _ => return None,
    };
    let is_empty_command =
        shape.members.is_empty() && matches!(operation.kind, OperationKind::Command(_));
    (!is_empty_command).then(|| body(plan, operation.entity, shape, purpose))
}

/// The example body of an operation's success; null for deletions.
pub(crate) fn answer(plan: &Plan, operation: &Operation) -> Json {
    match (operation.kind, operation.entity) {
        (OperationKind::Me, _) => system::me(plan),
        (OperationKind::Events, _) => system::events(plan),
        (OperationKind::Batch, _) => system::batch_results(plan),
        (OperationKind::Delete, _) | (_, None) => Json::Null,
        (OperationKind::List, Some(id)) => object([
            ("items", Json::Array(vec![row(plan, id)])),
            ("next", Json::Null),
            ("prev", Json::Null),
        ]),
        (kind, Some(id)) => after(plan, id, kind),
    }
}
