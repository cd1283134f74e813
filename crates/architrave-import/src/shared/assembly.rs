//! Puts found elements into the graph: each once, with what every file said of it.

use architrave_model::{
    Span,
    graph::{
        Edge, EdgeKind, External, Graph, Image, Known, LiteralSecret, Node, Origin, RetryPolicy,
        ServiceKind, Store, StoreKind,
    },
};

use super::{
    address,
    environment::{Environment, Link, Target},
    image, limits,
    secret::Leak,
};

/// Adds an image that is built here and has no name; answers its id.
pub(crate) fn add_built_image(graph: &mut Graph, recipe: &str, span: Span) -> String {
    let image = Image {
        node: Node::observed("image", format!("build:{recipe}"), span),
        repository: format!("build:{recipe}"),
        is_own: Known::observed(true, span),
        ..Image::default()
    };
    push_image(graph, image)
}

fn push_image(graph: &mut Graph, image: Image) -> String {
    let id = image.node.id.clone();
    if limits::has_room(&graph.images) && graph.images.iter().all(|it| it.node.id != id) {
        graph.images.push(image);
    }
    id
}

/// Adds an image unless it is there; answers its id.
pub(crate) fn add_image(graph: &mut Graph, text: &str, span: Span, is_own: Known<bool>) -> String {
    push_image(graph, image::element(text, span, is_own))
}

/// An edge between two elements, with its id.
pub(crate) fn edge(from: &str, to: &str, kind: EdgeKind, span: Span) -> Edge {
    Edge {
        node: Node {
            id: format!("edge:{from}->{to}"),
            name: format!("{} to {}", name_of(from), name_of(to)),
            origin: Origin::observed(span),
        },
        from: from.to_owned(),
        to: to.to_owned(),
        kind,
        ..Edge::default()
    }
}

fn name_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |it| it.1)
}

/// Adds an edge; of one that is there, fills what was unknown. A hint gives way to a real use.
pub(crate) fn add_edge(graph: &mut Graph, edge: Edge) {
    if !limits::has_room(&graph.edges) {
        return;
    }
    let Some(there) = graph.edges.iter_mut().find(|it| it.node.id == edge.node.id) else {
        graph.edges.push(edge);
        return;
    };
    if there.kind == EdgeKind::Hint {
        *there = edge;
        return;
    }
    fill(&mut there.is_encrypted, edge.is_encrypted);
    fill(&mut there.database, edge.database);
    fill(&mut there.account, edge.account);
    fill(&mut there.timeout_us, edge.timeout_us);
    fill(&mut there.retry, edge.retry);
}

/// Takes a fact where none was known.
pub(crate) fn fill<T>(there: &mut Known<T>, found: Known<T>) {
    if there.is_unknown() {
        *there = found;
    }
}

/// Adds an edge of start order unless a real use is known.
pub(crate) fn add_hint(graph: &mut Graph, edge: Edge) {
    if limits::has_room(&graph.edges) && graph.edges.iter().all(|it| it.node.id != edge.node.id) {
        graph.edges.push(edge);
    }
}

/// What is known of whoever has an environment.
pub(crate) struct User<'a> {
    /// Id in the graph.
    pub(crate) id: &'a str,
    /// Whether it takes work from queues rather than putting work into them.
    pub(crate) is_worker: bool,
    /// Whether what it talks to can be on another host.
    pub(crate) crosses_hosts: Known<bool>,
    /// Whether it changes nothing in the stores that it talks to: consoles, exporters, backups.
    pub(crate) only_reads: bool,
    /// File and path for the ids of credentials, e.g. `docker-compose.yml/web`.
    pub(crate) place: &'a str,
}

/// Adds what an environment says: edges, systems of others, credentials.
pub(crate) fn add_environment(graph: &mut Graph, user: &User<'_>, environment: &Environment) {
    for link in environment.links.iter().take(limits::PARTS_MAX) {
        add_link(graph, user, link);
    }
    add_cache_time(graph, user, environment);
    for (name, leak, span) in &environment.leaks {
        add_secret(graph, &format!("{}/{name}", user.place), leak, *span);
    }
}

/// How long entries live is said beside the cache that they live in; of two caches nobody knows which is meant.
fn add_cache_time(graph: &mut Graph, user: &User<'_>, environment: &Environment) {
    let Some((time, span)) = environment.cache_time_us else { return };
    let used: Vec<&str> =
        graph.edges.iter().filter(|it| it.from == user.id).map(|it| it.to.as_str()).collect();
    let is_used = |it: &&mut Store| {
        it.kind.value() == Some(&StoreKind::Cache) && used.contains(&it.node.id.as_str())
    };
    let mut caches = graph.stores.iter_mut().filter(is_used);
    if let (Some(cache), None) = (caches.next(), caches.next())
        && cache.time_to_live_us.value().is_none_or(|it| *it < time)
    {
        cache.time_to_live_us = Known::observed(time, span);
    }
}

