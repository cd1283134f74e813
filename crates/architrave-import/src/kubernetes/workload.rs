//! Workloads: what runs, and what its specification promises.

use std::collections::BTreeMap;

use architrave_model::{
    Span,
    graph::{
        Graph, Known, Node as GraphNode, Origin, Probe, Resources, Service, ServiceKind, Store,
        StoreKind,
    },
};

use super::{
    object::{KNATIVE, Object, Objects},
    security,
};
use crate::{
    Import,
    shared::{
        assembly,
        catalogue::{self, Product, Role},
        image::Reference,
        kind, limits, quantity,
    },
    yaml::Node,
};

const KINDS: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Rollout",
    "Job",
    "CronJob",
    "Pod",
    KNATIVE,
];

/// Containers that are put beside others.
const SIDECARS: &[&str] = &[
    "istio-proxy",
    "linkerd-proxy",
    "envoy",
    "cloud-sql-proxy",
    "cloudsql-proxy",
    "vault-agent",
    "fluent-bit",
    "filebeat",
    "exporter",
    "metrics",
    "otel-collector",
    "oauth2-proxy",
];

/// A workload and what was made of it.
pub(super) struct Workload<'a> {
    pub(super) object: Object<'a>,
    /// Id in the graph.
    pub(super) id: String,
    /// Position in the graph's list of services or stores; these lists only grow while manifests are read.
    position: usize,
    pub(super) pod: Node<'a>,
    pub(super) container: Node<'a>,
    pub(super) is_worker: bool,
    pub(super) role: Option<Role>,
}

impl<'a> Workload<'a> {
    /// Its service in the graph, if it is one.
    pub(super) fn service<'g>(&self, graph: &'g mut Graph) -> Option<&'g mut Service> {
        graph.services.get_mut(self.position).filter(|it| it.node.id == self.id)
    }

    pub(super) fn is_store(&self) -> bool {
        matches!(self.role, Some(Role::Store(_)))
    }

    /// Its store in the graph, if it is one.
    pub(super) fn store<'g>(&self, graph: &'g mut Graph) -> Option<&'g mut Store> {
        graph.stores.get_mut(self.position).filter(|it| it.node.id == self.id)
    }

    pub(super) fn labels(&self) -> Option<Node<'a>> {
        self.pod.path(&["metadata", "labels"])
    }

    pub(super) fn containers(&self) -> impl Iterator<Item = Node<'a>> {
        self.pod.path(&["spec", "containers"]).into_iter().flat_map(Node::items)
    }
}

/// The description of its pods.
pub(super) fn pod_of<'a>(object: &Object<'a>) -> Option<Node<'a>> {
    match object.kind {
        "Pod" => Some(object.node),
        "CronJob" => object.spec(&["jobTemplate", "spec", "template"]),
        _ => object.spec(&["template"]),
    }
}

/// Adds all workloads to the graph.
pub(super) fn read<'a>(objects: &Objects<'a>, import: &mut Import) -> Vec<Workload<'a>> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for object in objects.of_kind(KINDS) {
        *names.entry(object.name).or_default() += 1;
    }
    let mut workloads = Vec::new();
    for object in objects.of_kind(KINDS).take(limits::WORKLOADS_MAX) {
        let Some((pod, container)) =
            pod_of(object).and_then(|pod| Some((pod, main_container(object, pod)?)))
        else {
            continue;
        };
        let is_alone = names.get(object.name).is_none_or(|it| *it == 1);
        let name = if is_alone {
            object.name.to_owned()
        } else {
            format!("{}/{}/{}", object.namespace, object.kind.to_ascii_lowercase(), object.name)
        };
        workloads.push(element(objects, object, pod, container, name, import));
    }
    workloads
}

/// The container that the workload is for.
fn main_container<'a>(object: &Object<'_>, pod: Node<'a>) -> Option<Node<'a>> {
    let containers = || pod.path(&["spec", "containers"]).into_iter().flat_map(Node::items);
    let name = |it: Node<'a>| it.get("name").and_then(Node::as_text).unwrap_or("");
    let is_sidecar = |it: &Node<'a>| SIDECARS.iter().any(|word| name(*it).contains(word));
    containers()
        .find(|it| name(*it) == object.name)
        .or_else(|| containers().find(|it| !is_sidecar(it)))
        .or_else(|| containers().next())
}

