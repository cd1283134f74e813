//! FIT-11: contexts that need each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{Edge, EdgeKind, Graph, Node, Origin};

use crate::measure::{paths::circles, words::list};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-11",
    name: "context-cycle",
    family: Family::Fit,
    title: "contexts need each other in a circle",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Sql],
    sources: &[
        Source {
            title: "On the criteria to be used in decomposing systems into modules (D. L. Parnas)",
            url: "https://doi.org/10.1145/361598.361623",
        },
        Source {
            title: "Acyclic dependencies principle (C2 wiki)",
            url: "https://wiki.c2.com/?AcyclicDependenciesPrinciple",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("context_cycle.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let contexts = contexts(graph);
    if contexts.len() < 2 {
        return;
    }
    // The search is over edges of a graph; what is one context's need of another is as good as a call.
    let mut needs = Graph { edges: uses(graph), ..Graph::default() };
    needs.edges.retain(|it| it.from != it.to);
    let groups = circles(&needs, &|_| true);
    for group in &groups {
        let members: Vec<&Node> =
            contexts.values().filter(|it| group.contains(it.id.as_str())).collect();
        let names: Vec<&str> = members.iter().map(|it| it.name.as_str()).collect();
        let Some(first) = members.first() else { continue };
        let inside: Vec<&Edge> = needs
            .edges
            .iter()
            .filter(|it| group.contains(it.from.as_str()) && group.contains(it.to.as_str()))
            .collect();
        let place = |it: &&&Edge| it.node.origin.span;
        let mut failure = say
            .fail(first, format!("{} need each other in a circle", list(&names)))
            .at(inside.first().as_ref().and_then(place), "one direction")
            .help("turn one direction round: let the one publish what happened and the other listen, keep a copy of the few fields that are needed, or make them one");
        for edge in inside.iter().skip(1) {
            failure = failure.also(edge.node.origin.span, "and another");
        }
        for edge in &inside {
            failure = failure.because(edge.node.name.clone());
        }
    }
    for node in contexts.values() {
        let is_inside = groups.iter().any(|it| it.contains(node.id.as_str()));
        let has_needs = needs.edges.iter().any(|it| it.from == node.id);
        if has_needs && !is_inside {
            say.pass(node);
        }
    }
}

/// Contexts of a blueprint, or schemas of a database, by id.
fn contexts(graph: &Graph) -> BTreeMap<String, Node> {
    let modules = graph.modules.iter().map(|it| it.node.clone());
    let mut found: BTreeMap<String, Node> = modules.map(|it| (it.id.clone(), it)).collect();
    if found.is_empty() {
        for table in &graph.tables {
            let Some(schema) = schema(&table.node.id) else { continue };
            let id = format!("schema:{schema}");
            let origin = table.node.origin;
            found.entry(id.clone()).or_insert(Node { id, name: schema.to_owned(), origin });
        }
    }
    found
}

/// Who needs whom: as contexts say, or as foreign keys between schemas do.
fn uses(graph: &Graph) -> Vec<Edge> {
    let declared = graph.modules.iter().flat_map(|module| {
        let to = module.depends_on.iter();
        to.map(|(id, origin)| need(&module.node.id, id, *origin))
    });
    let mut all: Vec<Edge> = declared.collect();
    if graph.modules.is_empty() {
        let mut seen = BTreeSet::new();
        for table in &graph.tables {
            for key in &table.foreign_keys {
                let (Some(from), Some(to)) = (schema(&table.node.id), schema(&key.to)) else {
                    continue;
                };
                if from != to && seen.insert((from, to)) {
                    all.push(need(&format!("schema:{from}"), &format!("schema:{to}"), key.origin));
                }
            }
        }
    }
    all
}

fn need(from: &str, to: &str, origin: Origin) -> Edge {
    let short = |it: &str| it.split_once(':').map_or(it, |it| it.1).to_owned();
    let name = format!("`{}` needs `{}`", short(from), short(to));
    Edge {
        node: Node { id: format!("need:{from}->{to}"), name, origin },
        from: from.to_owned(),
        to: to.to_owned(),
        kind: EdgeKind::Calls,
        ..Edge::default()
    }
}

/// `sales` of `table:sales.orders`.
fn schema(table: &str) -> Option<&str> {
    Some(table.strip_prefix("table:")?.split_once('.')?.0)
}
