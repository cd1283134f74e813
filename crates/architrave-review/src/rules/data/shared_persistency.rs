//! DAT-01: one database that several programs write.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{
    Edge, EdgeKind, Graph, Known, Node, Service, ServiceKind, Store, StoreKind,
};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "DAT-01",
    name: "shared-persistency",
    family: Family::Data,
    title: "several programs write one database",
    impact: 3,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Architectural smells of microservices: shared persistency (Neri and others)",
            url: "https://arxiv.org/abs/1906.01553",
        },
        Source {
            title: "Database per service (Chris Richardson)",
            url: "https://microservices.io/patterns/data/database-per-service.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("shared_persistency.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let keeps =
        |it: &&Store| matches!(it.kind.value(), Some(StoreKind::Relational | StoreKind::Document));
    for store in graph.stores.iter().filter(keeps) {
        let writers: Vec<(&Edge, &Service)> = graph
            .edges
            .iter()
            .filter(|it| it.to == store.node.id && it.kind == EdgeKind::Stores)
            .filter_map(|it| Some((it, graph.service(&it.from)?)))
            .filter(|(_, it)| is_program(it))
            .collect();
        judge_store(graph, store, &writers, say);
    }
}

/// Workers and jobs share the data of the program that they belong to; tools belong to nobody's.
fn is_program(service: &Service) -> bool {
    !matches!(
        service.kind.value(),
        Some(
            ServiceKind::Worker | ServiceKind::Job | ServiceKind::Monitoring | ServiceKind::Gateway
        )
    )
}

fn judge_store(graph: &Graph, store: &Store, writers: &[(&Edge, &Service)], say: &mut Verdicts) {
    let programs: BTreeSet<String> = writers.iter().map(|it| program(graph, it.1)).collect();
    if programs.is_empty() {
        return;
    }
    if programs.len() == 1 {
        return say.pass(&store.node);
    }
    let mut databases: BTreeMap<&str, Vec<&(&Edge, &Service)>> = BTreeMap::new();
    for writer in writers {
        match &writer.0.database {
            Known::Is(name, _) => databases.entry(name).or_default().push(writer),
            Known::Unknown | Known::Absent(_) => {
                let user = &writer.1.node.name;
                return say.cannot_tell(
                    &store.node,
                    format!("which database of `{}` is written by `{user}`", store.node.name),
                );
            }
        }
    }
    for (database, writers) in databases {
        judge_database(graph, store, database, &writers, say);
    }
}

fn judge_database(
    graph: &Graph,
    store: &Store,
    database: &str,
    writers: &[&(&Edge, &Service)],
    say: &mut Verdicts,
) {
    let name = format!("{}/{database}", store.node.name);
    let origin = writers.first().map_or(store.node.origin, |it| it.0.node.origin);
    let node = Node { id: format!("database:{name}"), name, origin };
    let mut seen = BTreeSet::new();
    let firsts: Vec<_> = writers.iter().filter(|it| seen.insert(program(graph, it.1))).collect();
    let [first, second, ..] = firsts.as_slice() else { return say.pass(&node) };
    let names: Vec<&String> = firsts.iter().map(|it| &it.1.node.name).collect();
    say.fail(
        &node,
        format!(
            "{} {} write the database `{database}`",
            list(&names),
            if names.len() == 2 { "both" } else { "all" }
        ),
    )
    .at(second.0.node.origin.span, "another program writes here")
    .also(first.0.node.origin.span, "one program writes here")
    .help(format!(
        "let `{}` own it, and ask it or read its events; or make one program of them",
        first.1.node.name
    ))
    .because("none of them can change a table without the others, nor be sure of what it reads");
}

/// What a service is a copy of: services of one repository, or built from one folder, are one program in several
/// roles. So are `social` and `social-streaming` of one owner.
fn program(graph: &Graph, service: &Service) -> String {
    let source = |it: &Service| {
        let id = it.image.as_ref()?;
        let image = graph.images.iter().find(|it| it.node.id == *id)?;
        Some(match image.repository.strip_prefix("build:") {
            Some(recipe) => recipe.rsplit_once('/').map_or("build:", |it| it.0).to_owned(),
            None => image.repository.clone(),
        })
    };
    let Some(own) = source(service) else { return service.node.id.clone() };
    let is_longer =
        |it: &String| own.strip_prefix(it.as_str()).is_some_and(|it| it.starts_with('-'));
    let shortest = graph.services.iter().filter_map(source).filter(is_longer).min();
    shortest.unwrap_or(own)
}
