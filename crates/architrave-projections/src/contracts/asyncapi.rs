//! AsyncAPI 3.0: what happens, for those who follow it. The journal of each context is served today; webhooks are
//! declared, and the document says so.

use architrave_model::{Backoff, Context, Retry, Webhook, words};
use architrave_plan::{EventKind, EventType, OperationKind, Pending, Plan, pending};

use crate::{
    Document, Material, Projection, Room, example,
    json::{Json, object, reference},
    names, schema,
};

/// `contracts/asyncapi.json`
pub(crate) const PROJECTION: Projection =
    Projection { name: "asyncapi", room: Room::Contracts, write };

/// Most events of a page of the journal.
const EVENTS_COUNT_MAX: i64 = 1000;
/// What every reader of the journal may rely on.
const GUARANTEES: &str = "\
- Durable: an acknowledged change has exactly one record in the journal, written in the same transaction.\n\
- Ordered: within a context all readers see the same sequence without gaps, the events of a row in the order of its \
versions, and those of one transaction together. Nothing is promised between contexts.\n\
- Complete: a reader gets every event behind its position that it may see. After a restart it asks again from the last \
position it has dealt with, hence may see an event twice: tell events apart by `position`.\n\
- Never silent: a position of another history (after a restore) is refused, and the reader starts over.";

fn write(material: &Material<'_>) -> Vec<Document> {
    vec![Document {
        path: "contracts/asyncapi.json".to_owned(),
        title: "AsyncAPI".to_owned(),
        summary: "Every event that others can follow, what it carries and what is promised, as AsyncAPI 3.0."
            .to_owned(),
        text: asyncapi(material.plan).to_pretty(),
    }]
}

fn asyncapi(plan: &Plan) -> Json {
    let contexts: Vec<(&Context, Vec<&EventType>)> = contexts(plan);
    let mut channels = Vec::new();
    let mut operations = Vec::new();
    for (context, events) in &contexts {
        let name = format!("{}.journal", context.name.text);
        channels.push((name.clone(), journal(context, events)));
        operations.push((format!("{name}.read"), reading(plan, context, &name)));
    }
    let pending = pending(&plan.system);
    for webhook in &plan.system.webhooks {
        let name = format!("{}.{}", plan.system[webhook.context].name.text, webhook.name.text);
        channels.push((name.clone(), webhook_channel(plan, webhook, &pending)));
        operations.push((format!("{name}.deliver"), delivery(webhook, &name, &pending)));
    }
    let channels = Json::Object(channels);
    let messages = messages(plan);
    let all = schema::all(plan).into_iter().chain(schema::events(plan)).collect();
    let schemas = schema::prune(&messages, object([("schemas", Json::Object(all))]));
    let schemas = schemas.get("schemas").cloned().unwrap_or_else(|| object([]));
    object([
        ("asyncapi", "3.0.0".into()),
        ("info", info(plan, &pending)),
        ("defaultContentType", "application/json".into()),
        ("channels", channels),
        ("operations", Json::Object(operations)),
        ("components", object([("messages", messages), ("schemas", schemas)])),
    ])
}

fn info(plan: &Plan, pending: &[Pending]) -> Json {
    let title = names::titled(&plan.system.name.text);
    let mut paragraphs = vec![
        format!("What happens in {title}, for those who follow it."),
        "Served today: the journal, page by page, at `/v1/events` of the API (OpenAPI describes the request). \
         A reader sends the last position it has dealt with as `after`, and gets what follows."
            .to_owned(),
    ];
    if let Some(webhooks) = pending.iter().find(|it| it.kind == "webhook") {
        let names: Vec<String> = webhooks.names.iter().map(|it| format!("`{it}`")).collect();
        paragraphs.push(format!(
            "Declared, and not delivered yet: the webhooks {}. Until they are, the journal has every event \
             that they would deliver.",
            words::list(&names)
        ));
    }
    paragraphs.push(format!("What readers may rely on:\n\n{GUARANTEES}"));
    object([
        ("title", format!("Events of {title}").into()),
        ("version", format!("1.0.0+{}", plan.hash).into()),
        ("description", paragraphs.join("\n\n").into()),
    ])
}

/// Contexts that have events, in the author's order.
fn contexts(plan: &Plan) -> Vec<(&Context, Vec<&EventType>)> {
    let with_events = (0..).zip(&plan.system.contexts).map(|(position, context)| {
        let id = architrave_model::ContextId(position);
        (context, plan.event_types.iter().filter(|it| it.context == id).collect::<Vec<_>>())
    });
    with_events.filter(|it| !it.1.is_empty()).collect()
}

/// One message per event, in the plan's order.
fn messages(plan: &Plan) -> Json {
    let messages = plan.event_types.iter().map(|it| {
        let schema = reference(&format!("schemas/{}", it.name));
        let example =
            object([("name", it.event.as_str().into()), ("payload", example::event(plan, it))]);
        let message = object([
            ("name", it.name.as_str().into()),
            ("title", names::titled(&it.event).into()),
            ("contentType", "application/json".into()),
        ]);
        let message = message.with_text("summary", it.doc.lines().next().unwrap_or_default());
        let message = message.with("payload", schema).with("examples", Json::Array(vec![example]));
        (it.name.clone(), message)
    });
    Json::Object(messages.collect())
}

