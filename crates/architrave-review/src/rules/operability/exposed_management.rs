//! OPS-14: a console or a listener with figures that everybody can reach.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Node, Port, Service};

pub(super) const RULE: Rule = Rule {
    id: "OPS-14",
    name: "exposed-management",
    family: Family::Operability,
    title: "what operators use can be reached by everybody",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Packet filtering and firewalls: Docker and ufw (Docker)",
            url: "https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw",
        },
        Source {
            title: "OWASP A05:2021 Security misconfiguration",
            url: "https://owasp.org/Top10/2021/A05_2021-Security_Misconfiguration/",
        },
    ],
    maps: &[("CWE", "749"), ("STRIDE", "Elevation of privilege")],
    reads_names: false,
    page: include_str!("exposed_management.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let services =
        graph.services.iter().filter(|it| !asks_who(graph, it)).map(|it| (&it.node, &it.ports));
    let stores = graph.stores.iter().map(|it| (&it.node, &it.ports));
    for (node, ports) in services.chain(stores) {
        judge_one(node, ports, say);
    }
}

/// Products made to be reached by people, who sign in.
const WITH_SIGN_IN: [&str; 2] = ["grafana", "uptime-kuma"];

fn asks_who(graph: &Graph, service: &Service) -> bool {
    let image =
        service.image.as_ref().and_then(|id| graph.images.iter().find(|it| it.node.id == *id));
    image.and_then(|it| it.product.value()).is_some_and(|it| WITH_SIGN_IN.contains(&it.as_str()))
}

fn judge_one(node: &Node, ports: &[Port], say: &mut Verdicts) {
    let management: Vec<&Port> =
        ports.iter().filter(|it| it.is_management.value() == Some(&true)).collect();
    if management.is_empty() {
        return;
    }
    let Some(open) = management.iter().find(|it| it.is_exposed.value() == Some(&true)) else {
        if management.iter().any(|it| it.is_exposed.is_unknown()) {
            return say.cannot_tell(node, "who can reach its ports for operators");
        }
        return say.pass(node);
    };
    say.fail(node, format!("port {} of `{}` is for operators, but everybody can reach it", open.number, node.name))
        .at(open.is_exposed.span().or(open.origin.span), "published on every address")
        .help(format!("publish it on this machine alone (`127.0.0.1:{0}:{0}`), or not at all, and reach it through a tunnel or a proxy that asks who it is", open.number))
        .because("ports that Docker publishes pass by the firewall of the host (documented)");
}
