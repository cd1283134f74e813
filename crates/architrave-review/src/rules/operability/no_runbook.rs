//! OPS-02: a promise that nobody watches, or an alert that does not say what to do.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "OPS-02",
    name: "alert-without-runbook",
    family: Family::Operability,
    title: "whoever is woken is not told what to do",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Repository],
    sources: &[
        Source {
            title: "Being on-call: playbooks (The Site Reliability Workbook)",
            url: "https://sre.google/workbook/on-call/",
        },
        Source {
            title: "Alerting rules (Prometheus)",
            url: "https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_runbook.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        match &objective.has_alert {
            Known::Is(true, _) => say.pass(&objective.node),
            Known::Unknown => {}
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(
                    &objective.node,
                    format!("nobody is told when `{}` is broken", objective.node.name),
                )
                .at(origin.span, "no alert watches this")
                .help("alert on how fast the error budget is used up");
            }
        }
    }
    for alert in &graph.alerts {
        match &alert.runbook {
            Known::Is(..) => say.pass(&alert.node),
            Known::Unknown => {}
            Known::Absent(origin) => {
                say.fail(&alert.node, format!("`{}` wakes somebody and does not say what to do", alert.node.name))
                    .at(origin.span, "no `runbook_url` among its annotations")
                    .help("write down what it means, where to look and what to try, and link it: `annotations: { runbook_url: … }`");
            }
        }
    }
}
