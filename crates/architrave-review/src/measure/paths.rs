//! Paths through the graph: who waits for whom, in circles or in rows. Work is bounded by elements times edges.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{Edge, EdgeKind, Graph};

/// Longest path that is followed; what is deeper is cut off.
const DEPTH_MAX: usize = 64;
/// Most elements that are visited for one question.
const VISITS_MAX: usize = 100_000;

/// Whether the user of an edge waits for an answer over it, as far as anybody knows.
#[must_use]
pub fn waits(edge: &Edge) -> bool {
    edge.kind == EdgeKind::Calls && edge.is_synchronous.value() != Some(&false)
}

/// Groups of elements that wait for each other in a circle, each group and all groups in order of their ids.
#[must_use]
pub fn circles<'g>(graph: &'g Graph, counts: &dyn Fn(&Edge) -> bool) -> Vec<BTreeSet<&'g str>> {
    let forward = neighbours(graph, counts, |it| (it.from.as_str(), it.to.as_str()));
    let backward = neighbours(graph, counts, |it| (it.to.as_str(), it.from.as_str()));
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    let order = finishing_order(&forward);
    for start in order.into_iter().rev() {
        if seen.contains(start) {
            continue;
        }
        // Kosaraju: whoever reaches the start backwards and is not yet in a group is in this one.
        let mut group = BTreeSet::new();
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                group.insert(at);
                open.extend(backward.get(at).into_iter().flatten());
            }
        }
        let calls_itself = forward.get(start).is_some_and(|it| it.contains(&start));
        if group.len() > 1 || calls_itself {
            found.push(group);
        }
    }
    found.sort();
    found
}

/// Elements in the order in which a search leaves them. A stack of its own: the graph may be deeper than ours.
fn finishing_order<'g>(forward: &BTreeMap<&'g str, Vec<&'g str>>) -> Vec<&'g str> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for start in forward.keys() {
        let mut open = vec![(*start, false)];
        while let Some((at, is_done)) = open.pop() {
            if is_done {
                order.push(at);
            } else if seen.insert(at) {
                open.push((at, true));
                let next = forward.get(at).into_iter().flatten();
                open.extend(next.filter(|it| !seen.contains(*it)).map(|it| (*it, false)));
            }
        }
    }
    order
}

fn neighbours<'g>(
    graph: &'g Graph,
    counts: &dyn Fn(&Edge) -> bool,
    ends: fn(&'g Edge) -> (&'g str, &'g str),
) -> BTreeMap<&'g str, Vec<&'g str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for edge in graph.edges.iter().filter(|it| counts(it)) {
        let (from, to) = ends(edge);
        all.entry(from).or_default().push(to);
    }
    all
}

/// Everything that an element needs, directly or through others, along edges that count; itself left out. In
/// order of ids.
#[must_use]
pub fn needs<'g>(
    graph: &'g Graph,
    start: &str,
    counts: &dyn Fn(&Edge) -> bool,
) -> BTreeSet<&'g str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    let next = neighbours(graph, counts, |it| (it.from.as_str(), it.to.as_str()));
    open.extend(next.get(start).into_iter().flatten());
    while let Some(at) = open.pop() {
        if at != start && found.insert(at) && found.len() < VISITS_MAX {
            open.extend(next.get(at).into_iter().flatten());
        }
    }
    found
}

/// A row of calls of which at least two are repeated, and how often the last element is asked for one request
/// of the first when everything fails.
#[derive(Debug, Clone)]
pub struct Amplification<'g> {
    /// The edges, in order of the calls.
    pub path: Vec<&'g Edge>,
    /// Product of the attempts along the path.
    pub attempts: u64,
}

/// For each last edge the path that asks it most often, where more than one edge of it is repeated. Edges whose
/// attempts are not known count once: a lower bound.
#[must_use]
pub fn amplifications(graph: &Graph) -> Vec<Amplification<'_>> {
    let edges: Vec<&Edge> = graph.edges.iter().filter(|it| waits(it)).collect();
    let mut into: BTreeMap<&str, Vec<&Edge>> = BTreeMap::new();
    for edge in &edges {
        into.entry(edge.to.as_str()).or_default().push(edge);
    }
    let last = edges.iter().filter(|it| attempts(it) > 1);
    let mut found: Vec<Amplification<'_>> = last.map(|it| worst_into(it, &into)).collect();
    found.retain(|it| it.path.iter().filter(|edge| attempts(edge) > 1).count() > 1);
    found
}

