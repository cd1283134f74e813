//! What most depends on: the elements whose load or loss is felt first.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{EdgeKind, Graph, Known, Node};

/// Most elements that are named.
const NAMED_MAX: usize = 5;
/// So many users make an element a place where they wait for each other.
const USERS_MIN: usize = 3;

/// An element on which others depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hot {
    /// Its id.
    pub id: String,
    /// As a person calls it.
    pub name: String,
    /// Why it is named, with numbers.
    pub because: String,
}

/// Stores and services that at least three others use at once; the most used first.
#[must_use]
pub fn bottlenecks(graph: &Graph) -> Vec<Hot> {
    let users = users(graph);
    let mut hot: Vec<(usize, Hot)> = elements(graph)
        .filter_map(|(node, _)| {
            let count = users.get(node.id.as_str())?.len();
            let because = format!("{count} others use it");
            (count >= USERS_MIN).then(|| (count, named(node, because)))
        })
        .collect();
    hot.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    hot.into_iter().take(NAMED_MAX).map(|it| it.1).collect()
}

/// Stores and services of which one copy is known to run and that others wait for; those first that most need.
#[must_use]
pub fn single_points_of_failure(graph: &Graph) -> Vec<Hot> {
    let users = users(graph);
    let mut hot: Vec<(usize, Hot)> = elements(graph)
        .filter(|(_, replicas)| replicas.value() == Some(&1))
        .filter_map(|(node, _)| {
            let all = users.get(node.id.as_str())?;
            let names: Vec<&str> = all.iter().take(3).copied().collect();
            let more = all.len().saturating_sub(names.len());
            let others = if more > 0 { format!(" and {more} more") } else { String::new() };
            let because = format!("one copy runs, and {}{others} need it", names.join(", "));
            Some((all.len(), named(node, because)))
        })
        .collect();
    hot.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    hot.into_iter().take(NAMED_MAX).map(|it| it.1).collect()
}

fn named(node: &Node, because: String) -> Hot {
    Hot { id: node.id.clone(), name: node.name.clone(), because }
}

fn elements(graph: &Graph) -> impl Iterator<Item = (&Node, &Known<u32>)> {
    let stores = graph.stores.iter().map(|it| (&it.node, &it.replicas));
    stores.chain(graph.services.iter().map(|it| (&it.node, &it.replicas)))
}

/// Who waits for an element: users that are services or stores of the graph, by the used element's id.
fn users(graph: &Graph) -> BTreeMap<&str, BTreeSet<&str>> {
    let names: BTreeMap<&str, &str> =
        elements(graph).map(|(node, _)| (node.id.as_str(), node.name.as_str())).collect();
    let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for edge in &graph.edges {
        let waits = edge.is_synchronous.value() != Some(&false) && edge.kind != EdgeKind::Hint;
        if let (true, Some(name)) = (waits, names.get(edge.from.as_str())) {
            users.entry(&edge.to).or_default().insert(name);
        }
    }
    users
}
