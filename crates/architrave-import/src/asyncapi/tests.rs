//! Contracts of messages in the manner of real ones.

use std::fmt::{Debug, Write};

use architrave_model::{SourceFile, graph::Known};

fn known<T: Debug>(fact: &Known<T>) -> String {
    match fact {
        Known::Unknown => "?".to_owned(),
        Known::Absent(_) => "none".to_owned(),
        Known::Is(value, _) => format!("{value:?}"),
    }
}

fn check(text: &str, expected: &str) {
    let file = SourceFile { name: "asyncapi.yaml".to_owned(), text: text.to_owned() };
    let import = crate::read(&[file], 0);
    assert_eq!(import.findings, []);
    let graph = &import.graph;
    let mut out = String::new();
    for it in &graph.services {
        let _ = writeln!(out, "{}", it.node.id);
    }
    for it in &graph.stores {
        let _ = writeln!(out, "{} {} {}", it.node.id, known(&it.kind), known(&it.product));
    }
    for it in &graph.messages {
        let fields = it
            .payload
            .value()
            .map(|it| it.fields.iter().map(|it| it.path.clone()).collect::<Vec<_>>().join(" "));
        let (from, on) =
            (it.module.as_deref().unwrap_or("?"), it.channel.as_deref().unwrap_or("?"));
        let (version, identity, key) =
            (known(&it.schema_version), known(&it.identity), known(&it.ordering_key));
        let fields = fields.unwrap_or_else(|| "?".to_owned());
        let _ = writeln!(
            out,
            "{} from {from} on {on}: {fields}; version {version} id {identity} key {key}",
            it.node.id
        );
    }
    for it in &graph.consumers {
        let _ = writeln!(
            out,
            "{} of {:?} dead letter {}",
            it.node.id,
            it.of,
            known(&it.has_dead_letter)
        );
    }
    for it in &graph.edges {
        let _ = writeln!(
            out,
            "{} {:?} encrypted {} auth {}",
            it.node.id,
            it.kind,
            known(&it.is_encrypted),
            known(&it.auth)
        );
    }
    assert_eq!(out.trim(), expected.trim());
}

#[test]
fn version_2_is_read_from_the_applications_side() {
    check(
        r##"
asyncapi: 2.6.0
info: { title: Order Service, version: 1.2.0 }
servers:
  production: { url: "broker.example:9092", protocol: kafka, security: [ { sasl: [] } ] }
channels:
  shop.orders.v2:
    subscribe:
      message: { $ref: "#/components/messages/OrderPlaced" }
  shop.payments:
    publish:
      x-dead-letter-queue: shop.payments.dlq
      message:
        oneOf: [ { $ref: "#/components/messages/PaymentDone" }, { name: PaymentFailed } ]
components:
  securitySchemes: { sasl: { type: scramSha256 } }
  messages:
    OrderPlaced:
      payload: { type: object, properties: { eventId: { type: string }, total: { type: number } } }
      bindings: { kafka: { key: { type: string, description: order id } } }
    PaymentDone:
      payload: { $ref: "#/components/schemas/Payment" }
      bindings: { kafka: {} }
  schemas: { Payment: { type: object, properties: { id: { type: string } } } }
"##,
        r#"
service:order-service
store:production Stream "kafka"
message:OrderPlaced from service:order-service on store:production: eventId total; version "v2" id "eventId" key "order id"
message:PaymentDone from ? on store:production: id; version none id ? key none
message:PaymentFailed from ? on store:production: ?; version none id ? key ?
consumer:shop.payments of order-service of ["message:PaymentDone", "message:PaymentFailed"] dead letter true
edge:order-service->production Publishes encrypted ? auth Basic
edge:order-service->production (consumes) Consumes encrypted ? auth Basic
"#,
    );
}

#[test]
fn version_3_is_read() {
    check(
        r##"
asyncapi: 3.0.0
info: { title: Shop, version: 1.0.0 }
servers:
  rabbit: { host: "rabbit:5672", protocol: amqp }
channels:
  orders:
    address: shop.orders
    messages:
      placed:
        name: OrderPlaced
        headers: { type: object, properties: { ce_id: { type: string }, schemaVersion: { type: string } } }
        payload: { schemaFormat: "application/vnd.aai.asyncapi;version=3.0.0", schema: { type: object, properties: { id: { type: string } } } }
operations:
  sendOrder: { action: send, channel: { $ref: "#/channels/orders" } }
  takeOrder:
    action: receive
    channel: { $ref: "#/channels/orders" }
    messages: [ { $ref: "#/channels/orders/messages/placed" } ]
"##,
        r#"
service:shop
store:rabbit Queue "rabbitmq"
message:OrderPlaced from service:shop on store:rabbit: id; version "schemaVersion" id "ce_id" key ?
consumer:shop.orders of shop of ["message:OrderPlaced"] dead letter ?
edge:shop->rabbit Publishes encrypted false auth ?
edge:shop->rabbit (consumes) Consumes encrypted false auth ?
"#,
    );
}

#[test]
fn nonsense_is_survived() {
    for text in [
        "asyncapi: 2.0.0\nchannels: [a]",
        "asyncapi: 3.0.0\noperations: { a: { channel: { $ref: '#/operations/a' }, messages: 1 } }",
        "asyncapi: []\nservers: { a: 1 }\nchannels: { a: { publish: { message: { oneOf: { a: 1 } } } } }",
        "asyncapi: 2.0.0\nservers: { a: { $ref: '#/servers/a' } }",
    ] {
        let file = SourceFile { name: "a.yaml".to_owned(), text: text.to_owned() };
        let _ = crate::read(&[file], 0);
    }
}