/// Attempts of one edge; 1 where nobody said.
fn attempts(edge: &Edge) -> u64 {
    // What is repeated for ever is another rule's matter; here it counts as very often.
    edge.retry.value().map_or(1, |it| it.attempts_max.map_or(100, u64::from).max(1))
}

/// Walks upwards by the edge with the most attempts. Greedy: exact where callers are few, a lower bound always.
fn worst_into<'g>(last: &'g Edge, into: &BTreeMap<&str, Vec<&'g Edge>>) -> Amplification<'g> {
    let mut path = vec![last];
    let mut product = attempts(last);
    let mut seen: BTreeSet<&str> = BTreeSet::from([last.to.as_str()]);
    let mut at = last.from.as_str();
    while path.len() < DEPTH_MAX && seen.insert(at) {
        let callers = into.get(at).into_iter().flatten();
        let Some(worst) = callers.copied().max_by_key(|it| attempts(it)) else { break };
        product = product.saturating_mul(attempts(worst));
        path.push(worst);
        at = worst.from.as_str();
    }
    path.reverse();
    Amplification { path, attempts: product }
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::{Known, RetryPolicy};

    use super::*;

    fn edge(from: &str, to: &str, attempts_max: Option<u32>) -> Edge {
        let policy = |it| RetryPolicy {
            attempts_max: Some(it),
            is_exponential: true,
            has_jitter: true,
            first_us: 1,
            max_us: 1,
        };
        Edge {
            from: from.to_owned(),
            to: to.to_owned(),
            retry: attempts_max.map_or(Known::Unknown, |it| Known::built_in(policy(it))),
            ..Edge::default()
        }
    }

    fn graph(edges: &[(&str, &str, Option<u32>)]) -> Graph {
        let edges = edges.iter().map(|(from, to, attempts)| edge(from, to, *attempts)).collect();
        Graph { edges, ..Graph::default() }
    }

    #[test]
    fn circles_are_found_and_trees_are_not() {
        let found = |edges: &[(&str, &str, Option<u32>)]| {
            let graph = graph(edges);
            let groups = circles(&graph, &waits);
            groups.iter().map(|it| it.iter().copied().collect::<String>()).collect::<Vec<_>>()
        };
        let e = |from, to| (from, to, None);
        assert!(found(&[e("a", "b"), e("a", "c"), e("b", "d"), e("c", "d")]).is_empty());
        assert_eq!(found(&[e("a", "b"), e("b", "c"), e("c", "a"), e("c", "d")]), ["abc"]);
        assert_eq!(
            found(&[e("a", "b"), e("b", "a"), e("b", "c"), e("c", "d"), e("d", "c")]),
            ["ab", "cd"]
        );
        assert_eq!(found(&[e("a", "a")]), ["a"]);
    }

    #[test]
    fn needs_follow_edges_and_end_in_circles() {
        let graph =
            graph(&[("a", "b", None), ("b", "c", None), ("c", "a", None), ("x", "a", None)]);
        let all = |_: &Edge| true;
        assert_eq!(needs(&graph, "a", &all), BTreeSet::from(["b", "c"]));
        assert_eq!(needs(&graph, "x", &all), BTreeSet::from(["a", "b", "c"]));
        assert!(needs(&graph, "nobody", &all).is_empty());
    }

    #[test]
    fn attempts_multiply_along_a_path_and_circles_end() {
        let found = |edges: &[(&str, &str, Option<u32>)]| {
            let graph = graph(edges);
            amplifications(&graph).iter().map(|it| it.attempts).collect::<Vec<_>>()
        };
        // 3 x 3 x 3 = 27 at the bottom.
        let three = |from, to| (from, to, Some(3));
        assert_eq!(found(&[three("a", "b"), three("b", "c"), three("c", "d")]), [9, 27]);
        assert!(found(&[three("a", "b"), ("b", "c", None)]).is_empty());
        assert_eq!(found(&[three("a", "b"), ("b", "c", None), three("c", "d")]), [9]);
        assert_eq!(found(&[three("a", "b"), three("b", "a")]), [9, 9]);
    }
}
