//! Who reaches a workload: services, ingresses, routes, policies.

use std::collections::BTreeMap;

use architrave_model::{
    Span,
    graph::{EdgeKind, Graph, Known, Node as GraphNode, Origin, Port, Service, ServiceKind},
};

use super::{
    object::{KNATIVE, Object, Objects, selects},
    operators,
    workload::{Workload, place},
};
use crate::{
    Import,
    shared::{assembly, catalogue, limits},
    yaml::Node,
};

/// Ids of workloads by the names under which they answer in their cluster.
pub(super) struct Hosts {
    /// By (namespace, name).
    names: BTreeMap<(String, String), String>,
}

impl Hosts {
    pub(super) fn of(objects: &Objects<'_>, workloads: &[Workload<'_>]) -> Self {
        let mut names = BTreeMap::new();
        for service in objects.of_kind(&["Service"]).take(limits::WORKLOADS_MAX) {
            if let Some(workload) = behind(service, workloads).next() {
                names.insert(
                    (service.namespace.to_owned(), service.name.to_owned()),
                    workload.id.clone(),
                );
            }
        }
        for (namespace, name, id) in operators::hosts(objects) {
            names.entry((namespace, name)).or_insert(id);
        }
        for workload in workloads {
            let key = (workload.object.namespace.to_owned(), workload.object.name.to_owned());
            names.entry(key).or_insert_with(|| workload.id.clone());
        }
        Self { names }
    }

    /// `svc`, `svc.ns`, `svc.ns.svc`, `svc.ns.svc.cluster.local`, and `pod-0.svc` of a StatefulSet.
    pub(super) fn find(&self, host: &str, namespace: &str) -> Option<String> {
        let parts: Vec<&str> = host.split('.').collect();
        let find = |namespace: &str, name: &str| {
            self.names.get(&(namespace.to_owned(), name.to_owned())).cloned()
        };
        match parts.as_slice() {
            [name] => find(namespace, name),
            [name, space] => find(space, name).or_else(|| find(namespace, space)),
            [name, space, "svc", ..] => find(space, name),
            [_, name, space, "svc", ..] => find(space, name),
            _ => None,
        }
    }
}

/// Workloads whose pods a service hands requests to.
fn behind<'w, 'a>(
    service: &Object<'a>,
    workloads: &'w [Workload<'a>],
) -> impl Iterator<Item = &'w Workload<'a>> {
    let selector = service.spec(&["selector"]);
    let namespace = service.namespace;
    workloads
        .iter()
        .filter(move |it| it.object.namespace == namespace && selects(selector, it.labels()))
}

/// Adds ports, exposure, the ingress and its routes, policies.
pub(super) fn read(objects: &Objects<'_>, workloads: &[Workload<'_>], import: &mut Import) {
    for workload in workloads {
        if let Some(there) = ports_of(&mut import.graph, workload) {
            *there = ports(workload);
        }
    }
    for service in objects.of_kind(&["Service"]).take(limits::WORKLOADS_MAX) {
        let exposure = exposure(service);
        for workload in behind(service, workloads).take(limits::PARTS_MAX) {
            expose(service, workload, exposure.as_ref(), &mut import.graph);
        }
    }
    let hosts = Hosts::of(objects, workloads);
    for object in objects.of_kind(&[
        "Ingress",
        "HTTPRoute",
        "GRPCRoute",
        "TCPRoute",
        "VirtualService",
        "IngressRoute",
    ]) {
        for backend in backends(object).into_iter().take(limits::PARTS_MAX) {
            route(object, backend, &hosts, &mut import.graph);
        }
    }
    private_unless_reached(workloads, &mut import.graph);
    policies(objects, workloads, &mut import.graph);
}

