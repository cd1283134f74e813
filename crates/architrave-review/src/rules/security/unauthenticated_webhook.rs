//! SEC-16: messages between systems that anybody could have sent.

use architrave_model::graph::{Consumer, ConsumerKind, Graph, Known};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "SEC-16",
    name: "unauthenticated-webhook",
    family: Family::Security,
    title: "a webhook could come from anybody",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[
        Source {
            title: "Standard Webhooks: verifying webhook authenticity",
            url: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
        },
        Source {
            title: "CWE-345 Insufficient Verification of Data Authenticity",
            url: "https://cwe.mitre.org/data/definitions/345.html",
        },
    ],
    maps: &[("CWE", "345"), ("STRIDE", "Spoofing")],
    reads_names: false,
    page: include_str!("unauthenticated_webhook.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for consumer in graph.consumers.iter().filter(|it| is_webhook(it)) {
        match &consumer.signature {
            Known::Is(..) => say.pass(&consumer.node),
            Known::Unknown => say.cannot_tell(&consumer.node, "how its messages are signed"),
            Known::Absent(origin) => {
                say.fail(&consumer.node, format!("messages of `{}` are not signed", consumer.node.name))
                    .at(origin.span, "no signature")
                    .help("sign id, time and body with a secret per receiver, send it as `webhook-signature`, and say so in the contract")
                    .because("whoever knows a receiver's address can send it the same message");
            }
        }
    }
}

fn is_webhook(consumer: &Consumer) -> bool {
    matches!(
        consumer.kind.value(),
        Some(ConsumerKind::OutboundWebhook | ConsumerKind::InboundWebhook)
    )
}
