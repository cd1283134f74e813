//! How many run, by load and while nodes are emptied.

use architrave_model::graph::Known;

use super::{
    object::{Objects, selects},
    workload::Workload,
};
use crate::{Import, shared::limits, yaml::Node};

/// Adds autoscalers and disruption budgets.
pub(super) fn read(objects: &Objects<'_>, workloads: &[Workload<'_>], import: &mut Import) {
    for object in
        objects.of_kind(&["HorizontalPodAutoscaler", "ScaledObject"]).take(limits::WORKLOADS_MAX)
    {
        let Some(target) = object.spec(&["scaleTargetRef", "name"]).and_then(Node::as_text) else {
            continue;
        };
        let number = |keys: [&str; 2], default: Option<u32>| {
            let node = keys.iter().find_map(|it| object.spec(&[it]));
            node.map_or(default, |it| u32::try_from(it.as_u64()?).ok())
        };
        // The defaults are those of each kind's documentation.
        let is_keda = object.kind == "ScaledObject";
        let min = number(["minReplicas", "minReplicaCount"], Some(u32::from(!is_keda)));
        let max = number(["maxReplicas", "maxReplicaCount"], is_keda.then_some(100));
        let (Some(min), Some(max)) = (min, max) else { continue };
        let named = |it: &&Workload<'_>| {
            it.object.name == target && it.object.namespace == object.namespace
        };
        let Some(workload) = workloads.iter().find(named) else { continue };
        let Some(service) = workload.service(&mut import.graph) else {
            continue;
        };
        service.autoscale = Known::observed((min, max), object.at);
        if workload.object.spec(&["replicas"]).is_none() {
            service.replicas = Known::observed(min, object.at);
        }
    }
    for object in objects.of_kind(&["PodDisruptionBudget"]).take(limits::WORKLOADS_MAX) {
        for workload in workloads {
            let is_meant = workload.object.namespace == object.namespace
                && selects(object.spec(&["selector"]), workload.labels());
            let service = workload.service(&mut import.graph);
            if let Some(service) = service.filter(|_| is_meant) {
                service.has_disruption_budget = Known::observed(true, object.at);
            }
        }
    }
}
