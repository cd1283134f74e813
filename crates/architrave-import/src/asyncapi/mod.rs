//! AsyncAPI 2 and 3: messages with their payloads, keys and versions, the channels that carry them, who takes
//! them, and the brokers behind.
//!
//! The two versions look at an operation from different sides: `publish` of version 2 is what *others* publish
//! to the application, hence what it receives.

mod bindings;
mod version_2;
mod version_3;

#[cfg(test)]
mod tests;

use architrave_model::graph::{
    Consumer, ConsumerKind, Edge, EdgeKind, Graph, Known, Manifest, ManifestKind, Message,
    Node as GraphNode, Origin, Service, Store,
};

use crate::{
    Import,
    input::Input,
    openapi::{Document, payload},
    yaml::Node,
};

/// Most messages of one document.
const MESSAGES_MAX: usize = 2_000;

/// Whether it is such a document.
pub(crate) fn recognises(input: &Input<'_>) -> bool {
    input.is_yaml_or_json()
        && input.text().contains("asyncapi")
        && input.tree().root().is_some_and(|it| it.get("asyncapi").is_some())
}

/// One use of a message: on which channel, sent or received.
struct Use<'a> {
    /// Address of the channel, e.g. `shop.orders`.
    channel: String,
    channel_node: Node<'a>,
    operation: Node<'a>,
    is_received: bool,
    message: Node<'a>,
    name: String,
}

