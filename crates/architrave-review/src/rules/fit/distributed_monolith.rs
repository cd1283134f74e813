//! FIT-02: services that cannot be changed, deployed or kept running apart.

use architrave_model::graph::Graph;

use super::ties::{Share, Ties, lockstep};
use super::units::{names, units};
use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-02",
    name: "distributed-monolith",
    family: Family::Fit,
    title: "services that cannot be changed, deployed or kept running apart",
    impact: 3,
    likelihood: 4,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Microservices assessment and readiness (Microsoft)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/guide/technology-choices/microservices-assessment",
        },
        Source {
            title: "Microservice trade-offs (Martin Fowler)",
            url: "https://martinfowler.com/articles/microservice-trade-offs.html",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("distributed_monolith.md"),
    judge,
};

/// Fewer services have too few pairs to tell a share.
const UNITS_MIN: usize = 3;
/// Signals that must be known; one or two alone are a coincidence.
const SIGNALS_MIN: usize = 3;
/// Shares in thousandths from which it is grave, and from which it is worth saying.
const GRAVE: usize = 500;
const WORTH_SAYING: usize = 300;
/// Most places that are shown.
const PLACES_MAX: usize = 8;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let units = units(graph);
    if units.len() < UNITS_MIN {
        return;
    }
    let ties = Ties::of(graph, &units);
    let signals: [(&str, Share); 5] = [
        ("pairs that write one database", ties.sharing()),
        ("entries behind which three others wait in a row", ties.depth()),
        ("services in a circle of calls", ties.circles()),
        ("released together, by their tags", lockstep(&units)),
        ("services that fail with the one that fails most", ties.spread()),
    ];
    let known: Vec<usize> = signals.iter().filter_map(|it| it.1).collect();
    if known.len() < SIGNALS_MIN {
        let missing: Vec<&str> =
            signals.iter().filter(|it| it.1.is_none()).map(|it| it.0).collect();
        return say.cannot_tell(
            &graph.system,
            format!("what ties the services together: {}", missing.join(", ")),
        );
    }
    let score = known.iter().sum::<usize>() / known.len();
    if score < WORTH_SAYING {
        return say.pass(&graph.system);
    }
    let (impact, likelihood) = if score >= GRAVE { (3, 4) } else { (3, 1) };
    let mut failure = say
        .fail(
            &graph.system,
            format!("{} services are {} % one: they change, run and fail together", units.len(), score / 10),
        )
        .matters(impact, likelihood)
        .help("merge those that share a database or wait for each other; or give each its own data and send messages in place of calls")
        .because(format!("the services: {} (observed)", list(&names(&units))))
        .because(format!("{} of {} signals are known: confidence {} %", known.len(), signals.len(), known.len() * 100 / signals.len()));
    for (name, share) in signals {
        failure = failure.because(match share {
            Some(share) => format!("{name}: {} %", share / 10),
            None => format!("{name}: not known, left out"),
        });
    }
    let mut places = ties.places.into_iter().take(PLACES_MAX);
    if let Some((span, label)) = places.next() {
        failure = failure.at(span, label);
    }
    for (span, label) in places {
        failure = failure.also(span, label);
    }
}
