//! What events set in motion: sagas, projections, webhooks in both directions, messages to people.
//!
//! What holds for all of them is how Architrave delivers: from a position in the journal, so that nothing is lost;
//! what fails for good is put aside where it is seen; depth and age are measured.

use std::collections::BTreeSet;

use architrave_model::{
    Backoff, Callback, ContextId, EventId, Integration, Notification, NotificationTarget,
    Projection, Retry, Saga, Span, System, Webhook,
    graph::{Consumer, ConsumerKind, Graph, Known, Node},
};
use architrave_plan::Plan;

use super::{integrations, names, personal};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    let all = &mut graph.consumers;
    all.extend(system.sagas.iter().map(|it| saga(plan, it)));
    all.extend(system.projections.iter().map(|it| projection(plan, it)));
    all.extend(system.webhooks.iter().map(|it| webhook(plan, it)));
    all.extend(system.notifications.iter().map(|it| notification(plan, it)));
    for integration in &system.integrations {
        all.extend(integration.callbacks.iter().map(|it| callback(plan, integration, it)));
    }
}

/// What every consumer of ours promises.
fn delivered(plan: &Plan, kind: ConsumerKind, node: Node, events: &[EventId]) -> Consumer {
    Consumer {
        kind: Known::built_in(kind),
        of: events.iter().map(|it| names::message(plan, *it)).collect(),
        retry: Known::built_in(integrations::policy(&DELIVERY)),
        has_dead_letter: Known::built_in(true),
        is_idempotent: Known::built_in(true),
        is_measured: Known::built_in(true),
        signature: Known::Absent(node.origin),
        replay_window_us: Known::Absent(node.origin),
        address_is_user_data: Known::built_in(false),
        blocks_private_addresses: Known::built_in(true),
        personal_data: Known::Absent(node.origin),
        calls_before_answer: Known::built_in(0),
        node,
        ..Consumer::default()
    }
}

/// Where a blueprint does not say how often: from a second to an hour, for about a day.
const DELIVERY: Retry = Retry {
    attempts_max: 30,
    backoff: Backoff::Exponential,
    first_us: 1_000_000,
    max_us: 3_600_000_000,
};

/// Messages older than this are refused by whoever takes our webhooks (Standard Webhooks, section "timestamp").
const WINDOW_US: i64 = 300_000_000;

fn node(plan: &Plan, context: ContextId, name: &str, span: Span) -> Node {
    Node::declared("consumer", names::within(&plan.system, context, name), span)
}

fn saga(plan: &Plan, saga: &Saga) -> Consumer {
    let node = node(plan, saga.context, &saga.name.text, saga.span);
    Consumer {
        module: Some(names::module(&plan.system, saga.context)),
        ..delivered(plan, ConsumerKind::Saga, node, &[saga.on])
    }
}

fn projection(plan: &Plan, projection: &Projection) -> Consumer {
    let node = node(plan, projection.context, &projection.name.text, projection.span);
    Consumer {
        module: Some(names::module(&plan.system, projection.context)),
        ..delivered(plan, ConsumerKind::Projection, node, &projection.from)
    }
}

fn webhook(plan: &Plan, webhook: &Webhook) -> Consumer {
    let node = node(plan, webhook.context, &webhook.name.text, webhook.span);
    let origin = node.origin;
    let mut found = BTreeSet::new();
    personal::in_events(&plan.system, &webhook.events, &mut found);
    let signing = Some(webhook.signing.clone()).filter(|it| !it.is_empty());
    Consumer {
        module: Some(names::module(&plan.system, webhook.context)),
        retry: Known::Is(integrations::policy(&webhook.retry.unwrap_or(DELIVERY)), origin),
        signature: Known::declared(signing, webhook.span),
        replay_window_us: Known::built_in(WINDOW_US),
        address_is_user_data: Known::built_in(true),
        personal_data: personal::known(found, origin),
        ..delivered(plan, ConsumerKind::OutboundWebhook, node, &webhook.events)
    }
}

fn notification(plan: &Plan, notification: &Notification) -> Consumer {
    let system = &plan.system;
    let node = node(plan, notification.context, &notification.name.text, notification.span);
    let mut found = BTreeSet::new();
    let to = notification.to.as_ref().and_then(|it| match it {
        NotificationTarget::User(expr) => Some(expr),
        NotificationTarget::Address(_) => None,
    });
    for expr in to.into_iter().chain(&notification.subject).chain(&notification.text) {
        personal::in_expr(system, expr, &mut found);
    }
    Consumer {
        module: Some(names::module(system, notification.context)),
        personal_data: personal::known(found, node.origin),
        ..delivered(plan, ConsumerKind::Notification, node, &[notification.on])
    }
}

/// A callback answers as soon as its message is in the journal; work follows from the event.
fn callback(plan: &Plan, integration: &Integration, callback: &Callback) -> Consumer {
    let system: &System = &plan.system;
    let name = format!("{}.{}", integration.name.text, callback.name.text);
    let node = node(plan, integration.context, &name, callback.span);
    let origin = node.origin;
    let signature = callback.verify.as_ref().map(|_| "hmac-sha256".to_owned());
    Consumer {
        module: Some(names::module(system, integration.context)),
        of: callback.emit.iter().map(|it| names::message(plan, *it)).collect(),
        signature: Known::declared(signature, callback.span),
        is_idempotent: Known::Is(callback.dedupe.is_some(), origin),
        ..delivered(plan, ConsumerKind::InboundWebhook, node, &[])
    }
}
