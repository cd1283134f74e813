//! Bounded contexts and what they depend on.

use architrave_model::graph::{Graph, Known, Module, Node, Origin};
use architrave_plan::Plan;

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    graph.modules = system
        .contexts
        .iter()
        .map(|context| Module {
            node: Node::declared("module", context.name.text.clone(), context.span),
            depends_on: context
                .depends_on
                .iter()
                .map(|id| {
                    (format!("module:{}", system[*id].name.text), Origin::declared(context.span))
                })
                .collect(),
            owner: Known::declared(
                context.owner.as_ref().map(|it| it.text.clone()),
                context.owner.as_ref().map_or(context.span, |it| it.span),
            ),
        })
        .collect();
}
