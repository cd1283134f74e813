//! Ids of elements, as every part of the graph writes them.

use architrave_model::{ContextId, EntityId, EventId, IntegrationId, RunTarget, System};
use architrave_plan::Plan;

/// The process that serves: one, whatever it serves.
pub(super) const SERVICE: &str = "service:backend";
/// Where its rows are kept.
pub(super) const STORE: &str = "store:database";

pub(super) fn module(system: &System, id: ContextId) -> String {
    format!("module:{}", system[id].name.text)
}

pub(super) fn table(system: &System, id: EntityId) -> String {
    format!("table:{}", system.entity_path(id))
}

/// `sales.Order.OrderPlaced`, `payments.ChargeDisputed`, as the journal names it.
pub(super) fn event(plan: &Plan, id: EventId) -> String {
    let event = &plan.system[id];
    match event.entity {
        Some(entity) => format!("{}.{}", plan.system.entity_path(entity), event.name.text),
        None => format!("{}.{}", plan.system[event.context].name.text, event.name.text),
    }
}

pub(super) fn message(plan: &Plan, id: EventId) -> String {
    format!("message:{}", event(plan, id))
}

/// `payments.gateway`
pub(super) fn integration(system: &System, id: IntegrationId) -> String {
    let integration = &system[id];
    format!("{}.{}", system[integration.context].name.text, integration.name.text)
}

/// What a step or a schedule runs: a command, or an operation of somebody else's system.
pub(super) fn target(system: &System, run: RunTarget) -> String {
    match run {
        RunTarget::Command(id) => {
            let command = &system[id];
            format!("operation:{}.{}", system.entity_path(command.entity), command.name.text)
        }
        RunTarget::Operation(id, position) => {
            let name = integration(system, id);
            let operation = system[id].operations.get(position);
            format!("external:{name}.{}", operation.map_or("", |it| it.name.text.as_str()))
        }
    }
}

/// `sales.Fulfilment`: something that a context declares.
pub(super) fn within(system: &System, context: ContextId, name: &str) -> String {
    format!("{}.{name}", system[context].name.text)
}
