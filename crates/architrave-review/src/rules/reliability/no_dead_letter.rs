//! REL-10: a message that fails again and again, with nobody to put it aside.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "REL-10",
    name: "no-dlq",
    family: Family::Reliability,
    title: "what fails for good is never put aside",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::AsyncApi],
    sources: &[
        Source {
            title: "Using dead-letter queues in Amazon SQS",
            url: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",
        },
        Source {
            title: "Dead Letter Channel (Enterprise Integration Patterns)",
            url: "https://www.enterpriseintegrationpatterns.com/patterns/messaging/DeadLetterChannel.html",
        },
    ],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("no_dead_letter.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for consumer in &graph.consumers {
        let name = &consumer.node.name;
        match &consumer.has_dead_letter {
            Known::Is(true, _) => say.pass(&consumer.node),
            Known::Unknown => {
                say.cannot_tell(&consumer.node, "where messages go that fail for good")
            }
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(&consumer.node, format!("a message that `{name}` cannot take comes back for ever"))
                    .at(origin.span.or(consumer.node.origin.span), "says nothing of messages that fail")
                    .help("put it aside after a few attempts, where somebody is told of it (SQS: `redrivePolicy` with a `deadLetterQueue` and a `maxReceiveCount`)")
                    .because("one message that can never be taken keeps its reader busy, and in an ordered queue all behind it wait");
            }
        }
    }
}
