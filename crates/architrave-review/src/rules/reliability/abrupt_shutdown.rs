//! REL-17: a stop that does not wait for work to end.

use architrave_model::graph::{Graph, Known, Service, ServiceKind};

use crate::measure::{names::name_of, words::time};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-17",
    name: "abrupt-shutdown",
    family: Family::Reliability,
    title: "it is killed in the middle of its work",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Pod lifecycle: termination of pods (Kubernetes)",
            url: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
        },
        Source {
            title: "Compose file reference: stop_grace_period",
            url: "https://docs.docker.com/reference/compose-file/services/#stop_grace_period",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("abrupt_shutdown.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in &graph.services {
        judge_one(graph, service, say);
    }
}

fn judge_one(graph: &Graph, service: &Service, say: &mut Verdicts) {
    if matches!(service.kind.value(), Some(ServiceKind::Job | ServiceKind::Monitoring)) {
        return;
    }
    let Known::Is(grace, origin) = service.stop_grace_us else { return };
    let name = &service.node.name;
    // Whoever waits for an answer for so long may be in the middle of it when asked to stop.
    let longest = graph
        .edges
        .iter()
        .filter(|it| it.from == service.node.id)
        .filter_map(|it| Some((*it.timeout_us.value()?, it)))
        .max_by_key(|it| it.0);
    match longest {
        _ if grace == 0 => {
            say.fail(&service.node, format!("`{name}` is killed at once when it is asked to stop"))
                .at(origin.span, "no time to finish")
                .help("leave it time to answer what it has begun: ten seconds or more");
        }
        Some((timeout, edge)) if timeout > grace => {
            say.fail(
                &service.node,
                format!(
                    "`{name}` has {} to stop, but may be waiting for {}",
                    time(grace),
                    time(timeout)
                ),
            )
            .at(origin.span, "killed after this")
            .also(
                edge.timeout_us.span(),
                format!("waits so long for `{}`", name_of(graph, &edge.to)),
            )
            .help(format!("leave it more than {} to stop, or let it wait less", time(timeout)));
        }
        Some(_) => say.pass(&service.node),
        // How long its work takes nobody said; nothing to compare with.
        None => {}
    }
}
