//! Names of elements by id, as a person calls them.

use architrave_model::graph::{Graph, Node};

/// The name of the element with this id; the id itself where there is no such element.
#[must_use]
pub fn name_of<'g>(graph: &'g Graph, id: &'g str) -> &'g str {
    node_of(graph, id).map_or(id, |it| it.name.as_str())
}

/// The element with this id, where it is something that runs, keeps, is asked or belongs to somebody else.
#[must_use]
pub fn node_of<'g>(graph: &'g Graph, id: &str) -> Option<&'g Node> {
    let steps = graph.processes.iter().flat_map(|it| &it.steps).map(|it| &it.node);
    graph
        .services
        .iter()
        .map(|it| &it.node)
        .chain(graph.stores.iter().map(|it| &it.node))
        .chain(graph.externals.iter().map(|it| &it.node))
        .chain(graph.operations.iter().map(|it| &it.node))
        .chain(graph.modules.iter().map(|it| &it.node))
        .chain(graph.processes.iter().map(|it| &it.node))
        .chain(steps)
        .find(|it| it.id == id)
}
