//! PRF-16: a number of copies that two places set.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "PRF-16",
    name: "autoscale-conflict",
    family: Family::Performance,
    title: "two places say how many run",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[Source {
        title: "Horizontal Pod autoscaling: migrating deployments and StatefulSets (Kubernetes)",
        url: "https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("autoscale_conflict.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in &graph.services {
        let Known::Is((least, most), scaler) = service.autoscale else { continue };
        let name = &service.node.name;
        if least == most {
            say.fail(&service.node, format!("the autoscaler of `{name}` has nothing to decide: {least} at least and at most"))
                .at(scaler.span, "no room")
                .help("give it room between `minReplicas` and `maxReplicas`, or leave it out and set `replicas`");
            continue;
        }
        match &service.replicas {
            // The autoscaler's own smallest number stands in where the workload says none.
            Known::Is(fixed, origin) if origin.span != scaler.span => {
                say.fail(&service.node, format!("`{name}` is set to {fixed} copies at every deployment, whatever its autoscaler decided"))
                    .at(origin.span, "sets it back")
                    .also(scaler.span, format!("decides between {least} and {most}"))
                    .help("leave `replicas` out of the workload; the autoscaler sets it")
                    .because("applying the manifest at a busy time takes away the copies that were added for it");
            }
            _ => say.pass(&service.node),
        }
    }
}
