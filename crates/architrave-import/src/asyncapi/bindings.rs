//! What brokers need to know: products, keys, versions, where failed messages go, encryption.

use architrave_model::graph::{AuthScheme, Known, Origin, Payload, StoreKind};

use crate::{openapi::Document, yaml::Node};

/// The product behind a protocol.
pub(super) fn product(protocol: &str) -> Option<(StoreKind, &'static str)> {
    Some(match protocol.to_ascii_lowercase().as_str() {
        "kafka" | "kafka-secure" => (StoreKind::Stream, "kafka"),
        "amqp" | "amqps" | "amqp1" => (StoreKind::Queue, "rabbitmq"),
        "mqtt" | "mqtts" | "mqtt5" | "secure-mqtt" => (StoreKind::Queue, "mqtt"),
        "nats" => (StoreKind::Stream, "nats"),
        "redis" | "rediss" => (StoreKind::Stream, "redis"),
        "sqs" => (StoreKind::Queue, "sqs"),
        "sns" => (StoreKind::Queue, "sns"),
        "pulsar" => (StoreKind::Stream, "pulsar"),
        "googlepubsub" => (StoreKind::Queue, "pubsub"),
        "jms" | "stomp" | "stomps" | "ibmmq" | "solace" | "anypointmq" => {
            (StoreKind::Queue, "broker")
        }
        _ => return None,
    })
}

/// Whether the way to the first server is encrypted, where the protocol says so. Plain `kafka` may still run
/// over TLS, which only its security schemes tell.
pub(super) fn encryption(document: &Document<'_>) -> Known<bool> {
    let server = document.root.get("servers").and_then(|it| it.named().next());
    let Some(server) = server.and_then(|it| document.resolve(it.1)) else { return Known::Unknown };
    let Some(protocol) = server.get("protocol") else { return Known::Unknown };
    match protocol.as_text().unwrap_or_default().to_ascii_lowercase().as_str() {
        "kafka-secure" | "amqps" | "mqtts" | "secure-mqtt" | "rediss" | "stomps" | "wss"
        | "https" | "sqs" | "sns" | "googlepubsub" => Known::observed(true, protocol.span()),
        "amqp" | "mqtt" | "redis" | "stomp" | "ws" | "http" => {
            Known::observed(false, protocol.span())
        }
        _ => Known::Unknown,
    }
}

/// How the application proves who it is to the broker.
pub(super) fn auth(document: &Document<'_>) -> Known<AuthScheme> {
    let server = document.root.get("servers").and_then(|it| it.named().next());
    let Some(security) =
        server.and_then(|it| document.resolve(it.1)).and_then(|it| it.get("security"))
    else {
        return Known::Unknown;
    };
    // Version 2 names schemes, version 3 refers to them.
    let first = security.items().next();
    let scheme = first.and_then(|it| match it.named().next() {
        Some(("$ref", _)) => document.resolve(it),
        Some(("type", _)) => Some(it),
        Some((name, _)) => {
            let schemes = document.root.path(&["components", "securitySchemes"])?;
            document.resolve(schemes.get(name)?)
        }
        None => None,
    });
    let kind = scheme.and_then(|it| it.get("type")).and_then(Node::as_text).unwrap_or_default();
    let found = match kind {
        "userPassword" | "plain" | "scramSha256" | "scramSha512" => AuthScheme::Basic,
        "X509" => AuthScheme::MutualTls,
        "oauth2" | "openIdConnect" => AuthScheme::OpenIdConnect,
        "apiKey" | "httpApiKey" => AuthScheme::ApiKeyHeader,
        _ => return Known::Unknown,
    };
    Known::observed(found, security.span())
}

/// What messages are ordered by: the key of a binding.
pub(super) fn key<'a>(document: &Document<'a>, message: Node<'a>) -> Known<String> {
    let bindings = message.get("bindings").and_then(|it| document.resolve(it));
    let found = bindings.into_iter().flat_map(Node::named).find_map(|(_, binding)| {
        let key = ["key", "partitionKey", "orderingKey", "messageGroupId"]
            .iter()
            .find_map(|it| binding.get(it))?;
        let text = ["description", "title", "type"].iter().find_map(|it| key.get(it)?.as_text());
        Some((text.or(key.as_text()).unwrap_or("key").to_owned(), key.span()))
    });
    match found {
        Some((text, span)) => Known::observed(text, span),
        // Whoever writes bindings for a stream, and a key in none of them, has none.
        None if bindings.is_some_and(|it| it.get("kafka").is_some()) => {
            Known::Absent(Origin::observed(message.span()))
        }
        None => Known::Unknown,
    }
}

