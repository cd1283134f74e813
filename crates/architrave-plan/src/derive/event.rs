//! Event types: what plain writes emit, and what the author declared.

use architrave_model::{Entity, EntityId, Event, EventId, EventPayload, OnDelete, System};

use super::input;
use crate::{EventData, EventKind, EventMember, EventType, Representation, Table};

/// Entities in the author's order, each with its plain events first; then events of contexts.
pub(super) fn event_types(
    system: &System,
    tables: &[Table],
    representations: &[Representation],
) -> Vec<EventType> {
    let mut types = Vec::new();
    for ((id, table), representation) in system.entity_ids().zip(tables).zip(representations) {
        // A part's changes are told by the events of its root.
        if table.parent.is_some() {
            continue;
        }
        let entity = &system[id];
        types.extend(plain_kinds(entity, table).map(|(name, kind)| plain(system, id, name, kind)));
        types.extend(entity.events.iter().map(|it| declared(system, *it, Some(representation))));
    }
    let ids = (0..).map(EventId).zip(&system.events);
    types.extend(
        ids.filter(|(_, it)| it.entity.is_none()).map(|(id, _)| declared(system, id, None)),
    );
    types
}

/// Any row can be created and updated (by the administrator, by commands); deleted only where a rule or
/// a cascade says so.
fn plain_kinds<'a>(
    entity: &Entity,
    table: &'a Table,
) -> impl Iterator<Item = (&'static str, EventKind)> + use<'a> {
    let cascades = table.foreign_keys.iter().any(|it| it.on_delete == OnDelete::Cascade);
    let is_deletable = entity.access.delete.is_some() || cascades;
    let is_soft = is_deletable && table.deleted_at.is_some();
    [
        (true, "created", EventKind::Created),
        (true, "updated", EventKind::Updated),
        (is_deletable, "deleted", EventKind::Deleted),
        (is_soft, "restored", EventKind::Restored),
        (is_soft, "purged", EventKind::Purged),
    ]
    .into_iter()
    .filter(|(is_there, ..)| *is_there)
    .map(|(_, name, kind)| (name, kind))
}

fn plain(system: &System, id: EntityId, event: &str, kind: EventKind) -> EventType {
    let is_gone = matches!(kind, EventKind::Deleted | EventKind::Purged);
    EventType {
        name: format!("{}.{event}", system.entity_path(id)),
        event: event.to_owned(),
        context: system[id].context,
        entity: Some(id),
        kind,
        doc: String::new(),
        data: if is_gone { EventData::Nothing } else { EventData::Row },
    }
}

fn declared(system: &System, id: EventId, representation: Option<&Representation>) -> EventType {
    let event = &system[id];
    let owner = event
        .entity
        .map_or_else(|| system[event.context].name.text.clone(), |it| system.entity_path(it));
    EventType {
        name: format!("{owner}.{}", event.name.text),
        event: event.name.text.clone(),
        context: event.context,
        entity: event.entity,
        kind: EventKind::Declared(id),
        doc: event.doc.clone(),
        data: data(system, event, representation),
    }
}

fn data(system: &System, event: &Event, representation: Option<&Representation>) -> EventData {
    match &event.payload {
        EventPayload::Carries(fields) => {
            let all = representation.map_or(&[][..], |it| &it.members);
            // A secret field is in no representation, hence in no event.
            let member = |field: &usize| all.iter().find(|it| it.field == Some(*field)).cloned();
            EventData::Carries(fields.iter().filter_map(member).collect())
        }
        EventPayload::Own(fields) => {
            let shown = fields.iter().filter(|it| !it.is_secret);
            let member = |field: &architrave_model::Field| {
                Some(EventMember {
                    name: field.name.text.clone(),
                    doc: field.doc.clone(),
                    kind: input::kind(system, field)?,
                    is_nullable: field.is_optional,
                })
            };
            EventData::Own(shown.filter_map(member).collect())
        }
    }
}
