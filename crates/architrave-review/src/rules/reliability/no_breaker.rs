//! REL-06: calls that go on although the other side is down.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known},
};

use super::calls;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-06",
    name: "no-breaker",
    family: Family::Reliability,
    title: "nothing stops calls to a system that is down",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Circuit Breaker pattern (Azure Architecture Center)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker",
        },
        Source {
            title: "CircuitBreaker (Martin Fowler)",
            url: "https://martinfowler.com/bliki/CircuitBreaker.html",
        },
    ],
    maps: &[("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("no_breaker.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for call in calls::by_setting(graph).into_iter().filter(|it| !it.is_by_the_clock) {
        match &call.edge.has_breaker {
            Known::Is(true, _) => say.pass(call.subject),
            // Files of deployments do not say it; a question that nothing can answer is not asked.
            Known::Unknown => {}
            Known::Is(false, origin) | Known::Absent(origin) => {
                let failure = say
                    .fail(call.subject, format!("calls to `{}` go on while it is down", call.subject.name))
                    .at(origin.span, "no circuit breaker here")
                    .help("say when to stop asking: `circuit_breaker = { failures = \"50%\", window = \"30s\", open_for = \"15s\" }`")
                    .because("each call waits for its timeout before it fails, and what waits is kept in memory");
                if let (true, Some(block)) = (graph.is_closed, origin.span) {
                    failure.propose(Proposal {
                        title:
                            "stop for 15 seconds when half of the calls of 30 seconds have failed"
                                .to_owned(),
                        is_unambiguous: false,
                        changes: vec![Change::Set {
                            block,
                            name: "circuit_breaker".to_owned(),
                            value: r#"{ failures = "50%", window = "30s", open_for = "15s" }"#
                                .to_owned(),
                        }],
                    });
                }
            }
        }
    }
}
