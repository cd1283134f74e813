//! OPS-04: alerts on causes alone.

use architrave_model::graph::{Alert, Graph};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "OPS-04",
    name: "cause-only-alerts",
    family: Family::Operability,
    title: "alerts watch the machine and not the user",
    impact: 1,
    likelihood: 2,
    reads: &[Input::Repository],
    sources: &[Source {
        title: "Monitoring distributed systems: symptoms versus causes (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/monitoring-distributed-systems/",
    }],
    maps: &[],
    reads_names: true,
    page: include_str!("cause_only_alerts.md"),
    judge,
};

/// Fewer alerts than this are a beginning, not a way to watch.
const ALERTS_MIN: usize = 2;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(first) = graph.alerts.first() else { return };
    if graph.alerts.iter().any(|it| it.is_symptom.value() == Some(&true)) {
        return say.pass(&graph.system);
    }
    let is_cause = |it: &&Alert| it.is_symptom.value() == Some(&false);
    let causes: Vec<&str> =
        graph.alerts.iter().filter(is_cause).map(|it| it.node.name.as_str()).collect();
    if causes.len() < graph.alerts.len() || causes.len() < ALERTS_MIN {
        return say.cannot_tell(&graph.system, "what some of the alerts watch");
    }
    let some: Vec<&str> = causes.iter().take(3).copied().collect();
    say.fail(&graph.system, format!("all {} alerts watch causes ({}), none what users feel", causes.len(), list(&some)))
        .at(first.node.origin.span, "one of them")
        .help("alert on errors, latency and the age of what waits; keep causes for dashboards")
        .because("none of the expressions is about requests, errors, latency, lag or age (by the names of the metrics)");
}
