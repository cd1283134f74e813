//! `fields=` and `expand=`: which members are shown, and which references as objects.

use architrave_model::EntityId;
use architrave_plan::{CallerClass, ColumnType, FieldVisibility};

use super::{Choice, Selections, bad::Bad};
use crate::prepared::Prepared;

/// Most names in one parameter.
const NAMES_MAX: usize = 100;

/// Reads both parameters.
pub(super) fn choose(
    prepared: &Prepared,
    selections: &Selections,
    entity: EntityId,
    class: CallerClass,
    fields: Option<&str>,
    expand: Option<&str>,
    bad: &mut Bad,
) -> Choice {
    let mut choice = Choice::all(entity, class);
    let shape = selections.shape(entity, class);
    let is_hidden = |field: Option<usize>| {
        field.and_then(|it| shape.fields.get(it)) == Some(&FieldVisibility::Hidden)
    };
    let members = prepared.representation(entity).map(|it| it.members.as_slice());
    let members = members.unwrap_or_default();
    if let Some(fields) = fields {
        let mut chosen = Vec::new();
        for name in names(fields, "fields", bad) {
            match members.iter().position(|it| it.name == name) {
                Some(at) if !members.get(at).is_some_and(|it| is_hidden(it.field)) => {
                    chosen.push(at);
                }
                _ => bad.unreadable("fields", name),
            }
        }
        chosen.sort_unstable();
        chosen.dedup();
        choice.members = Some(chosen);
    }
    if let Some(expand) = expand {
        let table = &prepared.plan[entity];
        let offered = prepared.plan.lists.get(entity.0 as usize).map(|it| it.expands.as_slice());
        for name in names(expand, "expand", bad) {
            let found = offered.unwrap_or_default().iter().find(|(it, _)| it == name);
            let to = found.and_then(|(_, it)| table.column(*it)).map(|it| (&it.ty, it.role));
            let Some((column, (ColumnType::Ref(to), role))) = found.map(|(_, it)| *it).zip(to)
            else {
                bad.unreadable("expand", name);
                continue;
            };
            let field = match role {
                architrave_plan::ColumnRole::Field { field, .. } => Some(field),
                _ => None,
            };
            if is_hidden(field) {
                bad.unreadable("expand", name);
            } else if !choice.expands.iter().any(|(it, _)| *it == column) {
                choice.expands.push((column, *to));
            }
        }
        choice.expands.sort_unstable();
    }
    choice
}

fn names<'a>(text: &'a str, parameter: &str, bad: &mut Bad) -> Vec<&'a str> {
    let names: Vec<&str> = text.split(',').map(str::trim).collect();
    if names.len() > NAMES_MAX {
        bad.invalid(parameter, format!("Must have at most {NAMES_MAX} names."));
        return Vec::new();
    }
    for (index, name) in names.iter().enumerate() {
        if names.iter().take(index).any(|it| it == name) {
            bad.invalid(parameter, format!("`{name}` stands there more than once."));
        }
    }
    names
}