/// Ports of all containers; those bound to the node can be reached there.
fn ports(workload: &Workload<'_>) -> Vec<Port> {
    let product = match workload.container.get("image").and_then(Node::as_text) {
        Some(text) => catalogue::product(&crate::shared::image::Reference::of(text).repository()),
        None => None,
    };
    let mut ports: Vec<Port> = Vec::new();
    for node in workload.containers().filter_map(|it| it.get("ports")).flat_map(Node::items) {
        let Some(number) =
            node.get("containerPort").and_then(Node::as_u64).and_then(|it| u16::try_from(it).ok())
        else {
            continue;
        };
        let name = node.get("name").and_then(Node::as_text).unwrap_or("");
        let is_named = ["metrics", "admin", "management", "debug", "pprof", "prom"]
            .iter()
            .any(|it| name.contains(it));
        let is_known = product.is_some_and(|it| it.management_ports.contains(&number))
            || (product.is_none() && catalogue::MANAGEMENT_PORTS.contains(&number));
        let is_on_node = node.get("hostPort").is_some();
        if ports.len() < limits::PARTS_MAX && ports.iter().all(|it| it.number != number) {
            ports.push(Port {
                number,
                origin: Origin::observed(node.span()),
                is_exposed: Known::observed(is_on_node, node.span()),
                is_management: match (is_named || is_known, product) {
                    (true, _) => Known::observed(true, node.span()),
                    (false, Some(_)) => Known::observed(false, node.span()),
                    (false, None) => Known::Unknown,
                },
            });
        }
    }
    ports
}

fn ports_of<'g>(graph: &'g mut Graph, workload: &Workload<'_>) -> Option<&'g mut Vec<Port>> {
    if workload.is_store() {
        return workload.store(graph).map(|it| &mut it.ports);
    }
    workload.service(graph).map(|it| &mut it.ports)
}

/// Where a service says that it can be reached from outside; nothing where it is for inside.
fn exposure(service: &Object<'_>) -> Option<(Span, Known<bool>)> {
    let node = service.spec(&["type"])?;
    if !matches!(node.as_text(), Some("LoadBalancer" | "NodePort")) {
        return None;
    }
    let annotations = service.node.path(&["metadata", "annotations"]);
    let is_internal = annotations.is_some_and(|it| {
        it.named().any(|(name, value)| {
            name.contains("internal")
                || (name.ends_with("load-balancer-type") && value.as_text() == Some("Internal"))
        })
    });
    // Who is let in by a list of addresses cannot be told from here.
    let is_limited = service.spec(&["loadBalancerSourceRanges"]).is_some();
    let known = if is_internal {
        Known::observed(false, node.span())
    } else if is_limited {
        Known::Unknown
    } else {
        Known::observed(true, node.span())
    };
    Some((node.span(), known))
}

fn expose(
    service: &Object<'_>,
    workload: &Workload<'_>,
    exposure: Option<&(Span, Known<bool>)>,
    graph: &mut Graph,
) {
    for node in service.spec(&["ports"]).into_iter().flat_map(Node::items) {
        let target = node.get("targetPort").or_else(|| node.get("port"));
        let Some(number) = target.and_then(|it| number(it, workload)) else { continue };
        let Some(ports) = ports_of(graph, workload) else { continue };
        let is_exposed = exposure.map_or(Known::observed(false, node.span()), |it| it.1.clone());
        let has_room = ports.len() < limits::PARTS_MAX;
        match ports.iter_mut().find(|it| it.number == number) {
            Some(port) if port.is_exposed.value() != Some(&true) => port.is_exposed = is_exposed,
            Some(_) => {}
            None if !has_room => {}
            None => ports.push(Port {
                number,
                origin: Origin::observed(node.span()),
                is_exposed,
                ..Port::default()
            }),
        }
    }
    let Some((span, Known::Is(true, _))) = exposure else { return };
    if let Some(found) = workload.service(graph) {
        found.is_public = Known::observed(true, *span);
    }
}

/// A port by its number or its name.
fn number(node: Node<'_>, workload: &Workload<'_>) -> Option<u16> {
    if let Some(number) = node.as_u64() {
        return u16::try_from(number).ok();
    }
    let name = node.as_text()?;
    let ports = workload.containers().filter_map(|it| it.get("ports")).flat_map(Node::items);
    let mut named = ports.filter(|it| it.get("name").and_then(Node::as_text) == Some(name));
    u16::try_from(named.next()?.get("containerPort")?.as_u64()?).ok()
}

