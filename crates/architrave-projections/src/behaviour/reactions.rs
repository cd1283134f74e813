//! Who reacts to an event, and in which words pages speak of events.

use architrave_model::{ContextId, EventId, System};

/// What an event sets in motion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reaction {
    /// The kind of block, e.g. `saga`.
    pub kind: &'static str,
    /// With its context, e.g. `sales.Fulfilment`.
    pub name: String,
}

/// What an event sets in motion, in the author's order by kind.
pub(crate) fn of(system: &System, event: EventId) -> Vec<Reaction> {
    let within = |context: ContextId, name: &str| format!("{}.{name}", system[context].name.text);
    let sagas = system
        .sagas
        .iter()
        .filter(|it| it.on == event)
        .map(|it| ("saga", within(it.context, &it.name.text)));
    let projections = system
        .projections
        .iter()
        .filter(|it| it.from.contains(&event))
        .map(|it| ("projection", within(it.context, &it.name.text)));
    let webhooks = system
        .webhooks
        .iter()
        .filter(|it| it.events.contains(&event))
        .map(|it| ("webhook", within(it.context, &it.name.text)));
    let notifications = system
        .notifications
        .iter()
        .filter(|it| it.on == event)
        .map(|it| ("notification", within(it.context, &it.name.text)));
    sagas
        .chain(projections)
        .chain(webhooks)
        .chain(notifications)
        .map(|(kind, name)| Reaction { kind, name })
        .collect()
}

/// `sales.Order.OrderPlaced`, as the journal names it.
pub(crate) fn event_name(system: &System, id: EventId) -> String {
    let event = &system[id];
    match event.entity {
        Some(entity) => format!("{}.{}", system.entity_path(entity), event.name.text),
        None => format!("{}.{}", system[event.context].name.text, event.name.text),
    }
}
