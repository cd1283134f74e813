//! REL-20: copies that nothing keeps apart.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known, Service};

pub(super) const RULE: Rule = Rule {
    id: "REL-20",
    name: "no-spread",
    family: Family::Reliability,
    title: "all copies can go down together",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[
        Source {
            title: "Specifying a disruption budget (Kubernetes)",
            url: "https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
        },
        Source {
            title: "Pod topology spread constraints (Kubernetes)",
            url: "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_spread.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in graph.services.iter().filter(|it| fewest(it) >= 2) {
        let facts = (&service.has_disruption_budget, &service.is_spread);
        let name = &service.node.name;
        match facts {
            (Known::Is(true, _), _) | (_, Known::Is(true, _)) => say.pass(&service.node),
            (Known::Unknown, _) | (_, Known::Unknown) => {
                say.cannot_tell(&service.node, "what keeps its copies apart");
            }
            _ => {
                say.fail(&service.node, format!("nothing keeps the {} copies of `{name}` from going down together", fewest(service)))
                    .also(service.replicas.span(), "so many run")
                    .help("add a PodDisruptionBudget (`maxUnavailable: 1`), and topologySpreadConstraints over zones or nodes")
                    .because("no disruption budget selects it among these files, and its pods say nothing of where they run (observed)");
            }
        }
    }
}

/// Copies that run at least.
fn fewest(service: &Service) -> u32 {
    let by_load = service.autoscale.value().map(|it| it.0);
    by_load.or(service.replicas.value().copied()).unwrap_or(0)
}
