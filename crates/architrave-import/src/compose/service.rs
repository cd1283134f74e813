//! One service of a compose file: what it is, and what follows for the graph.

use std::collections::BTreeMap;

use architrave_model::graph::{
    EdgeKind, Known, Manifest, ManifestKind, Node as GraphNode, Origin, Probe, Resources, Service,
    ServiceKind,
};

use super::{
    interpolate::interpolate, layers::Source, ports, product::recipe, project::Project, settings,
    store, volumes,
};
use crate::{
    Import, dockerfile,
    shared::{
        assembly::{self, User},
        catalogue::{Product, Role},
        environment::{self, Environment},
        kind, limits, quantity,
    },
    yaml::Node,
};

/// What was made of a service, for those who talk to it.
struct Found<'p, 'a> {
    source: &'p Source<'a>,
    id: String,
    is_worker: bool,
    environment: Environment,
    role: Option<Role>,
}

/// Adds the services and stores of a project, then what they say of each other.
pub(super) fn read(project: &Project<'_>, import: &mut Import) {
    for file in &project.files {
        import.graph.manifests.push(Manifest {
            node: GraphNode::observed("manifest", file.name(), file.start()),
            kind: ManifestKind::Compose,
            facts: Vec::new(),
        });
    }
    let hosts = hosts(project);
    let resolve = |host: &str| hosts.get(host).cloned();
    let found: Vec<Found<'_, '_>> =
        project.services.iter().map(|source| element(project, source, &resolve, import)).collect();
    for it in &found {
        let user = User {
            id: &it.id,
            is_worker: it.is_worker,
            // All services of a project run in one engine.
            crosses_hosts: Known::observed(false, it.source.key.span()),
            only_reads: matches!(
                it.role,
                Some(Role::Backup | Role::Console | Role::Service(ServiceKind::Monitoring))
            ),
            place: &format!("{}/{}", it.source.file(), it.source.name),
        };
        assembly::add_environment(&mut import.graph, &user, &it.environment);
        hints(it, &resolve, import);
        if it.role == Some(Role::Backup) {
            store::backed_up(it.source, &it.environment, import);
        }
    }
    routes(project, &resolve, import);
    kind::guess_callees(&mut import.graph);
}

/// Ids by the names under which services answer.
fn hosts(project: &Project<'_>) -> BTreeMap<String, String> {
    let mut hosts = BTreeMap::new();
    for source in &project.services {
        let id = format!("{}:{}", kind_of_id(project, source), project.name(source.name));
        let written = [source.text(&["container_name"]), source.text(&["hostname"])];
        let networks =
            source.every("networks").flat_map(Node::entries).filter_map(|it| it.1.get("aliases"));
        let aliases = networks.flat_map(Node::items).filter_map(Node::as_text);
        for name in std::iter::once(source.name).chain(written.into_iter().flatten()).chain(aliases)
        {
            hosts.entry(name.to_ascii_lowercase()).or_insert_with(|| id.clone());
        }
    }
    hosts
}

fn kind_of_id(project: &Project<'_>, source: &Source<'_>) -> &'static str {
    match product_of(project, source).map(|it| it.role) {
        Some(Role::Store(_)) => "store",
        _ => "service",
    }
}

pub(super) fn image_text(project: &Project<'_>, source: &Source<'_>) -> Option<String> {
    source.text(&["image"]).map(|it| interpolate(it, &project.values))
}

fn product_of(project: &Project<'_>, source: &Source<'_>) -> Option<&'static Product> {
    project.products.get(source.name).copied()
}

fn element<'p, 'a>(
    project: &Project<'_>,
    source: &'p Source<'a>,
    resolve: &dyn Fn(&str) -> Option<String>,
    import: &mut Import,
) -> Found<'p, 'a> {
    let product = product_of(project, source);
    let environment = environment::read(&settings::of_service(project, source), resolve);
    let role = product.map(|it| it.role);
    let image = image(project, source, import);
    let mut is_worker = false;
    let id = if let (Some(Role::Store(store_kind)), Some(product)) = (role, product) {
        let mut store = store::read(project, source, product, store_kind, image);
        let recipe = recipe(source).and_then(|it| dockerfile::find(&import.graph, &it));
        assembly::fill(&mut store.readiness, readiness(source, recipe));
        let id = store.node.id.clone();
        import.graph.stores.push(store);
        id
    } else {
        let service = service(project, source, product, image, &environment, import);
        is_worker = matches!(service.kind.value(), Some(ServiceKind::Worker | ServiceKind::Job));
        let id = service.node.id.clone();
        import.graph.services.push(service);
        id
    };
    Found { source, id, is_worker, environment, role }
}

/// Adds the image; one that is built here is the system's own. Services of one build are one application, so
/// an image that nobody named is called by its Dockerfile.
fn image(project: &Project<'_>, source: &Source<'_>, import: &mut Import) -> Option<String> {
    let build = source.last(&["build"]);
    let is_own = build.map_or(Known::Unknown, |it| Known::observed(true, it.span()));
    let Some(node) = source.last(&["image"]) else {
        return assembly::add_built_image(&mut import.graph, &recipe(source)?, build?.span())
            .into();
    };
    let text = image_text(project, source)?;
    Some(assembly::add_image(&mut import.graph, &text, node.span(), is_own))
}