/// The version of a message: said outright, or in its name or the channel's (`orders.v2`), or in a header.
pub(super) fn schema_version<'a>(
    document: &Document<'a>,
    message: Node<'a>,
    channel: &str,
) -> Known<String> {
    let outright =
        ["x-version", "x-schema-version", "version"].iter().find_map(|it| message.get(it));
    if let Some(node) = outright {
        return Known::observed(node.as_text().unwrap_or_default().to_owned(), node.span());
    }
    let name = message.get("name").or_else(|| message.get("messageId")).and_then(Node::as_text);
    let found = [name.unwrap_or_default(), channel].into_iter().find_map(version_in);
    if let Some(version) = found {
        return Known::observed(version, message.span());
    }
    let bodies = ["headers", "payload"].iter().filter_map(|it| document.resolve(message.get(it)?));
    let members = bodies.filter_map(|it| it.get("properties")).flat_map(Node::named);
    for (name, member) in members {
        let plain: String = name.chars().filter(|it| it.is_alphanumeric()).collect();
        if matches!(
            plain.to_lowercase().as_str(),
            "schemaversion" | "eventversion" | "dataschema" | "specversion"
        ) {
            return Known::observed(name.to_owned(), member.span());
        }
    }
    Known::Absent(Origin::observed(message.span()))
}

/// `v2` in `orders.v2` or `order-placed/v2`.
fn version_in(name: &str) -> Option<String> {
    let words = name.split(['.', '/', '-', '_', ':']);
    let mut versions = words.filter(|it| {
        it.strip_prefix(['v', 'V'])
            .is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
    });
    versions.next().map(str::to_owned)
}

/// What makes two copies the same message: a correlation id of its own, or a member that is an id of events.
pub(super) fn identity<'a>(
    document: &Document<'a>,
    message: Node<'a>,
    body: Option<&Payload>,
) -> Known<String> {
    const NAMES: &[&str] =
        &["eventid", "messageid", "idempotencykey", "dedupid", "deduplicationid"];
    let plain = |it: &str| -> String {
        it.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let headers = message.get("headers").and_then(|it| document.resolve(it));
    let in_headers = headers.and_then(|it| it.get("properties")).into_iter().flat_map(Node::named);
    for (name, member) in in_headers {
        if NAMES.contains(&plain(name).as_str()) || matches!(name, "id" | "ce_id" | "ce-id") {
            return Known::observed(name.to_owned(), member.span());
        }
    }
    let field = body
        .into_iter()
        .flat_map(|it| &it.fields)
        .find(|it| NAMES.contains(&plain(&it.path).as_str()));
    if let Some(field) = field {
        return Known::Is(field.path.clone(), field.origin);
    }
    let content = message.get("contentType").filter(|it| {
        it.as_text().is_some_and(|it| it.to_ascii_lowercase().contains("cloudevents"))
    });
    if let Some(content) = content {
        return Known::observed("id".to_owned(), content.span());
    }
    // Consumers know of a message what its contract lists: members that are listed, and among them nothing that
    // could be an id of the message, are all there is. Traits may add headers; they are not followed.
    let could_be = |name: &str| {
        let plain = plain(name);
        ["id", "uuid", "guid", "sequence", "offset", "nonce"].contains(&plain.as_str())
    };
    let is_listed = body.is_some_and(|it| {
        !it.fields.is_empty() && !it.fields.iter().any(|it| could_be(last_of(&it.path)))
    });
    let may_be_elsewhere = ["traits", "correlationId"].iter().any(|it| message.get(it).is_some());
    if is_listed && !may_be_elsewhere {
        return Known::Absent(Origin::observed(message.span()));
    }
    Known::Unknown
}

fn last_of(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Whether a channel or its operation says where messages go that fail for good.
pub(super) fn dead_letter<'a>(
    document: &Document<'a>,
    channel: Node<'a>,
    operation: Node<'a>,
) -> Known<bool> {
    const NAMES: &[&str] = &[
        "deadLetterQueue",
        "deadLetterExchange",
        "x-dead-letter-exchange",
        "x-dead-letter-queue",
        "x-dlq",
        "redrivePolicy",
        "deadLetterPolicy",
        "dead-letter-queue",
    ];
    for node in [channel, operation] {
        let bindings = node.get("bindings").and_then(|it| document.resolve(it));
        let inner = bindings.into_iter().flat_map(Node::named).map(|it| it.1);
        let deeper: Vec<Node<'a>> = inner
            .flat_map(|it| it.named().map(|it| it.1).chain([it]).collect::<Vec<_>>())
            .chain([node])
            .collect();
        let found = deeper.into_iter().find_map(|it| NAMES.iter().find_map(|name| it.get(name)));
        if let Some(found) = found {
            return Known::observed(true, found.span());
        }
    }
    // Whoever describes a queue of SQS, and no redrive policy, has none: without one nothing is put aside.
    let bindings = channel.get("bindings").and_then(|it| document.resolve(it));
    match bindings.and_then(|it| it.get("sqs")?.entry("queue")) {
        Some((key, _)) => Known::Absent(Origin::observed(key.span())),
        None => Known::Unknown,
    }
}