fn element<'a>(
    objects: &Objects<'_>,
    object: &Object<'a>,
    pod: Node<'a>,
    container: Node<'a>,
    name: String,
    import: &mut Import,
) -> Workload<'a> {
    for other in pod
        .path(&["spec", "containers"])
        .into_iter()
        .flat_map(Node::items)
        .chain(pod.path(&["spec", "initContainers"]).into_iter().flat_map(Node::items))
    {
        if let Some(image) =
            other.get("image").filter(|it| it.as_text().is_some_and(|it| !it.is_empty()))
        {
            let text = objects.image(image.as_text().unwrap_or(""));
            assembly::add_image(&mut import.graph, &text, image.span(), Known::Unknown);
        }
    }
    let image = container.get("image");
    let text = objects.image(image.and_then(Node::as_text).unwrap_or(""));
    let product = catalogue::product(&Reference::of(&text).repository());
    let parts = Parts { objects, object, pod, container, product };
    let image = (!text.is_empty()).then(|| format!("image:{text}"));
    let role = product.map(|it| it.role);
    let mut is_worker = false;
    let runs_client =
        matches!(object.kind, "Job" | "CronJob") || catalogue::is_client(&words(container));
    let role = role.filter(|it| !(runs_client && matches!(it, Role::Store(_))));
    let (id, position) = if let Some(Role::Store(kind)) = role {
        let store = store(&parts, kind, name, image);
        let id = store.node.id.clone();
        import.graph.stores.push(store);
        (id, import.graph.stores.len() - 1)
    } else {
        let service = service(&parts, name, image);
        is_worker = matches!(service.kind.value(), Some(ServiceKind::Worker | ServiceKind::Job));
        let id = service.node.id.clone();
        import.graph.services.push(service);
        (id, import.graph.services.len() - 1)
    };
    Workload { object: *object, id, position, pod, container, is_worker, role }
}

/// What an element is made from.
struct Parts<'o, 'a> {
    objects: &'o Objects<'o>,
    object: &'o Object<'a>,
    pod: Node<'a>,
    container: Node<'a>,
    product: Option<&'static Product>,
}

fn service(parts: &Parts<'_, '_>, name: String, image: Option<String>) -> Service {
    let Parts { object, pod, container, .. } = parts;
    let at = object.at;
    let assumed = Origin { span: Some(at), ..Origin::assumed() };
    let grace = pod.path(&["spec", "terminationGracePeriodSeconds"]);
    Service {
        node: GraphNode::observed("service", name, at),
        kind: kind(parts),
        image,
        replicas: replicas(object),
        networks: vec![object.namespace.to_owned()],
        resources: resources(parts),
        liveness: probe(*container, "livenessProbe"),
        readiness: probe(*container, "readinessProbe"),
        // Kubernetes waits thirty seconds unless told otherwise.
        stop_grace_us: match grace {
            None => Known::observed(30_000_000, at),
            Some(node) => node
                .as_u64()
                .and_then(|it| i64::try_from(it).ok()?.checked_mul(1_000_000))
                .map_or(Known::Unknown, |it| Known::observed(it, node.span())),
        },
        restarts: restarts(object, *pod),
        runs_as_root: security::runs_as_root(*pod, *container),
        host_powers: security::host_powers(*pod),
        has_read_only_root: security::has_read_only_root(*container),
        is_spread: is_spread(*pod),
        has_stop_hook: match container.path(&["lifecycle", "preStop"]) {
            Some(hook) => Known::observed(true, hook.span()),
            None => Known::observed(false, container.span().before()),
        },
        has_disruption_budget: Known::Is(false, assumed),
        has_network_policy: Known::Is(false, assumed),
        owner: owner(parts),
        replicas_idle: replicas_idle(object),
        is_serverless: Known::observed(object.kind == KNATIVE, at),
        revisions_kept: revisions_kept(object),
        ..Service::default()
    }
}

fn kind(parts: &Parts<'_, '_>) -> Known<ServiceKind> {
    if matches!(parts.object.kind, "Job" | "CronJob") {
        return Known::observed(ServiceKind::Job, parts.object.at);
    }
    match parts.product.map(|it| it.role) {
        Some(Role::Service(kind)) => Known::observed(kind, parts.object.at),
        Some(Role::Backup) => Known::observed(ServiceKind::Job, parts.object.at),
        Some(Role::Console) => Known::Unknown,
        // Its image is a store's, but it runs a client of it.
        Some(Role::Store(_)) => Known::observed(ServiceKind::Job, parts.object.at),
        None => {
            let words = words(parts.container);
            let has_ports =
                parts.container.get("ports").is_some_and(|it| it.items().next().is_some());
            kind::guess(parts.object.name, &words, has_ports, false, parts.object.at)
        }
    }
}

