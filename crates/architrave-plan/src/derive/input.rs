//! Input shapes of creates, updates and commands.

use architrave_model::{Entity, ExprKind, Field, FieldAccess, FieldType, System, Value};

use crate::{Bounds, InputKind, InputMember, InputShape};

/// What creates take, per entity.
pub(super) fn creates(system: &System) -> Vec<InputShape> {
    system.entities.iter().map(|entity| entity_shape(system, entity, |_| true, true)).collect()
}

/// What updates take, per entity.
pub(super) fn updates(system: &System) -> Vec<InputShape> {
    system
        .entities
        .iter()
        .map(|entity| entity_shape(system, entity, |it| !it.is_immutable, false))
        .collect()
}

/// What commands take, per command.
pub(super) fn commands(system: &System) -> Vec<InputShape> {
    system.commands.iter().map(|command| plain_shape(system, &command.input)).collect()
}

/// What a field of an event's own payload holds.
pub(super) fn kind(system: &System, field: &Field) -> Option<InputKind> {
    match &field.ty {
        FieldType::Scalar(scalar) => Some(InputKind::Scalar(scalar.clone())),
        FieldType::Ref { entity, .. } => Some(InputKind::Ref(*entity)),
        FieldType::Value(value) => {
            let member = |(position, field)| input_member(system, position, field, None);
            // Value objects hold plain values only, so this ends; of a faulty model we keep the plain ones.
            let is_plain = |it: &&Field| !matches!(it.ty, FieldType::Value(_));
            let fields = system[*value].fields.iter();
            let members =
                fields.enumerate().filter(|(_, it)| is_plain(it)).filter_map(member).collect();
            Some(InputKind::Object { value: *value, shape: InputShape { members } })
        }
        FieldType::List { item, .. } => {
            Some(InputKind::List { item: item.clone(), item_bounds: Bounds::of_scalar(item) })
        }
        FieldType::Many { entity, .. } => Some(InputKind::Parts(*entity)),
        FieldType::Computed { .. } | FieldType::Sequence { .. } => None,
    }
}

fn plain_shape(system: &System, fields: &[Field]) -> InputShape {
    let member = |(position, field)| input_member(system, position, field, None);
    InputShape { members: fields.iter().enumerate().filter_map(member).collect() }
}

fn entity_shape(
    system: &System,
    entity: &Entity,
    takes: impl Fn(&Field) -> bool,
    is_create: bool,
) -> InputShape {
    let state = entity.lifecycle.as_ref().map(|it| it.field);
    let access = |position: usize| entity.access.fields.iter().find(|it| it.field == position);
    let fields = entity.fields.iter().enumerate();
    let members = fields
        .filter(|(position, field)| Some(*position) != state && takes(field))
        .filter(|(position, _)| !access(*position).is_some_and(is_closed))
        .filter_map(|(position, field)| {
            let mut member = input_member(system, position, field, access(position))?;
            member.is_required &= is_create;
            Some(member)
        });
    InputShape { members: members.collect() }
}

/// `write = false`: by commands only.
fn is_closed(access: &FieldAccess) -> bool {
    let rule = access.write.as_ref();
    rule.is_some_and(|it| it.expr.kind == ExprKind::Literal(Value::Bool(false)))
}

fn input_member(
    system: &System,
    position: usize,
    field: &Field,
    access: Option<&FieldAccess>,
) -> Option<InputMember> {
    let kind = kind(system, field)?;
    let is_list = matches!(kind, InputKind::List { .. } | InputKind::Parts(_));
    let rule = access.and_then(|it| it.write.as_ref());
    Some(InputMember {
        name: field.name.text.clone(),
        doc: field.doc.clone(),
        field: position,
        is_nullable: field.is_optional,
        is_required: !field.is_optional && field.default.is_none() && !is_list,
        default: field.default.clone(),
        bounds: Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref()),
        pattern: field.pattern.clone(),
        has_write_rule: rule.is_some_and(|it| it.expr.kind != ExprKind::Literal(Value::Bool(true))),
        is_secret: field.is_secret,
        kind,
    })
}
