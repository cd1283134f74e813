//! SEC-07: data that crosses a network in the clear.

use architrave_model::graph::{Edge, Graph, Known, ManifestKind};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "SEC-07",
    name: "plaintext-transport",
    family: Family::Security,
    title: "data crosses the network in the clear",
    impact: 4,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Compose, Input::OpenApi],
    sources: &[
        Source {
            title: "CWE-319 Cleartext Transmission of Sensitive Information",
            url: "https://cwe.mitre.org/data/definitions/319.html",
        },
        Source {
            title: "OWASP API8:2023 Security Misconfiguration",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa8-security-misconfiguration/",
        },
    ],
    maps: &[("CWE", "319"), ("OWASP API", "API8:2023"), ("STRIDE", "Information disclosure")],
    reads_names: false,
    page: include_str!("plaintext_transport.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for edge in graph.edges.iter().filter(|it| leaves_our_network(graph, it)) {
        match (&edge.address, &edge.is_encrypted) {
            (Known::Is(address, _), _) if is_private(host(address)) => {}
            (_, Known::Is(false, _)) => {
                let address = edge.address.value().map_or("its address", String::as_str);
                say.fail(&edge.node, format!("a call to {} goes out in the clear", called(graph, edge)))
                    .at_fact(&edge.address, "no TLS")
                    .help("write `https://`, or the form of the protocol with TLS (`rediss://`, `amqps://`, `sslmode=verify-full`)")
                    .because(format!("`{address}` leaves the private network unencrypted"));
            }
            (_, Known::Is(true, _)) => say.pass(&edge.node),
            _ => say.cannot_tell(&edge.node, "whether the address begins with `https://`"),
        }
    }
    for manifest in graph.manifests.iter().filter(|it| it.kind == ManifestKind::OpenApi) {
        let servers: Vec<_> = manifest.facts.iter().filter(|it| it.0 == "server").collect();
        let plain =
            servers.iter().find(|it| it.1.starts_with("http://") && !is_private(host(&it.1)));
        match plain {
            Some((_, address, origin)) => {
                say.fail(&manifest.node, format!("the contract sends callers to `{address}`"))
                    .at(origin.span, "no TLS")
                    .help(format!("write `https://{}`", address.trim_start_matches("http://")))
                    .because("tokens and bodies can be read and changed by every network between");
            }
            None if servers.iter().any(|it| it.1.starts_with("https://")) => {
                say.pass(&manifest.node)
            }
            None => {}
        }
    }
}

/// Within one deployment the network is the operator's; what is judged is what leaves it.
fn leaves_our_network(graph: &Graph, edge: &Edge) -> bool {
    let is_ours = graph.service(&edge.to).is_some() || graph.store(&edge.to).is_some();
    !is_ours
        && edge.is_remote.value() != Some(&false)
        && (edge.address.value().is_some()
            || (graph.is_closed && edge.is_synchronous.value() == Some(&true)))
}

/// The host of an address, without user, port and path.
fn host(address: &str) -> &str {
    let behind = address.split_once("://").map_or(address, |it| it.1);
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    }
}

/// Whether a host is this machine, or a name or an address that no public network knows (RFC 1918, RFC 6761,
/// RFC 8375, names without a dot). Placeholders (`{host}`, `${HOST}`) say nothing and count as such.
fn is_private(host: &str) -> bool {
    let parts: Vec<u16> = host.split('.').filter_map(|it| it.parse().ok()).collect();
    match parts.as_slice() {
        [127 | 10 | 0, _, _, _] | [192, 168, _, _] | [169, 254, _, _] => return true,
        [172, second, _, _] => return (16..32).contains(second),
        [_, _, _, _] => return false,
        _ => {}
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    !host.contains('.')
        || host.contains(['{', '$', '<'])
        || ["localhost", "local", "internal", "lan", "test", "example", "invalid", "svc", "arpa"]
            .contains(&last)
}

fn called<'g>(graph: &'g Graph, edge: &'g Edge) -> &'g str {
    let external = graph.external(&edge.to).map(|it| &it.node);
    external.map_or(&edge.to, |it| &it.name)
}

#[cfg(test)]
mod tests {
    use super::{host, is_private};

    #[test]
    fn private_hosts_are_told_from_public_ones() {
        for address in [
            "http://localhost:8080/v1",
            "http://127.0.0.1",
            "http://web:3000",
            "http://10.2.3.4/",
            "http://172.20.0.1",
            "http://db.prod.svc.cluster.local",
            "http://{host}/v1",
            "http://[::1]:80/",
            "http://api.internal",
            "http://user:pass@redis:6379",
        ] {
            assert!(is_private(host(address)), "{address}");
        }
        for address in [
            "http://api.shop.com",
            "http://172.32.0.1",
            "http://8.8.8.8:53",
            "postgres://u:p@db.host.io/x",
        ] {
            assert!(!is_private(host(address)), "{address}");
        }
    }
}