/// Adds what all documents say.
pub(crate) fn read(inputs: &[Input<'_>], import: &mut Import) {
    // Where a deployment names its services, a title of a contract is not another one.
    let is_deployed = !import.graph.services.is_empty();
    for input in inputs {
        import.findings.extend(input.tree().findings.iter().cloned());
        let Some(document) = Document::new(input) else { continue };
        let version = document.root.get("asyncapi").and_then(Node::as_text).unwrap_or_default();
        let mut uses = if version.starts_with('3') {
            version_3::uses(&document)
        } else {
            version_2::uses(&document)
        };
        uses.truncate(MESSAGES_MAX);
        add(&document, input, &uses, is_deployed, &mut import.graph);
        import.findings.extend(document.into_findings());
    }
}

fn add(
    document: &Document<'_>,
    input: &Input<'_>,
    uses: &[Use<'_>],
    is_deployed: bool,
    graph: &mut Graph,
) {
    let title = document.root.path(&["info", "title"]).and_then(Node::as_text);
    let name = slug(title.unwrap_or(input.name()));
    let id = format!("service:{name}");
    let is_known = graph.service(&id).is_some();
    if !is_known && !is_deployed && !uses.is_empty() {
        let node = GraphNode::observed("service", name.clone(), input.start());
        graph.services.push(Service { node, ..Service::default() });
    }
    let own = (is_known || !is_deployed).then_some(id);
    let broker = broker(document, graph);
    add_manifest(document, input, graph);
    for used in uses {
        add_message(document, used, own.as_deref(), broker.as_deref(), graph);
        if used.is_received {
            add_consumer(document, used, &name, own.as_deref(), graph);
        }
        if let (Some(own), Some(broker)) = (&own, &broker) {
            add_edge(document, used, own, broker, graph);
        }
    }
}

fn add_manifest(document: &Document<'_>, input: &Input<'_>, graph: &mut Graph) {
    let servers = document.root.get("servers").into_iter().flat_map(Node::named);
    let facts = servers.filter_map(|(_, it)| document.resolve(it)).filter_map(|it| {
        let text = |key: &str| it.get(key).and_then(Node::as_text);
        let host = text("url").or_else(|| text("host"))?;
        let protocol = text("protocol").unwrap_or_default();
        let address =
            if host.contains("://") { host.to_owned() } else { format!("{protocol}://{host}") };
        Some(("server".to_owned(), address, Origin::observed(it.span())))
    });
    graph.manifests.push(Manifest {
        node: GraphNode::observed("manifest", input.name(), input.start()),
        kind: ManifestKind::AsyncApi,
        facts: facts.collect(),
    });
}

/// The broker that the first server names: one that is known already, where there is exactly one of its
/// product, or one of its own.
fn broker(document: &Document<'_>, graph: &mut Graph) -> Option<String> {
    let (name, server) = document.root.get("servers")?.named().next()?;
    let server = document.resolve(server)?;
    let protocol = server.get("protocol")?;
    let (kind, product) = bindings::product(protocol.as_text()?)?;
    let mut same =
        graph.stores.iter().filter(|it| it.product.value().is_some_and(|it| it == product));
    if let (Some(store), None) = (same.next(), same.next()) {
        return Some(store.node.id.clone());
    }
    let store = Store {
        node: GraphNode::observed("store", name, server.span()),
        kind: Known::observed(kind, protocol.span()),
        product: Known::observed(product.to_owned(), protocol.span()),
        ..Store::default()
    };
    let id = store.node.id.clone();
    if graph.store(&id).is_none() {
        graph.stores.push(store);
    }
    Some(id)
}

fn add_message(
    document: &Document<'_>,
    used: &Use<'_>,
    own: Option<&str>,
    broker: Option<&str>,
    graph: &mut Graph,
) {
    let id = format!("message:{}", used.name);
    if let Some(known) = graph.messages.iter_mut().find(|it| it.node.id == id) {
        if !used.is_received {
            known.module = own.map(str::to_owned);
        }
        return;
    }
    let span = used.message.span();
    let origin = Origin::observed(span);
    let schema = used.message.get("payload").and_then(|it| inner_schema(document, it));
    let body = schema.map(|it| payload(document, it));
    let key = bindings::key(document, used.message);
    graph.messages.push(Message {
        node: GraphNode::observed("message", used.name.clone(), span),
        module: own.filter(|_| !used.is_received).map(str::to_owned),
        channel: broker.map(str::to_owned),
        schema_version: bindings::schema_version(document, used.message, &used.channel),
        identity: bindings::identity(document, used.message, body.as_ref()),
        ordering_key: key,
        payload: body.map_or(Known::Unknown, |it| Known::Is(it, origin)),
        ..Message::default()
    });
}

/// The schema itself; version 3 wraps those of other formats.
fn inner_schema<'a>(document: &Document<'a>, payload: Node<'a>) -> Option<Node<'a>> {
    let resolved = document.resolve(payload)?;
    match resolved.get("schemaFormat") {
        Some(format)
            if format
                .as_text()
                .is_some_and(|it| it.contains("avro") || it.contains("protobuf")) =>
        {
            None
        }
        Some(_) => resolved.get("schema"),
        None => Some(payload),
    }
}

fn add_consumer(
    document: &Document<'_>,
    used: &Use<'_>,
    application: &str,
    own: Option<&str>,
    graph: &mut Graph,
) {
    let name = format!("{} of {application}", used.channel);
    let id = format!("consumer:{name}");
    let message = format!("message:{}", used.name);
    if let Some(known) = graph.consumers.iter_mut().find(|it| it.node.id == id) {
        if !known.of.contains(&message) {
            known.of.push(message);
        }
        return;
    }
    let span = used.operation.span();
    graph.consumers.push(Consumer {
        node: GraphNode::observed("consumer", name, span),
        kind: Known::observed(ConsumerKind::Worker, span),
        module: own.map(str::to_owned),
        of: vec![message],
        has_dead_letter: bindings::dead_letter(document, used.channel_node, used.operation),
        ..Consumer::default()
    });
}

fn add_edge(document: &Document<'_>, used: &Use<'_>, own: &str, broker: &str, graph: &mut Graph) {
    let name =
        format!("{}->{}", own.trim_start_matches("service:"), broker.trim_start_matches("store:"));
    let kind = if used.is_received { EdgeKind::Consumes } else { EdgeKind::Publishes };
    let is_there = |it: &Edge| it.from == own && it.to == broker && it.kind == kind;
    if graph.edges.iter().any(is_there) {
        return;
    }
    let span = used.operation.span();
    let suffix = if used.is_received { " (consumes)" } else { "" };
    graph.edges.push(Edge {
        node: GraphNode::observed("edge", format!("{name}{suffix}"), span),
        from: own.to_owned(),
        to: broker.to_owned(),
        kind,
        is_synchronous: Known::observed(false, span),
        is_remote: Known::observed(true, span),
        is_encrypted: bindings::encryption(document),
        auth: bindings::auth(document),
        ..Edge::default()
    });
}

/// A title as a name: `Order Service` is `order-service`.
fn slug(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The name of a message: its own, that of the place it stands at, or that of its channel.
fn name<'a>(written: Node<'a>, message: Node<'a>, otherwise: &str) -> String {
    let own = ["name", "messageId", "title"].iter().find_map(|it| message.get(it)?.as_text());
    own.map(str::to_owned)
        .or_else(|| Document::name_of(written))
        .unwrap_or_else(|| otherwise.to_owned())
}
