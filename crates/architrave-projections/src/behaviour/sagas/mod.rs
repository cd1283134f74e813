//! What follows from events and from the clock: sagas, schedules, projections, webhooks, notifications, integrations.

mod others;
mod saga;

use architrave_model::System;

use crate::{Document, Material, Projection, Room, page::Page};

/// `behaviour/sagas.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "sagas", room: Room::Behaviour, write };

const PATH: &str = "behaviour/sagas.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    if is_empty(system) {
        return Vec::new();
    }
    let mut page = Page::new("What follows by itself");
    page.paragraph(&format!(
        "What {} does without anybody waiting for it: from events of the journal, or by the clock.",
        crate::page::escape(&system.name.text)
    ));
    let kinds =
        ["saga", "schedule", "projection", "webhook", "notification", "channel", "integration"];
    if let Some(waiting) = super::pending_words(system, &kinds) {
        page.paragraph(&format!(
            "**This version checks these declarations and does not run them yet.** {waiting} The diagrams show what is \
             declared; events are in the journal already, so that what runs later finds everything that happened."
        ));
    }
    for saga in &system.sagas {
        saga::section(&mut page, system, saga);
    }
    others::sections(&mut page, system);
    vec![Document {
        path: PATH.to_owned(),
        title: "What follows by itself".to_owned(),
        summary: "Sagas with their undoing, schedules, numbers kept from events, webhooks, messages to people."
            .to_owned(),
        text: page.finish(),
    }]
}

fn is_empty(system: &System) -> bool {
    system.sagas.is_empty()
        && system.schedules.is_empty()
        && system.projections.is_empty()
        && system.webhooks.is_empty()
        && system.notifications.is_empty()
        && system.integrations.is_empty()
}
