//! REL-03: a call that does something twice when it is repeated.

use architrave_model::graph::{Edge, Graph, Known};

use super::calls;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-03",
    name: "retry-non-idempotent",
    family: Family::Reliability,
    title: "a call that is not idempotent is repeated",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Idempotent methods (RFC 9110, 9.2.2)",
            url: "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2",
        },
        Source {
            title: "Idempotent requests (Stripe)",
            url: "https://docs.stripe.com/api/idempotent_requests",
        },
    ],
    maps: &[("STRIDE", "Tampering")],
    reads_names: false,
    page: include_str!("retry_without_key.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for edge in graph.edges.iter().filter(|it| calls::is_remote_call(it)) {
        let Some(retry) = edge.retry.value() else { continue };
        if retry.attempts_max == Some(1) {
            continue;
        }
        match edge.is_idempotent {
            Known::Is(true, _) => say.pass(&edge.node),
            Known::Is(false, _) | Known::Absent(_) => fail(edge, retry.attempts_max, say),
            Known::Unknown => {
                say.cannot_tell(&edge.node, "whether doing this twice is the same as doing it once")
            }
        }
    }
}

fn fail(edge: &Edge, attempts_max: Option<u32>, say: &mut Verdicts) {
    let times = attempts_max.map_or("without end".to_owned(), |it| format!("up to {it} times"));
    let called = &edge.node.name;
    let failure = say
        .fail(&edge.node, format!("`{called}` is asked {times} and may act each time"))
        .at(edge.node.origin.span, "nothing tells a second attempt from a second wish")
        .also(edge.retry.span(), "repeated as this says")
        .help("give it `idempotency_key = input.…`, the same for every attempt, or ask for one attempt only")
        .because("an answer that is lost looks like a failure, yet the other side has acted");
    if edge.moves_money.value() == Some(&true) {
        failure.because("it moves money").matters(4, 4);
    }
}