fn service(
    project: &Project<'_>,
    source: &Source<'_>,
    product: Option<&Product>,
    image: Option<String>,
    environment: &Environment,
    import: &Import,
) -> Service {
    let at = source.key.span();
    let recipe = recipe(source).and_then(|it| dockerfile::find(&import.graph, &it));
    let ports = ports::ports(project, source, product);
    let exposed = ports
        .iter()
        .find(|it| it.is_exposed.value() == Some(&true))
        .and_then(|it| it.is_exposed.span());
    let is_host_network = source.text(&["network_mode"]) == Some("host");
    // Somebody in front of it, on the host or in the project, may hand requests on.
    let is_reachable_otherwise =
        is_host_network || has_gateway(project) || source.items("ports").next().is_some();
    Service {
        node: GraphNode::observed("service", project.name(source.name), at),
        kind: kind(source, product, !ports.is_empty()),
        image,
        replicas: replicas(source),
        networks: networks(source),
        resources: resources(source),
        readiness: readiness(source, recipe),
        stop_grace_us: stop_grace(source),
        restarts: restarts(source),
        runs_as_root: runs_as_root(source, recipe),
        host_powers: volumes::host_powers(source),
        has_read_only_root: flag(source, "read_only"),
        pool_size: environment
            .pool_size
            .map_or(Known::Unknown, |(size, span)| Known::observed(size, span)),
        is_public: match exposed {
            Some(span) => Known::observed(true, span),
            None if is_reachable_otherwise => Known::Unknown,
            None => Known::observed(false, at),
        },
        ports,
        ..Service::default()
    }
}

fn kind(source: &Source<'_>, product: Option<&Product>, has_ports: bool) -> Known<ServiceKind> {
    if let Some(product) = product {
        return match product.role {
            Role::Service(kind) => Known::observed(kind, source.key.span()),
            Role::Backup => Known::observed(ServiceKind::Job, source.key.span()),
            Role::Store(_) | Role::Console => Known::Unknown,
        };
    }
    let words: Vec<&str> = source.words("command").into_iter().map(|it| it.0).collect();
    let is_once =
        source.text(&["restart"]).is_none_or(|it| it == "no" || it.starts_with("on-failure"));
    kind::guess(source.name, &words, has_ports, is_once, source.key.span())
}

fn has_gateway(project: &Project<'_>) -> bool {
    project.products.values().any(|it| it.role == Role::Service(ServiceKind::Gateway))
}

/// One, unless more are asked for: compose's own default.
pub(super) fn replicas(source: &Source<'_>) -> Known<u32> {
    if source.text(&["deploy", "mode"]).is_some_and(|it| it.starts_with("global")) {
        return Known::Unknown;
    }
    let written = source.last(&["deploy", "replicas"]).or_else(|| source.last(&["scale"]));
    match written {
        None => Known::observed(1, source.key.span()),
        Some(node) => match node.as_u64().and_then(|it| u32::try_from(it).ok()) {
            Some(number) => Known::observed(number, node.span()),
            None => Known::Unknown,
        },
    }
}

/// Those named, or the one that all services share.
pub(super) fn networks(source: &Source<'_>) -> Vec<String> {
    if let Some(mode) = source.text(&["network_mode"]) {
        return vec![mode.to_owned()];
    }
    let listed = source.items("networks").filter_map(Node::as_text);
    let mapped = source.every("networks").flat_map(Node::named).map(|it| it.0);
    let mut names: Vec<String> = listed.chain(mapped).map(str::to_owned).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() { vec!["default".to_owned()] } else { names }
}

pub(super) fn resources(source: &Source<'_>) -> Resources {
    let at = source.key.span();
    let read = |paths: [&[&str]; 2], parse: fn(&str) -> Option<u64>| {
        match paths.iter().filter(|it| !it.is_empty()).find_map(|it| source.last(it)) {
            // Without a limit a container may take all there is: compose says so.
            None => Known::Absent(Origin::observed(at)),
            Some(node) => match node.as_text().and_then(parse) {
                Some(number) => Known::observed(number, node.span()),
                None => Known::Unknown,
            },
        }
    };
    Resources {
        cpu_request_milli: read(
            [&["deploy", "resources", "reservations", "cpus"], &[]],
            quantity::cpu_milli,
        ),
        cpu_limit_milli: read(
            [&["deploy", "resources", "limits", "cpus"], &["cpus"]],
            quantity::cpu_milli,
        ),
        memory_request_bytes: read(
            [&["deploy", "resources", "reservations", "memory"], &["mem_reservation"]],
            quantity::docker_bytes,
        ),
        memory_limit_bytes: read(
            [&["deploy", "resources", "limits", "memory"], &["mem_limit"]],
            quantity::docker_bytes,
        ),
    }
}

