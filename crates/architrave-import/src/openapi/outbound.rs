//! What the system sends to others: webhooks of version 3.1, and callbacks to addresses that came with a request.

use architrave_model::graph::{Consumer, ConsumerKind, Graph, Known, Node as GraphNode, Origin};

use super::{METHODS, answer::schema_of_content, document::Document};
use crate::yaml::Node;

/// Most that are listed of one document.
const CONSUMERS_MAX: usize = 1_000;
/// Deepest pointer into a body that is followed.
const DEPTH_MAX: usize = 8;

/// Adds the webhooks that a document lists.
pub(super) fn webhooks(document: &Document<'_>, graph: &mut Graph) {
    let named = document.root.get("webhooks").into_iter().flat_map(Node::named);
    for (name, item) in named.take(CONSUMERS_MAX) {
        graph.consumers.push(consumer(document, format!("webhook {name}"), item, item));
    }
}

/// Adds the callbacks of all operations.
pub(super) fn callbacks(document: &Document<'_>, graph: &mut Graph) {
    let mut found = Vec::new();
    let paths = document.root.get("paths").into_iter().flat_map(Node::named);
    for (path, item) in paths {
        let Some(item) = document.resolve(item) else { continue };
        for method in METHODS {
            let Some(operation) = item.get(method) else { continue };
            let about = format!("{} {path}", method.to_uppercase());
            let named = operation.get("callbacks").into_iter().flat_map(Node::named);
            for (name, callback) in named {
                let Some(callback) = document.resolve(callback) else { continue };
                for (key, called) in callback.entries() {
                    let Some(address) = key.as_text() else { continue };
                    let name = format!("callback {name} of {about}");
                    let mut one = consumer(document, name, called, key);
                    target(document, operation, address, key, &mut one);
                    found.push(one);
                }
            }
        }
    }
    graph.consumers.extend(found.into_iter().take(CONSUMERS_MAX));
}

fn consumer<'a>(
    document: &Document<'a>,
    name: String,
    item: Node<'a>,
    place: Node<'a>,
) -> Consumer {
    Consumer {
        node: GraphNode::observed("consumer", name, place.span()),
        kind: Known::observed(ConsumerKind::OutboundWebhook, place.span()),
        signature: signature(document, item, place),
        ..Consumer::default()
    }
}

/// The header by which receivers know the sender. A contract that lists headers and none of these has none; one
/// that lists no headers at all may have left them out.
fn signature<'a>(document: &Document<'a>, item: Node<'a>, place: Node<'a>) -> Known<String> {
    const PROOFS: &[&str] = &["signature", "hmac", "authorization", "token", "api-key", "secret"];
    let written = item.named().filter_map(|it| it.1.get("parameters")).flat_map(Node::items);
    let headers: Vec<Node<'a>> = written
        .filter_map(|it| document.resolve(it))
        .filter(|it| it.get("in").and_then(Node::as_text) == Some("header"))
        .filter_map(|it| it.get("name"))
        .collect();
    let proves = |it: &&Node<'a>| {
        let name = it.as_text().unwrap_or_default().to_lowercase();
        PROOFS.iter().any(|proof| name.contains(proof))
    };
    match headers.iter().find(proves) {
        Some(it) => Known::observed(it.as_text().unwrap_or_default().to_owned(), it.span()),
        None if headers.is_empty() => Known::Unknown,
        None => Known::Absent(Origin::observed(place.span())),
    }
}

/// Whether the address comes from the request, and whether its schema lets any address through.
fn target<'a>(
    document: &Document<'a>,
    operation: Node<'a>,
    address: &str,
    place: Node<'a>,
    consumer: &mut Consumer,
) {
    let origin = Origin::observed(place.span());
    let is_from_request = address.starts_with("{$request.");
    consumer.address_is_user_data = Known::Is(is_from_request, origin);
    let schema = address
        .strip_prefix("{$request.body#/")
        .and_then(|it| it.split('}').next())
        .and_then(|it| member(document, operation, it));
    if let Some(schema) = schema.filter(|_| is_from_request) {
        let is_narrowed = ["pattern", "enum", "const"].iter().any(|it| schema.get(it).is_some());
        if !is_narrowed {
            consumer.blocks_private_addresses = Known::Is(false, origin);
        }
    }
}

/// The schema of a member of the body, by its pointer without the first `/`.
fn member<'a>(document: &Document<'a>, operation: Node<'a>, pointer: &str) -> Option<Node<'a>> {
    let body = document.resolve(operation.get("requestBody")?)?;
    let mut schema = document.resolve(schema_of_content(body.get("content")?)?)?;
    for part in pointer.split('/').take(DEPTH_MAX) {
        schema = document.resolve(schema.path(&["properties", part])?)?;
    }
    Some(schema)
}