/// The messages of a channel, by their names.
fn of_channel<'e>(events: impl Iterator<Item = &'e EventType>) -> Json {
    let references =
        events.map(|it| (it.name.clone(), reference(&format!("messages/{}", it.name))));
    Json::Object(references.collect())
}

fn journal(context: &Context, events: &[&EventType]) -> Json {
    let name = &context.name.text;
    let words = format!(
        "Every change in {}, in the order in which it was committed, each as one of `items` of an answer.",
        names::words(name)
    );
    object([
        ("address", "/v1/events".into()),
        ("title", format!("Journal of {}", names::words(name)).into()),
        ("description", words.into()),
        ("messages", of_channel(events.iter().copied())),
    ])
}

/// The application sends what others read, page by page.
fn reading(plan: &Plan, context: &Context, channel: &str) -> Json {
    let name = &context.name.text;
    let position = object([("type", "string".into()), ("maxLength", 64_i64.into())]);
    let limit = object([
        ("type", "integer".into()),
        ("minimum", 1_i64.into()),
        ("maximum", EVENTS_COUNT_MAX.into()),
        ("default", 100_i64.into()),
    ]);
    let query = object([
        ("type", "object".into()),
        ("required", vec!["context"].into()),
        (
            "properties",
            object([
                ("context", object([("const", name.as_str().into())])),
                ("after", position.with("description", "Only events behind this position.")),
                ("limit", limit.with("description", "Most events of a page.")),
            ]),
        ),
    ]);
    let http =
        object([("method", "GET".into()), ("query", query), ("bindingVersion", "0.3.0".into())]);
    let is_served = plan.operations.iter().any(|it| it.kind == OperationKind::Events);
    object([
        ("action", "send".into()),
        ("channel", channel_reference(channel)),
        ("title", format!("Read what happened in {}", names::words(name)).into()),
        (
            "description",
            "An answer has `items`, `next` (to be sent as `after`) and `is_complete`. Rows and members that the \
             caller may not see are not in it."
                .into(),
        ),
        ("bindings", object([("http", http)])),
        ("x-architrave-status", if is_served { "served" } else { "declared" }.into()),
        (
            "x-architrave-delivery",
            object([
                ("cursor", "position".into()),
                ("order", "total within the context".into()),
                ("guarantee", "every event, at least once; never a silent gap".into()),
            ]),
        ),
    ])
}

fn channel_reference(name: &str) -> Json {
    object([("$ref", format!("#/channels/{name}").into())])
}

fn is_pending(webhook: &Webhook, pending: &[Pending]) -> bool {
    let webhooks = pending.iter().find(|it| it.kind == "webhook");
    webhooks.is_some_and(|it| it.names.contains(&webhook.name.text))
}

fn webhook_channel(plan: &Plan, webhook: &Webhook, pending: &[Pending]) -> Json {
    let sent = |it: &&EventType| match it.kind {
        EventKind::Declared(id) => webhook.events.contains(&id),
        _ => false,
    };
    let mut paragraphs = Vec::new();
    if !webhook.doc.is_empty() {
        paragraphs.push(webhook.doc.clone());
    }
    paragraphs.push(
        "Sent to addresses that subscribers register; the address is theirs, hence none stands here.".to_owned(),
    );
    if is_pending(webhook, pending) {
        paragraphs.push("Declared, and not delivered yet.".to_owned());
    }
    object([
        ("address", Json::Null),
        ("title", format!("Webhook {}", names::words(&webhook.name.text)).into()),
        ("description", paragraphs.join("\n\n").into()),
        ("messages", of_channel(plan.event_types.iter().filter(sent))),
    ])
}

fn delivery(webhook: &Webhook, channel: &str, pending: &[Pending]) -> Json {
    let http = object([("method", "POST".into()), ("bindingVersion", "0.3.0".into())]);
    let mut sentences = vec![
        "At least once, each attempt with the same id: tell deliveries apart by it.".to_owned(),
    ];
    sentences.extend(webhook.retry.as_ref().map(retried));
    if !webhook.signing.is_empty() {
        sentences.push(format!(
            "Each is signed with {}; a receiver refuses what does not verify.",
            webhook.signing
        ));
    }
    let status = if is_pending(webhook, pending) { "declared" } else { "served" };
    object([
        ("action", "send".into()),
        ("channel", channel_reference(channel)),
        ("title", format!("Deliver {}", names::words(&webhook.name.text)).into()),
        ("description", sentences.join(" ").into()),
        ("bindings", object([("http", http)])),
        ("x-architrave-status", status.into()),
        (
            "x-architrave-delivery",
            object([
                ("cursor", Json::Null),
                ("order", "not promised".into()),
                ("guarantee", "at least once, within the declared attempts".into()),
            ]),
        ),
    ])
}

fn retried(retry: &Retry) -> String {
    let grows = match retry.backoff {
        Backoff::Constant => "always the same wait",
        Backoff::Exponential => "waits that double",
    };
    format!(
        "At most {} attempts with {grows}, from {} to at most {}.",
        retry.attempts_max,
        words::time(retry.first_us),
        words::time(retry.max_us)
    )
}
