//! SEC-12: a database that all the world can connect to.

use architrave_model::graph::{Graph, Known, Port, Store};

use super::names;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "SEC-12",
    name: "datastore-exposed",
    family: Family::Security,
    title: "a data store can be reached from outside",
    impact: 4,
    likelihood: 4,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Docker: publishing ports is insecure by default",
            url: "https://docs.docker.com/engine/network/port-publishing/#publishing-ports",
        },
        Source {
            title: "Threagile: unguarded direct datastore access",
            url: "https://github.com/Threagile/threagile/blob/master/pkg/risks/builtin/unguarded_direct_datastore_access_rule.go",
        },
        Source {
            title: "CWE-668 Exposure of Resource to Wrong Sphere",
            url: "https://cwe.mitre.org/data/definitions/668.html",
        },
        Source {
            title: "Docker: packet filtering and firewalls (Docker and ufw)",
            url: "https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw",
        },
    ],
    maps: &[("CWE", "668"), ("STRIDE", "Information disclosure")],
    reads_names: true,
    page: include_str!("datastore_exposed.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // The store of a blueprint is a file inside the process.
    for store in graph.stores.iter().filter(|_| !graph.is_closed) {
        let is = |wanted: bool| move |it: &&Port| it.is_exposed.value() == Some(&wanted);
        if let Some(port) = store.ports.iter().find(is(true)) {
            exposed(graph, store, port, say);
        } else if store.ports.iter().any(|it| matches!(it.is_exposed, Known::Unknown)) {
            say.cannot_tell(&store.node, "who can reach its ports");
        } else {
            say.pass(&store.node);
        }
    }
}

fn exposed(graph: &Graph, store: &Store, port: &Port, say: &mut Verdicts) {
    let place = port.is_exposed.span().or(port.origin.span);
    let failure = say
        .fail(
            &store.node,
            format!("`{}` can be reached from outside by port {}", store.node.name, port.number),
        )
        .at(place, "published on all addresses")
        .help(format!(
            "leave the port out (services of one network reach each other without), or bind it to this machine: `127.0.0.1:{0}:{0}`",
            port.number
        ))
        .because("published ports go around the host's firewall, which Docker writes its own rules before");
    let file = place.map(|it| it.file);
    let mut manifests = graph.manifests.iter();
    let manifest =
        manifests.find(|it| file.is_some() && it.node.origin.span.map(|it| it.file) == file);
    if manifest.is_some_and(|it| names::is_for_one_machine(&it.node.id)) {
        failure.because("the file is for development or tests").matters(2, 2);
    }
}
