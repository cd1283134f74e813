//! REL-12: a change and its message that do not happen together.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{Graph, Known, Message};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-12",
    name: "dual-write",
    family: Family::Reliability,
    title: "a row and the message about it are written one after the other",
    impact: 3,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::AsyncApi],
    sources: &[
        Source {
            title: "Pattern: Transactional outbox (microservices.io)",
            url: "https://microservices.io/patterns/data/transactional-outbox.html",
        },
        Source {
            title: "Transactional outbox pattern (AWS Prescriptive Guidance)",
            url: "https://docs.aws.amazon.com/prescriptive-guidance/latest/cloud-design-patterns/transactional-outbox.html",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("dual_write.md"),
    judge,
};

/// Words in names of tables that messages are written to before they are sent.
const OUTBOXES: [&str; 7] =
    ["outbox", "outgoing", "event_store", "eventstore", "domain_events", "journal", "message_log"];
/// Words in images that read changes from the database's own log.
const READERS: [&str; 3] = ["debezium", "maxwell", "sequin"];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut unknown: BTreeMap<&str, Vec<&Message>> = BTreeMap::new();
    for message in &graph.messages {
        // Who sends it is known; messages of others are their matter.
        let Some(module) = message.module.as_deref() else { continue };
        match &message.is_transactional {
            Known::Is(true, _) => say.pass(&message.node),
            Known::Is(false, _) | Known::Absent(_) => fail(&[message], say),
            Known::Unknown => unknown.entry(module).or_default().push(message),
        }
    }
    let is_one_sender = unknown.len() == 1;
    for messages in unknown.values() {
        judge_by_tables(graph, messages, is_one_sender, say);
    }
}

/// Where tables are known and none of them takes messages, they are sent beside the transaction.
fn judge_by_tables(graph: &Graph, messages: &[&Message], is_one_sender: bool, say: &mut Verdicts) {
    let Some(first) = messages.first() else { return };
    let has_outbox = graph.tables.iter().any(|it| has_word(&it.node.name, &OUTBOXES));
    let has_reader = graph.images.iter().any(|it| has_word(&it.repository, &READERS));
    if has_outbox || has_reader {
        return say.pass(&first.node);
    }
    // With several senders nobody knows whose the tables are.
    if graph.tables.is_empty() || !is_one_sender {
        return say.cannot_tell(
            &first.node,
            "whether it leaves in the transaction of the change that it tells of",
        );
    }
    fail(messages, say);
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let lower = name.to_ascii_lowercase();
    words.iter().any(|it| lower.contains(it))
}

fn fail(messages: &[&Message], say: &mut Verdicts) {
    let Some(first) = messages.first() else { return };
    let names: BTreeSet<&str> = messages.iter().map(|it| it.node.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().take(3).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    let mut failure = say
        .fail(&first.node, format!("{} {is} sent beside the transaction of the change", list(&names)))
        .help("write the message into a table in the same transaction (an outbox) and send it from there, or read the changes from the database's own log")
        .because("a crash between the two leaves a row that nobody heard of, or news of a row that is not there")
        .because("no table takes messages before they are sent, and nothing reads the database's log (by the names of tables and images)");
    for message in messages.iter().skip(1).take(2) {
        failure = failure.also(message.node.origin.span, "as well");
    }
}
