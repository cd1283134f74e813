//! EVO-02: an event that those who read it no longer understand.

use architrave_model::graph::{Graph, Message, Node, Origin};

use super::compare;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "EVO-02",
    name: "breaking-event",
    family: Family::Evolution,
    title: "what consumers read is no longer there",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::AsyncApi],
    sources: &[
        Source {
            title: "Schema evolution and compatibility (Confluent)",
            url: "https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html",
        },
        Source {
            title: "Breaking change detection (Buf)",
            url: "https://buf.build/docs/breaking/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("breaking_event.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(before) = &graph.before else { return };
    // What it only takes may ask for less than before without harm to anybody.
    for old in before.messages.iter().filter(|it| it.module.is_some()) {
        match graph.messages.iter().find(|it| it.node.id == old.node.id) {
            Some(now) => judge_kept(old, now, say),
            None if graph.messages.is_empty() => {
                say.cannot_tell(&nowhere(graph, old), "the contract of events as it is now");
            }
            None => {
                let name = &old.node.name;
                say.fail(&nowhere(graph, old), format!("`{name}` is no longer sent"))
                    .help("go on sending it beside what replaces it until no consumer reads it");
            }
        }
    }
}

/// What is gone has no place.
fn nowhere(graph: &Graph, old: &Message) -> Node {
    let origin = Origin { span: None, ..graph.system.origin };
    Node { id: format!("change:{} gone", old.node.name), name: old.node.name.clone(), origin }
}

fn judge_kept(old: &Message, now: &Message, say: &mut Verdicts) {
    let name = &now.node.name;
    let (Some(before), Some(after)) = (old.payload.value(), now.payload.value()) else {
        return say.cannot_tell(&now.node, "what this event says, now or before");
    };
    let breaks = compare::told(before, after);
    if breaks.is_empty() {
        return say.pass(&now.node);
    }
    let versions = old.schema_version.value().zip(now.schema_version.value());
    for it in breaks {
        let node = Node {
            id: format!("change:{name} {}", it.what),
            name: name.clone(),
            origin: it.origin,
        };
        let failure = say.fail(&node, format!("`{name}` {}", it.title)).help(format!(
            "{}; or send the new form as another event and both for a while",
            it.help
        ));
        match versions.filter(|(old, now)| old != now) {
            Some((old, now)) => {
                failure
                    .because(format!(
                        "its version went from {old} to {now}, so that consumers can tell"
                    ))
                    .matters(2, 2);
            }
            None if it.is_weak => {
                failure.matters(2, 2);
            }
            None => {
                failure.because(
                    "events that are kept have the old form, new ones the new: consumers meet both",
                );
            }
        }
    }
}