fn store(parts: &Parts<'_, '_>, kind: StoreKind, name: String, image: Option<String>) -> Store {
    let Parts { object, container, product, .. } = parts;
    let image_span = container.get("image").map_or(object.at, Node::span);
    let version = image
        .as_deref()
        .and_then(|it| Reference::of(it.trim_start_matches("image:")).version().map(str::to_owned));
    Store {
        node: GraphNode::observed("store", name, object.at),
        kind: Known::observed(kind, image_span),
        product: product
            .map_or(Known::Unknown, |it| Known::observed(it.name.to_owned(), image_span)),
        version: version.map_or(Known::Unknown, |it| Known::observed(it, image_span)),
        replicas: replicas(object),
        networks: vec![object.namespace.to_owned()],
        is_persistent: is_persistent(parts),
        connections_max: connections_max(parts),
        is_bounded: is_bounded(parts),
        resources: resources(parts),
        readiness: probe(*container, "readinessProbe"),
        image,
        ..Store::default()
    }
}

fn words<'a>(container: Node<'a>) -> Vec<&'a str> {
    let words = ["command", "args"].iter().filter_map(|it| container.get(it)).flat_map(Node::items);
    words.filter_map(Node::as_text).flat_map(str::split_whitespace).collect()
}

/// Whether a file of settings of its own may say anything.
fn mounts_settings(parts: &Parts<'_, '_>) -> bool {
    let mounts = parts.container.get("volumeMounts").into_iter().flat_map(Node::items);
    let mut paths = mounts.filter_map(|it| it.get("mountPath")?.as_text());
    paths.any(|it| it.contains("conf") || it.contains("cnf"))
}

fn is_bounded(parts: &Parts<'_, '_>) -> Known<bool> {
    let words = words(parts.container);
    let found =
        parts.product.and_then(|it| catalogue::is_bounded(it.name, &words, mounts_settings(parts)));
    found.map_or(Known::Unknown, |it| Known::observed(it, parts.object.at))
}

/// As its arguments say; else the product's default, unless a mounted file may say otherwise.
fn connections_max(parts: &Parts<'_, '_>) -> Known<u32> {
    let arguments = parts.container.get("args").or_else(|| parts.container.get("command"));
    let at = arguments.map_or(parts.object.at, Node::span);
    if let Some(written) = catalogue::connections_of(&words(parts.container)) {
        return written.map_or(Known::Unknown, |it| Known::observed(it, at));
    }
    match parts.product.and_then(|it| catalogue::connections_by_default(it.name)) {
        Some(number) if !mounts_settings(parts) => {
            Known::Is(number, Origin { span: Some(parts.object.at), ..Origin::assumed() })
        }
        _ => Known::Unknown,
    }
}

/// One, unless more are asked for. A DaemonSet runs one on every node, Knative as many as are asked.
fn replicas(object: &Object<'_>) -> Known<u32> {
    match (object.kind, object.spec(&["replicas"])) {
        ("DaemonSet" | "Job" | "CronJob" | KNATIVE, _) => Known::Unknown,
        (_, None) => Known::observed(1, object.at),
        (_, Some(node)) => match node.as_u64().and_then(|it| u32::try_from(it).ok()) {
            Some(number) => Known::observed(number, node.span()),
            None => Known::Unknown,
        },
    }
}

/// How many of a service of Knative run while nobody asks, as the marks of its template say: none unless told.
fn replicas_idle(object: &Object<'_>) -> Known<u32> {
    const MARKS: &[&str] =
        &["autoscaling.knative.dev/min-scale", "autoscaling.knative.dev/minScale"];
    if object.kind != KNATIVE {
        return Known::Unknown;
    }
    let marks = object.spec(&["template", "metadata", "annotations"]);
    match MARKS.iter().find_map(|it| marks?.get(it)) {
        // Knative's default; the whole cluster may have another.
        None => Known::Is(0, Origin { span: Some(object.at), ..Origin::assumed() }),
        Some(node) => match node.as_u64().and_then(|it| u32::try_from(it).ok()) {
            Some(number) => Known::observed(number, node.span()),
            None => Known::Unknown,
        },
    }
}

/// Ten, unless told otherwise; only what is rolled out has any.
fn revisions_kept(object: &Object<'_>) -> Known<u32> {
    if !matches!(object.kind, "Deployment" | "StatefulSet" | "DaemonSet") {
        return Known::Unknown;
    }
    match object.spec(&["revisionHistoryLimit"]) {
        None => Known::observed(10, object.at),
        Some(node) => node
            .as_u64()
            .and_then(|it| u32::try_from(it).ok())
            .map_or(Known::Unknown, |it| Known::observed(it, node.span())),
    }
}

