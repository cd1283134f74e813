//! Fields in a table: type with bounds, who writes and reads it, how it is protected, where it is stored.

use architrave_model::{
    Default, Encryption, Entity, EntityId, Field, FieldType, System, UniqueScope, ValueObject,
    words,
};
use architrave_plan::{Bounds, ColumnRole, Plan, expression_text};

use crate::{
    field_type,
    page::{Page, code, escape},
    speech,
};

const HEAD: [&str; 6] = ["Field", "Type", "Meaning", "Written by", "Seen by", "Stored as"];

pub(super) fn of_entity(page: &mut Page, plan: &Plan, id: EntityId) {
    let entity = &plan.system[id];
    let rows: Vec<Vec<String>> = entity
        .fields
        .iter()
        .enumerate()
        .map(|(position, field)| {
            vec![
                code(&field.name.text),
                type_text(&plan.system, field, is_state(entity, position)),
                meaning(&plan.system, field),
                writers(plan, id, position, field),
                readers(&plan.system, entity, position, field),
                storage(plan, id, position, field),
            ]
        })
        .collect();
    page.lean_table(&HEAD, &rows);
}

/// Members of a value object; who writes and reads them is said where one is held.
pub(super) fn of_value(page: &mut Page, system: &System, value: &ValueObject) {
    let rows: Vec<Vec<String>> = value
        .fields
        .iter()
        .map(|field| {
            vec![
                code(&field.name.text),
                type_text(system, field, false),
                meaning(system, field),
                protection(field).unwrap_or_default(),
            ]
        })
        .collect();
    page.lean_table(&["Member", "Type", "Meaning", "Protected as"], &rows);
}

fn is_state(entity: &Entity, position: usize) -> bool {
    entity.lifecycle.as_ref().is_some_and(|it| it.field == position)
}

fn type_text(system: &System, field: &Field, is_state: bool) -> String {
    let mut parts = vec![code(&field_type::text(system, &field.ty))];
    parts.extend(bounds(system, field));
    if let Some(pattern) = &field.pattern {
        parts.push(format!("matching {}", code(pattern)));
    }
    if field.is_optional {
        parts.push("may be empty".to_owned());
    }
    match field.unique {
        Some(UniqueScope::Tenant) if system.identity.tenant.is_some() => {
            parts.push("unique per tenant".to_owned());
        }
        Some(_) => parts.push("unique".to_owned()),
        None => {}
    }
    if field.is_immutable {
        parts.push("never changes".to_owned());
    }
    match &field.default {
        Some(Default::Value(value)) if is_state => {
            parts.push(format!("begins as {}", speech::value(system, value)));
        }
        Some(Default::Value(value)) => {
            parts.push(format!("{} if left out", speech::value(system, value)));
        }
        Some(Default::Now) => parts.push("the time of the write if left out".to_owned()),
        Some(Default::CallerUser) => parts.push("the caller if left out".to_owned()),
        None => {}
    }
    parts.join(", ")
}

/// Bounds that the type's name does not say.
fn bounds(system: &System, field: &Field) -> Option<String> {
    let bounds = Bounds::of(&field.ty, field.min.as_ref(), field.max.as_ref());
    let plain = Bounds::of(&field.ty, None, None);
    match (&bounds, &plain) {
        (Bounds::Count { min: 0, max }, _) => {
            Some(format!("at most {}", words::grouped(u64::from(*max))))
        }
        (Bounds::Count { min, max }, _) => Some(format!("{min} to {max}")),
        (Bounds::Length { min, max }, Bounds::Length { min: plain_min, max: plain_max })
            if (min, max) != (plain_min, plain_max) =>
        {
            let max = words::grouped(u64::from(*max));
            Some(if *min == 0 {
                format!("at most {max} characters")
            } else {
                format!("{min} to {max} characters")
            })
        }
        (Bounds::Range { min, max }, Bounds::Range { min: plain_min, max: plain_max }) => {
            let low = (min != plain_min).then(|| format!("from {}", speech::value(system, min)));
            let high = (max != plain_max).then(|| format!("to {}", speech::value(system, max)));
            let both: Vec<String> = low.into_iter().chain(high).collect();
            (!both.is_empty()).then(|| both.join(" "))
        }
        (Bounds::Bytes { max }, _) => Some(format!("at most {}", words::bytes(u64::from(*max)))),
        _ => None,
    }
}

