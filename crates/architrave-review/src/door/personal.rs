//! Kinds of personal data that an expression or a payload carries.

use std::collections::BTreeSet;

use architrave_model::{
    EventId, Expr, ExprKind, Field, FieldType, Member, System,
    graph::{Known, Origin},
};

/// Kinds of personal data that an expression reads, whole value objects and rows included.
pub(super) fn in_expr(system: &System, expr: &Expr, found: &mut BTreeSet<String>) {
    expr.walk(&mut |it| {
        let ExprKind::Member { member, .. } = &it.kind else { return };
        match member {
            Member::Field { entity, field } => {
                in_field(system, system[*entity].fields.get(*field), found);
            }
            Member::ValueField { value, field } => {
                in_field(system, system[*value].fields.get(*field), found);
            }
            Member::Input { command, field } => {
                in_field(system, system[*command].input.get(*field), found);
            }
            Member::Event { event, field } => {
                let carried = system[*event].fields.get(*field).and_then(|it| it.field);
                let entity = system[*event].entity;
                if let (Some(entity), Some(field)) = (entity, carried) {
                    in_field(system, system[entity].fields.get(field), found);
                }
            }
            _ => {}
        }
    });
}

pub(super) fn in_fields(system: &System, fields: &[Field], found: &mut BTreeSet<String>) {
    for field in fields {
        in_field(system, Some(field), found);
    }
}

fn in_field(system: &System, field: Option<&Field>, found: &mut BTreeSet<String>) {
    let Some(field) = field else { return };
    found.extend(field.pii.clone());
    if let FieldType::Value(value) = field.ty {
        found.extend(system[value].fields.iter().filter_map(|it| it.pii.clone()));
    }
}

/// Kinds of personal data that some events carry.
pub(super) fn in_events(system: &System, events: &[EventId], found: &mut BTreeSet<String>) {
    for id in events {
        let event = &system[*id];
        let fields = event.entity.map(|it| system[it].fields.as_slice()).unwrap_or_default();
        for carried in event.fields.iter().filter_map(|it| it.field) {
            in_field(system, fields.get(carried), found);
        }
    }
}

/// As a fact: absent where there is none.
pub(super) fn known(found: BTreeSet<String>, origin: Origin) -> Known<Vec<String>> {
    if found.is_empty() {
        Known::Absent(origin)
    } else {
        Known::Is(found.into_iter().collect(), origin)
    }
}