/// Names of the services that an ingress or route hands requests to.
fn backends<'a>(object: &Object<'a>) -> Vec<Node<'a>> {
    let items = |keys: &[&str]| object.spec(keys).into_iter().flat_map(Node::items);
    let paths =
        items(&["rules"]).filter_map(|it| it.path(&["http", "paths"])).flat_map(Node::items);
    let of_ingress = paths.filter_map(|it| {
        it.path(&["backend", "service", "name"]).or_else(|| it.path(&["backend", "serviceName"]))
    });
    let default = object.spec(&["defaultBackend", "service", "name"]);
    let references = items(&["rules"]).filter_map(|it| it.get("backendRefs")).flat_map(Node::items);
    let of_route = references.filter_map(|it| it.get("name"));
    let of_traefik = items(&["routes"]).filter_map(|it| it.get("services")).flat_map(Node::items);
    let of_mesh = ["http", "tcp"].into_iter().flat_map(|it| items(&[it]).collect::<Vec<_>>());
    let of_mesh = of_mesh.filter_map(|it| it.get("route")).flat_map(Node::items);
    of_ingress
        .chain(default)
        .chain(of_route)
        .chain(of_traefik.filter_map(|it| it.get("name")))
        .chain(of_mesh.filter_map(|it| it.path(&["destination", "host"])))
        .collect()
}

/// From the ingress to a workload.
fn route(object: &Object<'_>, backend: Node<'_>, hosts: &Hosts, graph: &mut Graph) {
    let Some(to) = backend.as_text().and_then(|it| hosts.find(it, object.namespace)) else {
        return;
    };
    let ingress = ingress(object, graph);
    let mut edge = assembly::edge(&ingress, &to, EdgeKind::Calls, backend.span());
    edge.is_synchronous = Known::observed(true, backend.span());
    edge.is_remote = Known::observed(true, backend.span());
    assembly::add_edge(graph, edge);
    if let Some(service) = graph.services.iter_mut().find(|it| it.node.id == to) {
        service.is_public = Known::observed(true, backend.span());
    }
}

/// The element that stands before all others. Whether it speaks TLS is kept with the file: an ingress without
/// `tls` answers in plain text.
fn ingress(object: &Object<'_>, graph: &mut Graph) -> String {
    let id = "service:ingress";
    let span = object.at;
    if object.kind == "Ingress" {
        let tls = object.spec(&["tls"]).filter(|it| it.items().next().is_some());
        let value = if tls.is_some() { "tls" } else { "plain" };
        let fact = (
            "ingress".to_owned(),
            value.to_owned(),
            Origin::observed(tls.map_or(span, Node::span)),
        );
        let manifest = graph.manifests.iter_mut().find(|it| it.node.name == object.file);
        if let Some(manifest) = manifest.filter(|it| !it.facts.contains(&fact)) {
            manifest.facts.push(fact);
        }
    }
    if graph.service(id).is_none() {
        graph.services.push(Service {
            node: GraphNode::observed("service", "ingress", span),
            kind: Known::observed(ServiceKind::Gateway, span),
            is_public: Known::observed(true, span),
            ..Service::default()
        });
    }
    id.to_owned()
}

/// What nothing hands requests to is reached from inside only, if the objects are all there are.
fn private_unless_reached(workloads: &[Workload<'_>], graph: &mut Graph) {
    // Knative puts a route of its own before what it runs.
    for workload in workloads.iter().filter(|it| it.object.kind != KNATIVE) {
        let assumed = Origin { span: Some(place(workload)), ..Origin::assumed() };
        if let Some(service) = workload.service(graph) {
            assembly::fill(&mut service.is_public, Known::Is(false, assumed));
        }
    }
}

fn policies(objects: &Objects<'_>, workloads: &[Workload<'_>], graph: &mut Graph) {
    for policy in
        objects.of_kind(&["NetworkPolicy", "CiliumNetworkPolicy"]).take(limits::WORKLOADS_MAX)
    {
        let selector = policy.spec(&["podSelector"]).or_else(|| policy.spec(&["endpointSelector"]));
        for workload in workloads {
            let is_meant = policy.namespace == workload.object.namespace
                && selects(selector, workload.labels());
            let service = workload.service(graph);
            if let Some(service) = service.filter(|_| is_meant) {
                service.has_network_policy = Known::observed(true, policy.at);
            }
        }
    }
}
