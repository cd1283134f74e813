//! Whose a row is.

use architrave_model::graph::{Graph, Table};

/// Whether the rows of a table belong to single people: it says so, or it refers to them.
pub(super) fn is_somebodys(graph: &Graph, table: &Table) -> bool {
    table.subject.value().is_some() || refers_to_people(graph, table) || is_people(graph, table)
}

/// Whether the rows of a table are the people.
pub(super) fn is_people(graph: &Graph, table: &Table) -> bool {
    graph.people_table.as_deref() == Some(table.node.id.as_str())
}

fn refers_to_people(graph: &Graph, table: &Table) -> bool {
    let people = graph.people_table.as_deref();
    table.foreign_keys.iter().any(|it| Some(it.to.as_str()) == people)
}
