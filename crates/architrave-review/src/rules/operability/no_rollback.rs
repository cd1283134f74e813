//! OPS-09: a deployment that forgets what ran before.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known};

pub(super) const RULE: Rule = Rule {
    id: "OPS-09",
    name: "no-rollback",
    family: Family::Operability,
    title: "there is nothing to go back to",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[
        Source {
            title: "Deployments: clean up policy (Kubernetes)",
            url: "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#clean-up-policy",
        },
        Source {
            title: "Release engineering (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/release-engineering/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_rollback.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in &graph.services {
        match service.revisions_kept {
            Known::Unknown => {}
            Known::Is(kept, _) if kept > 0 => say.pass(&service.node),
            Known::Is(_, origin) | Known::Absent(origin) => {
                say.fail(
                    &service.node,
                    format!(
                        "what `{}` was before the last deployment is forgotten",
                        service.node.name
                    ),
                )
                .at(origin.span, "keeps none")
                .help("leave `revisionHistoryLimit` out (ten are kept then), or keep two or three")
                .because("`kubectl rollout undo` goes back to a kept revision, and there is none");
            }
        }
    }
}