fn resources(parts: &Parts<'_, '_>) -> Resources {
    let container = parts.container;
    let own = container.get("name").and_then(Node::as_text);
    let patch = own.and_then(|it| parts.object.patched_container(it));
    let read = |keys: [&str; 2], parse: fn(&str) -> Option<u64>| {
        let [group, name] = keys;
        let value = |it: Node<'_>| it.path(&["resources", group, name]).is_some();
        let from = patch.filter(|it| value(*it)).unwrap_or(container);
        match from.path(&["resources", group, name]) {
            None => Known::Absent(Origin::observed(
                container.get("name").map_or(container.span(), Node::span),
            )),
            Some(node) => match node.as_text().and_then(parse) {
                Some(number) => Known::observed(number, node.span()),
                None => Known::Unknown,
            },
        }
    };
    Resources {
        cpu_request_milli: read(["requests", "cpu"], quantity::cpu_milli),
        cpu_limit_milli: read(["limits", "cpu"], quantity::cpu_milli),
        memory_request_bytes: read(["requests", "memory"], quantity::kubernetes_bytes),
        memory_limit_bytes: read(["limits", "memory"], quantity::kubernetes_bytes),
    }
}

fn probe(container: Node<'_>, key: &str) -> Known<Probe> {
    let name = container.get("name").map_or(container.span(), Node::span);
    let Some((key, probe)) = container.entry(key) else {
        return Known::Absent(Origin::observed(name));
    };
    let text = |keys: &[&str]| probe.path(keys).and_then(Node::as_text).unwrap_or("");
    let asks = if probe.get("httpGet").is_some() {
        format!("GET {} :{}", text(&["httpGet", "path"]), text(&["httpGet", "port"]))
    } else if probe.get("tcpSocket").is_some() {
        format!("tcp :{}", text(&["tcpSocket", "port"]))
    } else if probe.get("grpc").is_some() {
        format!("grpc :{}", text(&["grpc", "port"]))
    } else {
        let words = probe.path(&["exec", "command"]).into_iter().flat_map(Node::items);
        words.filter_map(Node::as_text).collect::<Vec<_>>().join(" ")
    };
    Known::observed(Probe { asks }, key.span())
}

fn restarts(object: &Object<'_>, pod: Node<'_>) -> Known<bool> {
    match pod.path(&["spec", "restartPolicy"]) {
        // What has a controller is always started again; so is a pod unless it says otherwise.
        None => Known::observed(true, object.at),
        Some(node) => Known::observed(node.as_text() != Some("Never"), node.span()),
    }
}

fn is_spread(pod: Node<'_>) -> Known<bool> {
    let spread = [
        &["spec", "topologySpreadConstraints"] as &[&str],
        &["spec", "affinity", "podAntiAffinity"],
    ];
    match spread.iter().find_map(|it| pod.path(it)) {
        Some(node) => Known::observed(true, node.span()),
        None => Known::observed(false, pod.get("spec").map_or(pod.span(), Node::span).before()),
    }
}

/// Whether what it keeps outlives its pods: a claim mounted anywhere it writes.
fn is_persistent(parts: &Parts<'_, '_>) -> Known<bool> {
    if let Some(claims) = parts.object.spec(&["volumeClaimTemplates"]) {
        return Known::observed(true, claims.span());
    }
    let volumes = parts.pod.path(&["spec", "volumes"]).into_iter().flat_map(Node::items);
    let lasting = [
        "persistentVolumeClaim",
        "hostPath",
        "nfs",
        "csi",
        "awsElasticBlockStore",
        "gcePersistentDisk",
    ];
    let claim = volumes.filter_map(|it| lasting.iter().find_map(|kind| it.get(kind))).next();
    match claim {
        Some(node) => Known::observed(true, node.span()),
        None => Known::observed(false, parts.object.at),
    }
}

/// Labels that name a team, on the workload or on its namespace.
fn owner(parts: &Parts<'_, '_>) -> Known<String> {
    const MARKS: &[&str] = &[
        "owner",
        "team",
        "app.kubernetes.io/owner",
        "app.kubernetes.io/team",
        "backstage.io/owner",
        "tags.datadoghq.com/team",
    ];
    let namespace = parts.objects.find("Namespace", "default", parts.object.namespace);
    let found = MARKS.iter().find_map(|it| parts.object.mark(it).or_else(|| namespace?.mark(it)));
    match found.and_then(|it| Some((it.as_text()?, it.span()))) {
        Some((name, span)) => Known::observed(name.to_owned(), span),
        None => Known::Absent(Origin::observed(parts.object.at)),
    }
}

/// The place of a workload's name, for what follows from the whole of it.
pub(super) fn place(workload: &Workload<'_>) -> Span {
    workload.object.at
}
