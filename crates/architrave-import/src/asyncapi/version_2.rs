//! AsyncAPI 2: operations stand within channels.

use super::{Use, name};
use crate::{openapi::Document, yaml::Node};

/// All uses of messages, in the order of the text.
pub(super) fn uses<'a>(document: &Document<'a>) -> Vec<Use<'a>> {
    let mut found = Vec::new();
    for (address, written) in document.root.get("channels").into_iter().flat_map(Node::named) {
        let Some(channel) = document.resolve(written) else { continue };
        // What others publish is what the application receives.
        for (key, is_received) in [("publish", true), ("subscribe", false)] {
            let Some(operation) = channel.get(key) else { continue };
            let Some(message) = operation.get("message") else { continue };
            let several = message.get("oneOf");
            let all = several
                .into_iter()
                .flat_map(Node::items)
                .chain(several.is_none().then_some(message));
            for written in all {
                let Some(message) = document.resolve(written) else { continue };
                found.push(Use {
                    channel: address.to_owned(),
                    channel_node: channel,
                    operation,
                    is_received,
                    message,
                    name: name(written, message, address),
                });
            }
        }
    }
    found
}
