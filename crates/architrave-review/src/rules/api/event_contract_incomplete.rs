//! API-11: events that cannot be told apart, ordered or changed.

use architrave_model::graph::{Graph, Known, Message};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "API-11",
    name: "event-contract-incomplete",
    family: Family::Api,
    title: "an event lacks what its consumers need to keep up",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::AsyncApi],
    sources: &[
        Source {
            title: "CloudEvents 1.0.2: context attributes (id, dataschema)",
            url: "https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes",
        },
        Source {
            title: "AsyncAPI 3.0: Message Object",
            url: "https://www.asyncapi.com/docs/reference/specification/v3.0.0#messageObject",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("event_contract_incomplete.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // What others send is theirs to describe.
    for message in graph.messages.iter().filter(|it| it.module.is_some()) {
        let missing = missing(message);
        if !missing.is_empty() {
            say.fail(&message.node, format!("`{}` has {}", message.node.name, missing.join(" and ")))
                .help("add an id that is the same in every copy, the version of its schema, and the key (of Kafka: of the record) by which messages of one thing stay in order")
                .because("consumers see copies, and see old and new messages side by side");
        } else if message.identity.is_unknown() {
            say.cannot_tell(&message.node, "what makes two copies the same message");
        } else {
            say.pass(&message.node);
        }
    }
}

fn missing(message: &Message) -> Vec<&'static str> {
    let lacks = |fact: &Known<String>| fact.is_absent();
    let all = [
        (lacks(&message.identity), "nothing that makes two copies the same"),
        (lacks(&message.schema_version), "no version"),
        (lacks(&message.ordering_key), "no key by which it is ordered"),
    ];
    all.into_iter().filter(|it| it.0).map(|it| it.1).collect()
}
