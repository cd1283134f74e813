//! FIT-13: a service mesh for a handful of services.

use architrave_model::graph::{Graph, ServiceKind};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-13",
    name: "mesh-without-need",
    family: Family::Fit,
    title: "a service mesh for a handful of services",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[Source {
        title: "Who needs a service mesh? (servicemesh.es)",
        url: "https://servicemesh.es/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("mesh_without_need.md"),
    judge,
};

/// Services from which a mesh is less work than doing without (judgement).
const SERVICES_MIN: usize = 10;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let facts = graph.manifests.iter().flat_map(|it| &it.facts).filter(|it| it.0 == "mesh");
    let Some((_, mesh, origin)) = facts.clone().next() else { return };
    let talks = |kind: Option<&ServiceKind>| {
        !matches!(kind, Some(ServiceKind::Job | ServiceKind::Monitoring))
    };
    let services = graph.services.iter().filter(|it| talks(it.kind.value())).count();
    if services == 0 {
        return say.cannot_tell(
            &graph.system,
            "which services it serves; their manifests are not among the files",
        );
    }
    let is_known = |list: &Vec<String>| list.iter().any(|it| it.eq_ignore_ascii_case(mesh));
    if services >= SERVICES_MIN || graph.needs.uses.value().is_some_and(is_known) {
        return say.pass(&graph.system);
    }
    let noun = if services == 1 { "service" } else { "services" };
    say.fail(&graph.system, format!("{mesh} for {services} {noun}"))
        .at(origin.span, "turned on here")
        .help(format!("let the services encrypt and repeat by a library or by the ingress, and take the mesh out; a team that runs {mesh} for others anyway writes `uses = [\"{mesh}\"]` in `constraints`"))
        .because(format!("{services} {noun} (observed); below {SERVICES_MIN} a mesh is more work than it takes away (judgement)"))
        .because("it brings a proxy beside every pod, certificates, a control plane to upgrade with the cluster, and one more place to look when a call fails");
}
