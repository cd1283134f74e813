//! REL-04: attempts that keep a system down that tries to get up.

use architrave_model::{
    Change, Proposal, Span,
    graph::{Graph, Known, Node, RetryPolicy, ServiceKind},
};

use super::calls;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-04",
    name: "retry-storm",
    family: Family::Reliability,
    title: "attempts are too many, or too close to each other",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[
        Source {
            title: "Retry storm antipattern (Azure Architecture Center)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/antipatterns/retry-storm/",
        },
        Source {
            title: "Handling overload (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/handling-overload/",
        },
    ],
    maps: &[("CWE", "400"), ("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("retry_storm.md"),
    judge,
};

/// Attempts of a call that somebody waits for, and of one that is not spread out (Site Reliability Engineering,
/// "Handling overload": a per-request retry budget of up to three attempts).
const ATTEMPTS_MAX: u32 = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for call in calls::by_setting(graph) {
        let kind = graph.service(&call.edge.from).and_then(|it| it.kind.value());
        let is_worker = matches!(kind, Some(ServiceKind::Worker | ServiceKind::Job));
        let is_waited_for = !is_worker && !calls::is_in_background(&call.edge.from);
        judge_one(graph, call.subject, &call.edge.retry, is_waited_for, say);
    }
    for consumer in &graph.consumers {
        judge_one(graph, &consumer.node, &consumer.retry, false, say);
    }
}

fn judge_one(
    graph: &Graph,
    node: &Node,
    retry: &Known<RetryPolicy>,
    is_waited_for: bool,
    say: &mut Verdicts,
) {
    let Some(policy) = retry.value() else { return };
    let Some((wrong, why)) = wrong(policy, is_waited_for) else { return say.pass(node) };
    let failure = say
        .fail(node, format!("`{}` is asked {wrong}", node.name))
        .at_fact(retry, "repeated as this says")
        .help("ask three times, with waits that double: `retry = { attempts = 3, backoff = \"exponential\", first = \"200ms\", max = \"5s\" }`")
        .because(why);
    if let (true, Some(block)) = (graph.is_closed, retry.span()) {
        failure.propose(proposal(block));
    }
}

/// What is wrong with a policy, and why that matters.
fn wrong(policy: &RetryPolicy, is_waited_for: bool) -> Option<(String, &'static str)> {
    let Some(attempts) = policy.attempts_max else {
        return Some(("for ever".to_owned(), "attempts without end never let the load fall"));
    };
    if attempts > ATTEMPTS_MAX && !policy.is_exponential {
        let words = format!("{attempts} times at the same distance");
        return Some((
            words,
            "what is down gets the same load until it is up, and all of it at once",
        ));
    }
    if attempts > ATTEMPTS_MAX && is_waited_for {
        let words = format!("{attempts} times while somebody waits");
        return Some((
            words,
            "more than three attempts help hardly anybody and multiply the load when it hurts most",
        ));
    }
    if attempts > 1 && policy.first_us == 0 {
        return Some((
            format!("{attempts} times without a pause"),
            "the reason for the failure is still there",
        ));
    }
    if attempts > ATTEMPTS_MAX && !policy.has_jitter {
        let words = format!("{attempts} times by everybody at the same moments");
        return Some((words, "waits that are not spread at random meet again and again"));
    }
    None
}

fn proposal(block: Span) -> Proposal {
    Proposal {
        title: "ask three times, with waits that double".to_owned(),
        is_unambiguous: false,
        changes: vec![Change::Set {
            block,
            name: "retry".to_owned(),
            value: r#"{ attempts = 3, backoff = "exponential", first = "200ms", max = "5s" }"#
                .to_owned(),
        }],
    }
}
