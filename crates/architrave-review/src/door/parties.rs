//! Whom personal data is given to, where they are, and on what terms: integrations and channels.

use std::collections::BTreeSet;

use architrave_model::{
    Channel, ChannelId, ChannelProvider, IntegrationId, Name, Notification, NotificationTarget,
    SagaStep, Span, System, Terms,
    graph::{Edge, EdgeKind, External, Graph, Known, Node, Origin},
};
use architrave_plan::Plan;

use super::{names, personal};

pub(super) fn add(plan: &Plan, graph: &mut Graph) {
    let system = &plan.system;
    for (integration, id) in system.integrations.iter().zip((0..).map(IntegrationId)) {
        let to = format!("external:{}", names::integration(system, id));
        if let Some(external) = graph.externals.iter_mut().find(|it| it.node.id == to) {
            set_terms(external, &integration.terms, integration.span);
        }
    }
    for (from, step) in steps(system) {
        for edge in graph.edges.iter_mut().filter(|it| it.from == from) {
            let mut sent: BTreeSet<String> =
                edge.personal_data.value().into_iter().flatten().cloned().collect();
            for (_, value) in &step.input {
                personal::in_expr(system, value, &mut sent);
            }
            edge.personal_data = personal::known(sent, edge.node.origin);
        }
    }
    for (channel, id) in system.channels.iter().zip((0..).map(ChannelId)) {
        carried(system, id, channel, graph);
    }
}

fn set_terms(external: &mut External, terms: &Terms, span: Span) {
    let fact = |name: &Option<Name>| name.as_ref().map_or(span, |it| it.span);
    external.region =
        Known::declared(terms.region.as_ref().map(|it| it.text.clone()), fact(&terms.region));
    external.has_processing_agreement = Known::declared(
        terms.processing_agreement.as_ref().map(|_| true),
        fact(&terms.processing_agreement),
    );
}

/// A channel is a system of somebody else; every notification that goes through it is an edge.
fn carried(system: &System, id: ChannelId, channel: &Channel, graph: &mut Graph) {
    let name = names::within(system, channel.context, &channel.name.text);
    let mut external = External {
        node: Node::declared("external", name.clone(), channel.span),
        ..External::default()
    };
    set_terms(&mut external, &channel.terms, channel.span);
    for notification in system.notifications.iter().filter(|it| it.via.contains(&id)) {
        let from = names::within(system, notification.context, &notification.name.text);
        let origin = Origin::declared(notification.span);
        graph.edges.push(Edge {
            node: Node {
                id: format!("edge:consumer:{from}->{name}"),
                name: format!("{from} through {name}"),
                origin,
            },
            from: format!("consumer:{from}"),
            to: external.node.id.clone(),
            kind: EdgeKind::Publishes,
            is_synchronous: Known::built_in(false),
            is_remote: Known::built_in(true),
            personal_data: personal::known(told(system, channel, notification), origin),
            ..Edge::default()
        });
    }
    graph.externals.push(external);
}

/// Mail to a person cannot be sent without their address, and carries what its text names. Push messages are
/// encrypted for the browser (RFC 8291); whoever carries them sees none of it.
fn told(system: &System, channel: &Channel, notification: &Notification) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if matches!(channel.provider, Some(ChannelProvider::WebPush(_))) {
        return found;
    }
    let is_person = matches!(notification.to, Some(NotificationTarget::User(_)));
    let is_mail = matches!(channel.provider, Some(ChannelProvider::Smtp(_)));
    if is_person && is_mail {
        found.insert("contact".to_owned());
    }
    for text in notification.subject.iter().chain(&notification.text) {
        personal::in_expr(system, text, &mut found);
    }
    found
}

/// Steps of sagas with their ids.
fn steps(system: &System) -> impl Iterator<Item = (String, &SagaStep)> {
    system.sagas.iter().flat_map(|saga| {
        let name = names::within(system, saga.context, &saga.name.text);
        saga.steps.iter().map(move |it| (format!("step:{name}.{}", it.name.text), it))
    })
}
