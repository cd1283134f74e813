//! Events. All leave through the journal, which is written in the transaction of the change.

use architrave_model::graph::{Graph, Known, Message, Node, Origin};
use architrave_plan::{EventKind, EventType, Plan};

use super::{
    names,
    payloads::{self, Columns},
};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let columns = Columns::of(graph);
    graph.messages = plan.event_types.iter().map(|it| message(plan, &columns, it)).collect();
}

fn message(plan: &Plan, columns: &Columns<'_>, event: &EventType) -> Message {
    let system = &plan.system;
    let span = match event.kind {
        EventKind::Declared(id) => Some(system[id].span),
        _ => event.entity.map(|it| system[it].span),
    };
    let origin = span.map_or_else(Origin::built_in, Origin::declared);
    Message {
        node: Node { id: format!("message:{}", event.name), name: event.name.clone(), origin },
        module: Some(names::module(system, event.context)),
        channel: Some(names::STORE.to_owned()),
        payload: Known::Is(
            payloads::told(plan, columns, event.entity, &event.data, origin),
            origin,
        ),
        // A position is given to one event only, and counts up within its context.
        identity: Known::built_in("position".to_owned()),
        ordering_key: Known::built_in("position".to_owned()),
        is_transactional: Known::built_in(true),
        is_public: Known::built_in(true),
        ..Message::default()
    }
}
