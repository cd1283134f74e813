//! FIT-20: several services at the front door.

use architrave_model::graph::{Graph, Service, ServiceKind};

use super::units::{Unit, units};
use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-20",
    name: "no-gateway",
    family: Family::Fit,
    title: "several services at the front door",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Architectural smells of microservices: no API gateway (Neri and others)",
            url: "https://arxiv.org/abs/1906.01553",
        },
        Source {
            title: "API gateway pattern (Chris Richardson)",
            url: "https://microservices.io/patterns/apigateway.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_gateway.md"),
    judge,
};

/// Two can keep their rules alike by hand.
const EXPOSED_MAX: usize = 2;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let units = units(graph);
    if units.len() <= EXPOSED_MAX {
        return;
    }
    let services = |unit: &Unit<'_>| -> Vec<&Service> {
        graph.services.iter().filter(|it| unit.ids.contains(it.node.id.as_str())).collect()
    };
    let door = |unit: &Unit<'_>| {
        let ports = services(unit).into_iter().flat_map(|it| &it.ports);
        // A port for operators is another matter, and another rule's.
        let mut open = ports.filter(|it| {
            it.is_exposed.value() == Some(&true) && it.is_management.value() != Some(&true)
        });
        open.next()
    };
    let open: Vec<_> = units.iter().filter_map(|it| Some((it, door(it)?))).collect();
    let is_gateway = |it: &Service| it.kind.value() == Some(&ServiceKind::Gateway);
    if open.len() <= EXPOSED_MAX || graph.services.iter().any(is_gateway) {
        return say.pass(&graph.system);
    }
    let names: Vec<&str> = open.iter().map(|it| it.0.node.name.as_str()).collect();
    let mut failure = say
        .fail(&graph.system, format!("{} services are reached from outside, each by a door of its own", open.len()))
        .help("put one proxy or ingress before them that ends TLS, limits how often one may ask, and hands requests on; publish its port alone")
        .because(format!("published: {} (observed)", list(&names)))
        .because("who may call, how often, and with which certificate is decided in each of them, and sooner or later differently");
    let mut ports = open.iter().map(|it| it.1.is_exposed.span().or(it.1.origin.span));
    failure = failure.at(ports.next().flatten(), "a door");
    for span in ports {
        failure = failure.also(span, "another");
    }
}