/// The health check beside the service, else that of its Dockerfile. An image that was not seen may bring one.
pub(super) fn readiness(source: &Source<'_>, recipe: Option<&Manifest>) -> Known<Probe> {
    let Some(check) = source.last(&["healthcheck"]) else {
        return recipe.map_or(Known::Unknown, |it| match dockerfile::fact(it, "healthcheck") {
            Some((asks, origin)) => Known::Is(Probe { asks: asks.to_owned() }, origin),
            None => Known::Absent(Origin::observed(source.key.span())),
        });
    };
    let is_off = check.get("disable").and_then(Node::as_bool) == Some(true);
    let test = source.last(&["healthcheck", "test"]);
    let words: Vec<&str> = test.map_or_else(Vec::new, |it| {
        it.as_text().into_iter().chain(it.items().filter_map(Node::as_text)).collect()
    });
    if is_off || words.first() == Some(&"NONE") {
        return Known::Absent(Origin::observed(check.span()));
    }
    // Only intervals are written: what is asked comes from the image.
    if words.is_empty() {
        return Known::Unknown;
    }
    let asks = words
        .into_iter()
        .filter(|it| !matches!(*it, "CMD" | "CMD-SHELL"))
        .collect::<Vec<_>>()
        .join(" ");
    Known::observed(Probe { asks }, check.span())
}

/// Docker waits ten seconds unless told otherwise.
fn stop_grace(source: &Source<'_>) -> Known<i64> {
    const DEFAULT_US: i64 = 10_000_000;
    match source.last(&["stop_grace_period"]) {
        None => Known::observed(DEFAULT_US, source.key.span()),
        Some(node) => match node.as_text().and_then(quantity::duration_us) {
            Some(time) => Known::observed(time, node.span()),
            None => Known::Unknown,
        },
    }
}

fn restarts(source: &Source<'_>) -> Known<bool> {
    if let Some(node) = source.last(&["deploy", "restart_policy", "condition"]) {
        return Known::observed(node.as_text() != Some("none"), node.span());
    }
    match source.last(&["restart"]) {
        None => Known::observed(false, source.key.span()),
        Some(node) => match node.as_text() {
            Some(text) if text.contains('$') => Known::Unknown,
            text => Known::observed(text != Some("no") && text != Some("false"), node.span()),
        },
    }
}

fn runs_as_root(source: &Source<'_>, recipe: Option<&Manifest>) -> Known<bool> {
    if let Some(node) = source.last(&["user"]) {
        let user = node.as_text().unwrap_or("");
        return match user.split(':').next().unwrap_or("") {
            user if user.contains('$') => Known::Unknown,
            user => Known::observed(matches!(user, "root" | "0"), node.span()),
        };
    }
    recipe.map_or(Known::Unknown, dockerfile::runs_as_root)
}

/// A switch that is off unless it is written.
fn flag(source: &Source<'_>, key: &str) -> Known<bool> {
    match source.last(&[key]) {
        None => Known::observed(false, source.key.span()),
        Some(node) => node.as_bool().map_or(Known::Unknown, |it| Known::observed(it, node.span())),
    }
}

/// `depends_on` and `links`: only that one starts before the other.
fn hints(found: &Found<'_, '_>, resolve: &dyn Fn(&str) -> Option<String>, import: &mut Import) {
    let listed = ["depends_on", "links"]
        .into_iter()
        .flat_map(|key| found.source.items(key).collect::<Vec<_>>());
    let mapped = found.source.every("depends_on").flat_map(Node::entries).map(|it| it.0);
    for node in listed.chain(mapped).take(limits::PARTS_MAX) {
        let name =
            node.as_text().unwrap_or("").split(':').next().unwrap_or("").to_ascii_lowercase();
        let Some(to) = resolve(&name).filter(|it| *it != found.id) else { continue };
        let hint = assembly::edge(&found.id, &to, EdgeKind::Hint, node.span());
        assembly::add_hint(&mut import.graph, hint);
    }
}

/// Labels of Traefik that make a service reachable through it.
fn routes(project: &Project<'_>, resolve: &dyn Fn(&str) -> Option<String>, import: &mut Import) {
    let is_traefik =
        |it: &&Source<'_>| product_of(project, it).is_some_and(|it| it.name == "traefik");
    let Some(gateway) = project.services.iter().find(is_traefik).and_then(|it| resolve(it.name))
    else {
        return;
    };
    for source in &project.services {
        let listed = source.items("labels");
        let mapped = source.every("labels").flat_map(Node::entries).map(|it| it.0);
        let is_route = |it: &Node<'_>| {
            it.as_text()
                .is_some_and(|it| it.starts_with("traefik.http.routers.") && it.contains(".rule"))
        };
        let Some(label) = listed.chain(mapped).find(is_route) else { continue };
        let Some(to) = resolve(source.name).filter(|it| *it != gateway) else { continue };
        let mut edge = assembly::edge(&gateway, &to, EdgeKind::Calls, label.span());
        edge.is_synchronous = Known::observed(true, label.span());
        edge.is_remote = Known::observed(true, label.span());
        edge.crosses_hosts = Known::observed(false, label.span());
        assembly::add_edge(&mut import.graph, edge);
        if let Some(service) = import.graph.services.iter_mut().find(|it| it.node.id == to) {
            service.is_public = Known::observed(true, label.span());
        }
    }
}
