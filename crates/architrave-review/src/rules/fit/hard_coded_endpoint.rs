//! FIT-19: a number in place of a name.

use std::net::IpAddr;

use architrave_model::graph::{EdgeKind, Graph};

use crate::measure::names::name_of;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-19",
    name: "hard-coded-endpoint",
    family: Family::Fit,
    title: "a number in place of a name",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Architectural smells of microservices: endpoint-based interaction (Neri and others)",
            url: "https://arxiv.org/abs/1906.01553",
        },
        Source {
            title: "Backing services (The Twelve-Factor App)",
            url: "https://12factor.net/backing-services",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("hard_coded_endpoint.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for edge in graph
        .edges
        .iter()
        .filter(|it| it.kind != EdgeKind::Hint && it.is_remote.value() == Some(&true))
    {
        let from = name_of(graph, &edge.from);
        match edge.address.value().and_then(|it| number(it)) {
            Some(address) => {
                say.fail(&edge.node, format!("`{from}` reaches {address} by its number"))
                    .at_fact(&edge.address, "moves when the machine does")
                    .help("use a name: the service's own where it runs beside it, else one in DNS that somebody keeps up to date")
                    .because("a number belongs to one machine: nothing can be moved, doubled or replaced without every caller being changed");
            }
            // Addresses of a system of ours come from the environment.
            None if !graph.is_closed => say.pass(&edge.node),
            None => {}
        }
    }
}

/// The number of a machine that an address names; none for names, and for numbers that mean the machine itself or
/// the same thing everywhere.
fn number(address: &str) -> Option<IpAddr> {
    let rest = address.split_once("://").map_or(address, |it| it.1);
    let rest = rest.split(['/', '?']).next()?;
    let rest = rest.rsplit_once('@').map_or(rest, |it| it.1);
    let host = match rest.strip_prefix('[') {
        Some(inside) => inside.split(']').next()?,
        None => rest.split(':').next()?,
    };
    let number: IpAddr = host.parse().ok()?;
    let is_everywhere = match number {
        // 169.254.169.254 answers on every machine of a cloud.
        IpAddr::V4(it) => {
            it.is_loopback() || it.is_unspecified() || it.is_link_local() || it.is_broadcast()
        }
        IpAddr::V6(it) => it.is_loopback() || it.is_unspecified(),
    };
    (!is_everywhere).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_of_machines_are_told_from_names() {
        for (address, expected) in [
            ("http://10.0.0.5:8080/v1", Some("10.0.0.5")),
            ("10.0.0.5:5432", Some("10.0.0.5")),
            ("postgres://user@192.168.1.7:5432/shop", Some("192.168.1.7")),
            ("http://[fd00::1]:80", Some("fd00::1")),
            ("http://127.0.0.1:8080", None),
            ("http://169.254.169.254/latest", None),
            ("https://api.example.com", None),
            ("stock:8080", None),
            ("1.2.3", None),
            ("", None),
        ] {
            assert_eq!(number(address).map(|it| it.to_string()).as_deref(), expected, "{address}");
        }
    }
}
