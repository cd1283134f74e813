//! AsyncAPI 3: operations stand beside channels and refer to them.

use super::{Use, name};
use crate::{openapi::Document, yaml::Node};

/// All uses of messages, in the order of the text.
pub(super) fn uses<'a>(document: &Document<'a>) -> Vec<Use<'a>> {
    let mut found = Vec::new();
    for (_, written) in document.root.get("operations").into_iter().flat_map(Node::named) {
        let Some(operation) = document.resolve(written) else { continue };
        let Some(reference) = operation.get("channel") else { continue };
        let Some(channel) = document.resolve(reference) else { continue };
        let address = channel.get("address").and_then(Node::as_text);
        let address =
            address.map(str::to_owned).or_else(|| Document::name_of(reference)).unwrap_or_default();
        let is_received = operation.get("action").and_then(Node::as_text) == Some("receive");
        let own: Vec<Node<'a>> =
            operation.get("messages").into_iter().flat_map(Node::items).collect();
        // Without a list of its own, an operation is about all messages of its channel.
        let of_channel = channel.get("messages").into_iter().flat_map(Node::named).map(|it| it.1);
        let all = if own.is_empty() { of_channel.collect() } else { own };
        for written in all {
            let Some(message) = document.resolve(written) else { continue };
            found.push(Use {
                channel: address.clone(),
                channel_node: channel,
                operation,
                is_received,
                message,
                name: name(written, message, &address),
            });
        }
    }
    found
}
