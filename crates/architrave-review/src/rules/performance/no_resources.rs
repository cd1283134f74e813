//! PRF-13: a container that may use all there is, or be given nothing.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known, ManifestKind, Node, Resources, ServiceKind};

pub(super) const RULE: Rule = Rule {
    id: "PRF-13",
    name: "no-resources",
    family: Family::Performance,
    title: "nobody says how much it may use",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Kubernetes],
    sources: &[Source {
        title: "Resource management for pods and containers (Kubernetes)",
        url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    }],
    maps: &[("CWE", "770")],
    reads_names: false,
    page: include_str!("no_resources.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let services = graph
        .services
        .iter()
        .filter(|it| it.kind.value() != Some(&ServiceKind::Job))
        .map(|it| (&it.node, &it.resources));
    let stores = graph.stores.iter().map(|it| (&it.node, &it.resources));
    for (node, resources) in services.chain(stores).filter(|it| is_scheduled(graph, it.0)) {
        judge_one(node, resources, say);
    }
}

/// Whether a scheduler has to find room for it. On a single host there is nothing to place.
fn is_scheduled(graph: &Graph, node: &Node) -> bool {
    let file = node.origin.span.map(|it| it.file);
    file.is_some()
        && graph.manifests.iter().any(|it| {
            it.kind == ManifestKind::Kubernetes && it.node.origin.span.map(|it| it.file) == file
        })
}

fn judge_one(node: &Node, resources: &Resources, say: &mut Verdicts) {
    let Resources { cpu_request_milli, cpu_limit_milli, memory_request_bytes, memory_limit_bytes } =
        resources;
    // A limit alone is a request of the same size.
    let memory = [memory_request_bytes, memory_limit_bytes];
    let processor = [cpu_request_milli, cpu_limit_milli];
    let is_missing = |both: &[&Known<u64>; 2]| both.iter().all(|it| it.is_absent());
    let missing = match (is_missing(&processor), is_missing(&memory)) {
        (true, true) => "processor and memory",
        (true, false) => "processor time",
        (false, true) => "memory",
        (false, false) => {
            if memory.iter().chain(&processor).all(|it| it.is_unknown()) {
                return;
            }
            return say.pass(node);
        }
    };
    let place = if is_missing(&memory) { memory_request_bytes } else { cpu_request_milli };
    say.fail(node, format!("nobody says how much {missing} `{}` needs", node.name))
        .at(place.span(), "no requests here")
        .help("set `resources.requests` to what it uses when it is busy, and a limit on memory; leave processors without a limit unless you must")
        .because("the scheduler believes that it needs nothing, and evicts it first when the node is short");
}
