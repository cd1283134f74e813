//! REL-21: services that wait for each other in a circle.

use architrave_model::graph::{Edge, Graph, ServiceKind};

use crate::measure::{
    names::{name_of, node_of},
    paths::{circles, waits},
    words::list,
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-21",
    name: "sync-cycle",
    family: Family::Reliability,
    title: "services wait for each other in a circle",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Code smells of microservices: cyclic dependency (Walker, Das, Cerny)",
            url: "https://doi.org/10.3390/app10217800",
        },
        Source {
            title: "Avoid cyclic dependencies: On the criteria to be used in decomposing systems (D. L. Parnas)",
            url: "https://doi.org/10.1145/361598.361623",
        },
    ],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("sync_cycle.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let counts = |edge: &Edge| waits(edge) && is_between_services(graph, edge);
    let groups = circles(graph, &counts);
    for group in &groups {
        let ids: Vec<&str> = group.iter().copied().collect();
        let Some(node) = ids.first().and_then(|it| node_of(graph, it)) else { continue };
        let names: Vec<&str> = ids.iter().map(|it| name_of(graph, it)).collect();
        let inside: Vec<&Edge> = graph
            .edges
            .iter()
            .filter(|it| {
                counts(it) && group.contains(it.from.as_str()) && group.contains(it.to.as_str())
            })
            .collect();
        let title = match names.as_slice() {
            [only] => format!("`{only}` calls itself over the network"),
            _ => format!("{} wait for each other in a circle", list(&names)),
        };
        let mut failure = say
            .fail(node, title)
            .at(inside.first().and_then(|it| it.node.origin.span), "one of the calls")
            .help("turn one of the calls into a message that nobody waits for, or move what both need to a third place");
        for edge in inside.iter().skip(1) {
            failure = failure.also(edge.node.origin.span, "and another");
        }
        for edge in &inside {
            failure = failure.because(format!(
                "`{}` calls `{}`",
                name_of(graph, &edge.from),
                name_of(graph, &edge.to)
            ));
        }
    }
    for service in &graph.services {
        let calls = graph.edges.iter().any(|it| it.from == service.node.id && counts(it));
        let is_in_circle = groups.iter().any(|it| it.contains(service.node.id.as_str()));
        if calls && !is_in_circle {
            say.pass(&service.node);
        }
    }
}

/// Pages and proxies are named as addresses that people are sent to, not as services that are called.
fn is_between_services(graph: &Graph, edge: &Edge) -> bool {
    let is_called = |id: &str| {
        graph.service(id).is_some_and(|it| {
            !matches!(
                it.kind.value(),
                Some(ServiceKind::Frontend | ServiceKind::Gateway | ServiceKind::Monitoring)
            )
        })
    };
    is_called(&edge.from) && is_called(&edge.to)
}
