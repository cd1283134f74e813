//! REL-16: requests and starts that come before somebody is ready.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{
    EdgeKind, Graph, Known, Probe, Service, ServiceKind, Store, StoreKind,
};

pub(super) const RULE: Rule = Rule {
    id: "REL-16",
    name: "bad-probes",
    family: Family::Reliability,
    title: "nobody asks whether it can take work",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Configure liveness, readiness and startup probes (Kubernetes)",
            url: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
        },
        Source {
            title: "Control startup order (Docker Compose)",
            url: "https://docs.docker.com/compose/how-tos/startup-order/",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("bad_probes.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in &graph.services {
        judge_service(graph, service, say);
    }
    // What keeps keys in memory answers as soon as it runs.
    let is_slow = |it: &&Store| it.kind.value().is_some_and(|it| *it != StoreKind::Cache);
    for store in graph.stores.iter().filter(is_slow).filter(|it| is_waited_for(graph, &it.node.id))
    {
        match &store.readiness {
            Known::Is(..) => say.pass(&store.node),
            Known::Unknown => {}
            Known::Absent(origin) => {
                let name = &store.node.name;
                say.fail(&store.node, format!("nobody asks whether `{name}` answers before others use it"))
                    .at(origin.span, "no health check here")
                    .help(format!("add a health check to `{name}`, and let others wait for it (`condition: service_healthy` in compose, `readinessProbe` in Kubernetes)"));
            }
        }
    }
}

fn judge_service(graph: &Graph, service: &Service, say: &mut Verdicts) {
    let takes_requests = matches!(
        service.kind.value(),
        Some(ServiceKind::Api | ServiceKind::Gateway | ServiceKind::Frontend)
    );
    if !takes_requests {
        return;
    }
    let name = &service.node.name;
    match (&service.liveness, &service.readiness) {
        (Known::Is(live, origin), Known::Is(ready, _))
            if live == ready && asks_for_readiness(live) =>
        {
            say.fail(&service.node, format!("`{name}` is killed whenever it is not ready"))
                .at(origin.span, "asks whether it is ready, but decides whether it lives")
                .help("let `livenessProbe` ask something that depends on nobody else, e.g. `/health/live`; a restart does not bring a database back")
                .because(format!("both probes ask `{}`", live.asks));
        }
        (_, Known::Is(..)) => say.pass(&service.node),
        (_, Known::Unknown) => {}
        // Of compose files: only where somebody in the project waits for it.
        (Known::Unknown, Known::Absent(_)) if !is_waited_for(graph, &service.node.id) => {}
        (_, Known::Absent(origin)) => {
            say.fail(&service.node, format!("nobody asks whether `{name}` can take requests"))
                .at(origin.span, "no readiness check here")
                .help("add a check that answers once it can serve: `readinessProbe` in Kubernetes, `healthcheck` in compose")
                .because("requests are sent to it from the moment its process exists");
        }
    }
}

fn asks_for_readiness(probe: &Probe) -> bool {
    probe.asks.to_ascii_lowercase().contains("ready")
}

fn is_waited_for(graph: &Graph, id: &str) -> bool {
    let kinds = [
        EdgeKind::Hint,
        EdgeKind::Calls,
        EdgeKind::Stores,
        EdgeKind::Publishes,
        EdgeKind::Consumes,
    ];
    !graph.is_closed && graph.edges.iter().any(|it| it.to == id && kinds.contains(&it.kind))
}
