//! The door of blueprints: the plan of a checked blueprint in, its graph out. A closed world: what the blueprint
//! does not say is absent, and what every system of ours does is known. One file per kind of element.

mod callers;
mod consumers;
mod indexes;
mod integrations;
mod messages;
mod modules;
mod names;
mod needs;
mod operations;
mod parties;
mod patterns;
mod payloads;
mod personal;
mod processes;
mod runtime;
mod tables;

use architrave_model::graph::{Graph, Node, Origin};
use architrave_plan::Plan;

pub use needs::needs_from;

/// The graph of a plan, judged on a day (days since 1970).
#[must_use]
pub fn graph_of(plan: &Plan, as_of_day: i32) -> Graph {
    let system = &plan.system;
    let mut graph = Graph {
        system: Node {
            id: "system".to_owned(),
            name: system.name.text.clone(),
            origin: Origin::declared(system.name.span),
        },
        is_closed: true,
        as_of_day,
        ..Graph::default()
    };
    for part in PARTS {
        part(plan, &mut graph);
    }
    graph
}

/// What adds to the graph, in order; a part may read what those before it have added.
const PARTS: &[fn(&Plan, &mut Graph)] = &[
    needs::add,
    modules::add,
    runtime::add,
    tables::add,
    operations::add,
    messages::add,
    consumers::add,
    processes::add,
    integrations::add,
    parties::add,
];
