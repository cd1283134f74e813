//! What a context owns, in one sentence.

use architrave_model::{ContextId, System};

use crate::page::{code, count, escape, first_sentence};

/// Entities with what they are, and how many of everything else.
pub(crate) fn holds(system: &System, id: ContextId) -> String {
    let entities = system.entities.iter().filter(|it| it.context == id);
    let entities = entities.map(|it| {
        let doc = first_sentence(&it.doc);
        if doc.is_empty() {
            code(&it.name.text)
        } else {
            format!("{} ({})", code(&it.name.text), escape(&lower(&doc)))
        }
    });
    let entities: Vec<String> = entities.collect();
    let others = [
        (system.sagas.iter().filter(|it| it.context == id).count(), "saga", "sagas"),
        (system.schedules.iter().filter(|it| it.context == id).count(), "schedule", "schedules"),
        (
            system.projections.iter().filter(|it| it.context == id).count(),
            "projection",
            "projections",
        ),
        (system.webhooks.iter().filter(|it| it.context == id).count(), "webhook", "webhooks"),
        (
            system.integrations.iter().filter(|it| it.context == id).count(),
            "integration",
            "integrations",
        ),
        (system.channels.iter().filter(|it| it.context == id).count(), "channel", "channels"),
        (
            system.notifications.iter().filter(|it| it.context == id).count(),
            "notification",
            "notifications",
        ),
    ];
    let others = others.iter().filter(|it| it.0 > 0).map(|it| count(it.0, it.1, it.2));
    let all: Vec<String> = entities.into_iter().chain(others).collect();
    match all.as_slice() {
        [] => "Holds nothing yet.".to_owned(),
        [only] => format!("Holds {only}."),
        [first @ .., last] => format!("Holds {} and {last}.", first.join(", ")),
    }
}

/// "A customer of a shop" within a sentence; names keep their capitals.
fn lower(text: &str) -> String {
    let is_name = text.chars().nth(1).is_some_and(char::is_uppercase);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) if !is_name => first.to_lowercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