/// Adds a credential that stands in a file.
pub(crate) fn add_secret(graph: &mut Graph, path: &str, leak: &Leak, span: Span) {
    let secret = LiteralSecret {
        node: Node::observed("secret", path, span),
        because: leak.because.clone(),
        is_placeholder: leak.is_placeholder,
    };
    let is_new = |it: &LiteralSecret| it.node.id != secret.node.id;
    if limits::has_room(&graph.literal_secrets) && graph.literal_secrets.iter().all(is_new) {
        graph.literal_secrets.push(secret);
    }
}

fn add_link(graph: &mut Graph, user: &User<'_>, link: &Link) {
    let origin = Origin::observed(link.span);
    let to = match &link.target {
        Target::Element(id) => id.clone(),
        Target::ForeignStore(host, kind) => foreign_store(graph, host, *kind, link),
        Target::Foreign(host) => foreign(graph, host, link.span),
    };
    if to == user.id {
        return;
    }
    let is_foreign = !matches!(link.target, Target::Element(_));
    let (kind, is_synchronous) = manner(graph, &to, user, link);
    let observed = |text: &Option<String>| match text {
        Some(text) if !text.contains('$') => Known::Is(text.clone(), origin),
        _ => Known::Unknown,
    };
    let host = link.address.split(':').next().unwrap_or("");
    let is_written_out = is_foreign || address::is_ip(host);
    let is_store = graph.store(&to).is_some();
    let of_store = |text: &Option<String>| if is_store { observed(text) } else { Known::Unknown };
    add_edge(
        graph,
        Edge {
            is_synchronous,
            is_remote: Known::Is(true, origin),
            crosses_hosts: if is_foreign {
                Known::Is(true, origin)
            } else {
                user.crosses_hosts.clone()
            },
            is_encrypted: link.is_encrypted.map_or(Known::Unknown, |it| Known::Is(it, origin)),
            timeout_us: link
                .timeout_us
                .map_or(Known::Unknown, |(time, span)| Known::observed(time, span)),
            retry: link
                .attempts_max
                .map_or(Known::Unknown, |(number, span)| Known::observed(attempts(number), span)),
            database: of_store(&link.database),
            account: of_store(&link.account),
            address: if is_written_out {
                Known::Is(link.address.clone(), origin)
            } else {
                Known::Unknown
            },
            ..edge(user.id, &to, kind, link.span)
        },
    );
}

/// How the target is used, and whether its user waits. Where only custom says so, it is an assumption.
fn manner(graph: &Graph, to: &str, user: &User<'_>, link: &Link) -> (EdgeKind, Known<bool>) {
    let origin = Origin::observed(link.span);
    let assumed = Origin { span: Some(link.span), ..Origin::assumed() };
    if let Some(store) = graph.store(to) {
        return match store.kind.value() {
            Some(StoreKind::Queue | StoreKind::Stream) => {
                let kind = if user.is_worker { EdgeKind::Consumes } else { EdgeKind::Publishes };
                (kind, Known::Is(false, assumed))
            }
            _ if user.only_reads => (EdgeKind::Reads, Known::Is(true, origin)),
            _ => (EdgeKind::Stores, Known::Is(true, origin)),
        };
    }
    let kind = graph.service(to).and_then(|it| it.kind.value());
    match (kind, link.scheme.as_deref()) {
        (Some(ServiceKind::Monitoring), _) => (EdgeKind::Calls, Known::Is(false, assumed)),
        (_, Some("http" | "https" | "grpc" | "grpcs")) => {
            (EdgeKind::Calls, Known::Is(true, origin))
        }
        _ => (EdgeKind::Calls, Known::Is(true, assumed)),
    }
}

/// Settings say how often; that the waits are bad is nothing that silence could say.
fn attempts(attempts_max: u32) -> RetryPolicy {
    RetryPolicy {
        attempts_max: Some(attempts_max),
        is_exponential: true,
        has_jitter: true,
        first_us: 1,
        max_us: 1,
    }
}

fn foreign_store(graph: &mut Graph, host: &str, kind: StoreKind, link: &Link) -> String {
    let store = Store {
        node: Node::observed("store", host, link.span),
        kind: Known::observed(kind, link.span),
        product: link
            .scheme
            .as_deref()
            .map_or(Known::Unknown, |it| Known::observed(product_of(it).to_owned(), link.span)),
        region: region(host, link.span),
        ..Store::default()
    };
    let id = store.node.id.clone();
    if limits::has_room(&graph.stores) && graph.store(&id).is_none() {
        graph.stores.push(store);
    }
    id
}

fn region(host: &str, span: Span) -> Known<String> {
    address::region(host).map_or(Known::Unknown, |it| Known::observed(it.to_owned(), span))
}

fn product_of(scheme: &str) -> &str {
    match scheme {
        "postgres" => "postgresql",
        "rediss" => "redis",
        "valkeys" => "valkey",
        "mysql2" => "mysql",
        "mongodb+srv" => "mongodb",
        "mssql" => "sqlserver",
        "amqp" | "amqps" => "rabbitmq",
        scheme => scheme,
    }
}

fn foreign(graph: &mut Graph, host: &str, span: Span) -> String {
    let external = External {
        node: Node::observed("external", host, span),
        region: region(host, span),
        ..External::default()
    };
    let id = external.node.id.clone();
    if limits::has_room(&graph.externals) && graph.external(&id).is_none() {
        graph.externals.push(external);
    }
    id
}