fn meaning(system: &System, field: &Field) -> String {
    let mut parts = Vec::new();
    if !field.doc.is_empty() {
        parts.push(escape(&field.doc));
    }
    match &field.ty {
        FieldType::Computed { expr, .. } => {
            parts.push(format!("Worked out as {}.", code(&expression_text(system, expr))));
        }
        FieldType::Sequence { template } => {
            parts.push(format!("Drawn as {} when the row is created.", code(template)));
        }
        _ => {}
    }
    parts.join(" ")
}

/// Every way in which the field gets its value.
fn writers(plan: &Plan, id: EntityId, position: usize, field: &Field) -> String {
    let entity = &plan.system[id];
    match &field.ty {
        FieldType::Computed { .. } => return "worked out".to_owned(),
        FieldType::Sequence { .. } => return "drawn".to_owned(),
        _ => {}
    }
    let root = plan.system.aggregate_root(id);
    let access = &plan.system[root].access;
    let index = id.0 as usize;
    let has = |shapes: &[architrave_plan::InputShape]| {
        shapes.get(index).is_some_and(|it| it.members.iter().any(|it| it.field == position))
    };
    let mut ways = Vec::new();
    if access.create.is_some() && has(&plan.creates) {
        ways.push("create".to_owned());
    }
    if access.update.is_some() && has(&plan.updates) {
        ways.push("change".to_owned());
    }
    let own = entity.access.fields.iter().find(|it| it.field == position);
    if let Some(rule) = own.and_then(|it| it.write.as_ref()).filter(|_| !ways.is_empty()) {
        ways.push(format!("only {}", speech::who(&plan.system, &rule.expr)));
    }
    for command in entity.commands.iter().map(|it| &plan.system[*it]) {
        let moves = is_state(entity, position) && command.transition.is_some();
        if moves || command.set.iter().any(|it| it.field == position) {
            ways.push(code(&command.name.text));
        }
    }
    let provision = &plan.system.identity.provision;
    if plan.system.identity.user == Some(id) && provision.iter().any(|it| it.0 == position) {
        ways.push("first sign-in".to_owned());
    }
    if ways.is_empty() { "the administrator".to_owned() } else { ways.join(", ") }
}

fn readers(system: &System, entity: &Entity, position: usize, field: &Field) -> String {
    if field.is_secret {
        return "nobody: it never leaves the database".to_owned();
    }
    let own = entity.access.fields.iter().find(|it| it.field == position);
    match own.and_then(|it| it.read.as_ref()) {
        Some(rule) => speech::who(system, &rule.expr),
        None => "whoever sees the row".to_owned(),
    }
}

/// The columns of a field and how they are protected.
fn storage(plan: &Plan, id: EntityId, position: usize, field: &Field) -> String {
    let columns = plan[id]
        .columns
        .iter()
        .filter(|it| matches!(it.role, ColumnRole::Field { field, .. } if field == position));
    let mut names = Vec::new();
    let mut has_lookup = false;
    for column in columns {
        names.push(code(&column.physical));
        if let Some(lookup) = &column.lookup {
            names.push(code(lookup));
            has_lookup = true;
        }
    }
    let place = match &field.ty {
        FieldType::Many { entity, .. } => format!("rows of {}", code(&plan[*entity].physical)),
        _ => names.join(", "),
    };
    match protection(field).or_else(|| of_members(&plan.system, field)) {
        Some(text) if has_lookup => format!("{place}; {text}, found by keyed hash"),
        Some(text) => format!("{place}; {text}"),
        None => place,
    }
}

/// Protection of single members of a value object.
fn of_members(system: &System, field: &Field) -> Option<String> {
    let FieldType::Value(value) = field.ty else { return None };
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for member in &system[value].fields {
        let Some(text) = protection(member) else { continue };
        match groups.iter_mut().find(|it| it.0 == text) {
            Some((_, names)) => names.push(code(&member.name.text)),
            None => groups.push((text, vec![code(&member.name.text)])),
        }
    }
    let groups: Vec<String> =
        groups.into_iter().map(|(text, names)| format!("{}: {text}", names.join(", "))).collect();
    (!groups.is_empty()).then(|| groups.join("; "))
}

/// Class and encryption.
fn protection(field: &Field) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(class) = &field.pii {
        parts.push(format!("personal ({})", escape(class)));
    }
    if field.is_secret {
        parts.push("secret".to_owned());
    }
    match field.encryption {
        Some(Encryption::Opaque | Encryption::Lookup) => parts.push("encrypted".to_owned()),
        None => {}
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
