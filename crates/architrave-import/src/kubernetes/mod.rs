//! Kubernetes objects: workloads, who reaches them, whom they talk to, what keeps them alive and apart.
//!
//! The objects that are given together are taken for all of a namespace: that nothing else is there (no
//! disruption budget, no network policy) is an assumption and marked as one.

mod configuration;
mod network;
mod object;
mod operators;
mod scaling;
mod secrets;
mod security;
mod templates;
mod workload;

use architrave_model::graph::{Manifest, ManifestKind, Node as GraphNode, Origin};

use crate::{Import, input::Input, practice, yaml::Node};
use object::Objects;

/// Whether it holds objects of Kubernetes, or is a template that would make some.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    if !input.is_yaml_or_json() {
        return false;
    }
    let text = input.text();
    let has = |word: &str| {
        text.starts_with(word)
            || text.contains(&format!("\n{word}"))
            || text.contains(&format!("\"{}\"", word.trim_end_matches(':')))
    };
    templates::is_template(input)
        || object::is_kustomization(input)
        || (has("apiVersion:") && has("kind:"))
}

/// Notes with its file that a service mesh is in use.
fn mesh(objects: &Objects<'_>, import: &mut Import) {
    for object in objects.iter() {
        let mark =
            |name: &str, value: &str| object.mark(name).and_then(Node::as_text) == Some(value);
        let mesh = if object.api.contains("istio.io/") || mark("istio-injection", "enabled") {
            "istio"
        } else if object.api.contains("linkerd.io/") || mark("linkerd.io/inject", "enabled") {
            "linkerd"
        } else {
            continue;
        };
        let manifest = import.graph.manifests.iter_mut().find(|it| it.node.name == object.file);
        if let Some(manifest) = manifest.filter(|it| it.facts.iter().all(|it| it.0 != "mesh")) {
            manifest.facts.push(("mesh".to_owned(), mesh.to_owned(), Origin::observed(object.at)));
        }
    }
}

/// Reads all objects.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    templates::report(inputs, import);
    let plain: Vec<&Input<'_>> = inputs.iter().filter(|it| !templates::is_template(it)).collect();
    for input in &plain {
        import.findings.extend(input.tree().findings.iter().cloned());
        import.graph.manifests.push(Manifest {
            node: GraphNode::observed("manifest", input.name(), input.start()),
            kind: ManifestKind::Kubernetes,
            facts: Vec::new(),
        });
    }
    let objects = Objects::of(&plain, &mut import.findings);
    let workloads = workload::read(&objects, import);
    operators::read(&objects, import);
    mesh(&objects, import);
    network::read(&objects, &workloads, import);
    scaling::read(&objects, &workloads, import);
    configuration::read(&objects, &workloads, import);
    secrets::read(&objects, import);
    for object in objects.of_kind(&["PrometheusRule"]) {
        if let Some(groups) = object.node.path(&["spec", "groups"]) {
            practice::alerts(groups, &mut import.graph);
        }
    }
}
