//! SEC-15: the server calls an address that a caller has written.

use architrave_model::graph::{Consumer, ConsumerKind, Graph};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "SEC-15",
    name: "ssrf-target",
    family: Family::Security,
    title: "the server calls addresses that callers write",
    impact: 4,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "OWASP API7:2023 Server Side Request Forgery",
            url: "https://owasp.org/API-Security/editions/2023/en/0xa7-server-side-request-forgery/",
        },
        Source {
            title: "CWE-918 Server-Side Request Forgery",
            url: "https://cwe.mitre.org/data/definitions/918.html",
        },
    ],
    maps: &[("CWE", "918"), ("OWASP API", "API7:2023"), ("STRIDE", "Information disclosure")],
    reads_names: false,
    page: include_str!("ssrf_target.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for consumer in graph.consumers.iter().filter(|it| calls_out(it)) {
        match (consumer.address_is_user_data.value(), consumer.blocks_private_addresses.value()) {
            (Some(false), _) | (_, Some(true)) => say.pass(&consumer.node),
            (Some(true), Some(false)) => {
                say.fail(&consumer.node, format!("`{}` calls any address that a caller writes", consumer.node.name))
                    .at_fact(&consumer.address_is_user_data, "the address comes from the request")
                    .help("take `https` addresses alone (a `pattern` of `^https://`), resolve the name, refuse private and local addresses, and connect to the address that was checked")
                    .because("`http://169.254.169.254/`, where clouds keep credentials, fits the schema");
            }
            _ => say.cannot_tell(&consumer.node, "whether private and local addresses are refused"),
        }
    }
    for edge in graph.edges.iter().filter(|it| it.address_is_user_data.value() == Some(&true)) {
        say.fail(&edge.node, format!("`{}` calls any address that a user writes", edge.node.name))
            .at_fact(&edge.address_is_user_data, "the address comes from stored data")
            .help("keep a list of the hosts that may be called, and compare before every call")
            .because("the address comes from data that users write");
    }
}

fn calls_out(consumer: &Consumer) -> bool {
    consumer.kind.value() == Some(&ConsumerKind::OutboundWebhook)
}
