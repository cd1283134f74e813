//! Events: who tells of what, what each carries, and who reacts.

use std::fmt::Write as _;

use architrave_model::{EventId, EventPayload, System};
use architrave_plan::Plan;

use super::reactions::{self, Reaction};
use crate::{
    Document, Material, Projection, Room, field_type,
    page::{Page, code, escape, link, mermaid},
};

/// `behaviour/events.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "events", room: Room::Behaviour, write };

const PATH: &str = "behaviour/events.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let plan = material.plan;
    let system = &plan.system;
    if plan.event_types.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("Events");
    introduction(&mut page, plan);
    let ids: Vec<EventId> =
        (0..u32::try_from(system.events.len()).unwrap_or(u32::MAX)).map(EventId).collect();
    if !ids.is_empty() {
        page.diagram(
            "From left to right: what tells of an event, the event, and what it sets in motion.",
            &diagram(system, &ids),
        );
    }
    for id in ids {
        section(&mut page, system, id);
    }
    vec![Document {
        path: PATH.to_owned(),
        title: "Events".to_owned(),
        summary: "What is told when something happens, what it carries, and who reacts.".to_owned(),
        text: page.finish(),
    }]
}

fn introduction(page: &mut Page, plan: &Plan) {
    let system = &plan.system;
    page.paragraph(&format!(
        "Every change writes its event to the journal in the transaction that changes the row, so that there is no change \
         without its event and no event without its change. {} reads the journal in order, resumes after any position, \
         and shows each caller the events of rows that they may see.",
        code("GET /v1/events")
    ));
    let silent: Vec<String> = plan
        .event_types
        .iter()
        .filter(|it| matches!(it.kind, architrave_plan::EventKind::Created))
        .filter_map(|it| it.entity)
        .map(|id| code(&system.entity_path(id)))
        .collect();
    if !silent.is_empty() {
        page.paragraph(&format!(
            "Beside the events below, {} tell of plain creations, changes and deletions as {}, {} and {} with the row \
             as it is afterwards.",
            silent.join(", "),
            code("….created"),
            code("….updated"),
            code("….deleted")
        ));
    }
    let waiting = super::pending_words(system, &["saga", "projection", "webhook", "notification"]);
    if let Some(waiting) = waiting {
        page.paragraph(&format!(
            "The journal and {} work today. {waiting} What reacts is told here as it is declared.",
            code("GET /v1/events")
        ));
    }
}

/// Who tells of an event: commands and callbacks.
fn emitters(system: &System, id: EventId) -> Vec<String> {
    let commands = system
        .commands
        .iter()
        .filter(|it| it.emit.as_ref().is_some_and(|(event, _)| *event == id))
        .map(|it| format!("{}.{}", system.entity_path(it.entity), it.name.text));
    let callbacks = system.integrations.iter().flat_map(|integration| {
        let all = integration.callbacks.iter().filter(|it| it.emit == Some(id));
        all.map(|it| {
            let context = &system[integration.context].name.text;
            format!("{context}.{}.{}", integration.name.text, it.name.text)
        })
    });
    commands.chain(callbacks).collect()
}

fn diagram(system: &System, ids: &[EventId]) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut drawn: Vec<String> = Vec::new();
    let mut node = |out: &mut String, id: &str, shape: (&str, &str), label: &str| {
        let id = mermaid::identifier(id);
        if !drawn.contains(&id) {
            let _infallible =
                writeln!(out, "    {id}{}\"{}\"{}", shape.0, mermaid::label(label), shape.1);
            drawn.push(id.clone());
        }
        id
    };
    for id in ids {
        let name = reactions::event_name(system, *id);
        let event = node(&mut out, &format!("event.{name}"), (">", "]"), &name);
        for emitter in emitters(system, *id) {
            let from = node(&mut out, &format!("by.{emitter}"), ("[", "]"), &emitter);
            let _infallible = writeln!(out, "    {from} --> {event}");
        }
        for reaction in reactions::of(system, *id) {
            let title = format!("{} {}", reaction.kind, reaction.name);
            let to = node(&mut out, &title, ("([", "])"), &title);
            let _infallible = writeln!(out, "    {event} --> {to}");
        }
    }
    out
}

fn section(page: &mut Page, system: &System, id: EventId) {
    let event = &system[id];
    page.heading(2, &reactions::event_name(system, id));
    let mut text = Vec::new();
    if !event.doc.is_empty() {
        text.push(escape(&event.doc));
    }
    let emitters: Vec<String> = emitters(system, id).iter().map(|it| code(it)).collect();
    text.push(if emitters.is_empty() {
        "**Nothing** tells of it.".to_owned()
    } else {
        format!("Told by {}.", emitters.join(" and "))
    });
    text.push(carries(system, id));
    page.paragraph(&text.join(" "));
    let reactions: Vec<String> = reactions::of(system, id).iter().map(reaction).collect();
    if reactions.is_empty() {
        page.paragraph(
            "Nothing inside the system reacts to it; it is there for readers of the journal.",
        );
    } else {
        page.list(reactions);
    }
}

/// The members of an event with their types.
fn carries(system: &System, id: EventId) -> String {
    let event = &system[id];
    let members: Vec<String> = event
        .fields
        .iter()
        .map(|it| format!("{} ({})", code(&it.name), escape(&field_type::of_ty(system, &it.ty))))
        .collect();
    if members.is_empty() {
        return "It carries nothing beside position, time, actor and, where there is a row, its id and version."
            .to_owned();
    }
    let whence = match event.payload {
        EventPayload::Carries(_) => ", as they are after the change",
        EventPayload::Own(_) => "",
    };
    format!("It carries {}{whence}.", members.join(", "))
}

fn reaction(reaction: &Reaction) -> String {
    let what = match reaction.kind {
        "saga" => "runs its steps",
        "projection" => "keeps its numbers up to date",
        "webhook" => "sends it to the addresses that were subscribed",
        _ => "tells a person",
    };
    format!("{} {} {what}", reaction.kind, link(&reaction.name, PATH, "behaviour/sagas.md"))
}
