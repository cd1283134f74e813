//! OPS-12: figures with a label that has no end of values.

use architrave_model::graph::Graph;

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "OPS-12",
    name: "label-cardinality",
    family: Family::Operability,
    title: "a figure is kept for each user or request",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Repository],
    sources: &[
        Source {
            title: "Metric and label naming: labels (Prometheus)",
            url: "https://prometheus.io/docs/practices/naming/#labels",
        },
        Source {
            title: "Instrumentation: do not overuse labels (Prometheus)",
            url: "https://prometheus.io/docs/practices/instrumentation/#do-not-overuse-labels",
        },
    ],
    maps: &[("CWE", "770")],
    reads_names: true,
    page: include_str!("label_cardinality.md"),
    judge,
};

/// Labels that have a value for every user, request or thing.
const ENDLESS: [&str; 19] = [
    "user_id",
    "userid",
    "customer_id",
    "order_id",
    "session_id",
    "request_id",
    "trace_id",
    "span_id",
    "message_id",
    "transaction_id",
    "payment_id",
    "cart_id",
    "correlation_id",
    "email",
    "client_ip",
    "remote_addr",
    "ip_address",
    "device_id",
    "uuid",
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for alert in graph.alerts.iter().filter(|it| !it.groups_by.is_empty()) {
        let is_endless = |name: &str| ENDLESS.contains(&name.to_ascii_lowercase().as_str());
        let endless: Vec<&str> =
            alert.groups_by.iter().map(|it| it.0.as_str()).filter(|it| is_endless(it)).collect();
        let Some(first) = alert.groups_by.iter().find(|it| is_endless(&it.0)) else {
            say.pass(&alert.node);
            continue;
        };
        say.fail(&alert.node, format!("`{}` counts by {}: one series for each", alert.node.name, list(&endless)))
            .at(first.1.span, "has no end of values")
            .help("leave the label out of the metric; put the id into logs and traces, where each line may have its own")
            .because("a metric has one series in memory for each combination of its labels' values");
    }
}
