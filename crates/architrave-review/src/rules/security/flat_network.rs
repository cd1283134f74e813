//! SEC-14: what faces the internet shares a network with the database that it never talks to.

use architrave_model::graph::{EdgeKind, Graph, Service, ServiceKind, Store};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list};

pub(super) const RULE: Rule = Rule {
    id: "SEC-14",
    name: "flat-network",
    family: Family::Security,
    title: "what faces the internet reaches a store that it does not use",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose],
    sources: &[
        Source {
            title: "CWE-653 Improper Isolation or Compartmentalization",
            url: "https://cwe.mitre.org/data/definitions/653.html",
        },
        Source {
            title: "Docker Compose: specify custom networks",
            url: "https://docs.docker.com/compose/how-tos/networking/",
        },
    ],
    maps: &[("CWE", "653"), ("STRIDE", "Elevation of privilege")],
    reads_names: false,
    page: include_str!("flat_network.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for front in graph.services.iter().filter(|it| faces_the_internet(it)) {
        let unused: Vec<&Store> = graph
            .stores
            .iter()
            .filter(|store| used_by_another(graph, front, store) && !uses(graph, front, store))
            .collect();
        if unused.is_empty() {
            continue;
        }
        let reached: Vec<&str> = unused
            .iter()
            .filter(|store| front.networks.iter().any(|it| store.networks.contains(it)))
            .map(|it| it.node.name.as_str())
            .collect();
        if reached.is_empty() {
            say.pass(&front.node);
        } else {
            say.fail(&front.node, format!("`{}` reaches {}, which it does not use", front.node.name, list(&reached)))
                .help("make two networks: one for what faces the internet and the services behind it, one for those services and the stores")
                .because(format!("they share the network {}", list(&front.networks)));
        }
    }
}

/// Proxies and pages: whatever else is public may use the store in ways that no file shows.
fn faces_the_internet(service: &Service) -> bool {
    service.is_public.value() == Some(&true)
        && matches!(service.kind.value(), Some(ServiceKind::Gateway | ServiceKind::Frontend))
        && !service.networks.is_empty()
}

fn uses(graph: &Graph, service: &Service, store: &Store) -> bool {
    graph.edges.iter().any(|it| it.from == service.node.id && it.to == store.node.id)
}

fn used_by_another(graph: &Graph, service: &Service, store: &Store) -> bool {
    graph
        .edges
        .iter()
        .any(|it| it.to == store.node.id && it.from != service.node.id && it.kind != EdgeKind::Hint)
}
