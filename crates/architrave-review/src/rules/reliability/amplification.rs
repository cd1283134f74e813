//! REL-05: attempts that multiply along a row of calls.

use architrave_model::graph::Graph;

use crate::measure::{
    names::name_of,
    paths::{amplifications, waits},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-05",
    name: "retry-amplification",
    family: Family::Reliability,
    title: "attempts multiply from layer to layer",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Compose],
    sources: &[
        Source {
            title: "Handling overload (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/handling-overload/",
        },
        Source {
            title: "Timeouts, retries, and backoff with jitter (Amazon Builders' Library)",
            url: "https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/",
        },
    ],
    maps: &[("CWE", "400"), ("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("amplification.md"),
    judge,
};

/// Attempts that one request may become at the last element of a row of calls (Site Reliability Engineering,
/// "Handling overload": up to three attempts, at one layer).
const ATTEMPTS_MAX: u64 = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let rows = amplifications(graph);
    for row in &rows {
        let Some(last) = row.path.last() else { continue };
        if row.attempts <= ATTEMPTS_MAX {
            say.pass(&last.node);
            continue;
        }
        let Some(first) = row.path.first() else { continue };
        let (from, to) = (name_of(graph, &first.from), name_of(graph, &last.to));
        let mut failure = say
            .fail(&last.node, format!("one request of `{from}` may ask `{to}` {} times", row.attempts))
            .at(last.retry.span(), "multiplied with the attempts before it")
            .help(format!("repeat at one layer only, the one next to what fails: leave `{to}` three attempts and the calls before it one"));
        for edge in &row.path {
            let attempts = edge.retry.value().and_then(|it| it.attempts_max).unwrap_or(1);
            failure = failure.because(format!(
                "`{}` asks `{}` up to {attempts} times",
                name_of(graph, &edge.from),
                name_of(graph, &edge.to)
            ));
        }
    }
    // One layer repeats and no other does: that is how it should be.
    for edge in graph.edges.iter().filter(|it| waits(it) && it.is_remote.value() != Some(&false)) {
        let is_repeated = edge.retry.value().is_some_and(|it| it.attempts_max != Some(1));
        let is_judged =
            rows.iter().any(|it| it.path.last().is_some_and(|last| last.node.id == edge.node.id));
        if is_repeated && !is_judged {
            say.pass(&edge.node);
        }
    }
}
