//! REL-11: a message that acts again when it is delivered again.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{ConsumerKind, Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "REL-11",
    name: "non-idempotent-consumer",
    family: Family::Reliability,
    title: "a message that comes twice acts twice",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Pattern: Idempotent Consumer (microservices.io)",
            url: "https://microservices.io/patterns/communication-style/idempotent-consumer.html",
        },
        Source {
            title: "Best practices for using webhooks (GitHub)",
            url: "https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("double_delivery.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for consumer in &graph.consumers {
        let name = &consumer.node.name;
        match &consumer.is_idempotent {
            Known::Is(true, _) => say.pass(&consumer.node),
            Known::Unknown => {
                say.cannot_tell(&consumer.node, "what happens when a message comes twice")
            }
            Known::Is(false, origin) | Known::Absent(origin) => {
                let help = if consumer.kind.value() == Some(&ConsumerKind::InboundWebhook) {
                    "name what makes two copies the same message: `dedupe = body.id`, whatever the sender calls its id"
                } else {
                    "remember which messages were taken, in the transaction that acts on them"
                };
                say.fail(&consumer.node, format!("a message that `{name}` gets twice acts twice"))
                    .at(origin.span, "nothing tells a copy from a new message")
                    .help(help)
                    .because("senders repeat what was not acknowledged in time: delivery is at least once");
            }
        }
    }
}
