//! The words of the domain, as its authors explain them beside what they name.

use architrave_model::{ContextId, System, words};

use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, escape, link},
};

/// `overview/glossary.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "glossary", room: Room::Overview, write };

const PATH: &str = "overview/glossary.md";

/// A word and what it means.
struct Term {
    name: String,
    kind: &'static str,
    context: Option<ContextId>,
    meaning: String,
}

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let mut terms = terms(system);
    terms.retain(|it| !it.meaning.is_empty());
    terms.sort_by_cached_key(|it| (it.name.to_lowercase(), it.kind));
    if terms.is_empty() {
        return Vec::new();
    }
    let title = "Glossary";
    let mut page = Page::new(title);
    page.paragraph(&format!(
        "The words that {} is spoken of in, in the sense of its authors.",
        escape(&system.name.text)
    ));
    let row = |it: &Term| {
        let context = it.context.map(|id| &system[id].name.text);
        let context = context.map(|it| link(it, PATH, &format!("structure/components-{it}.md")));
        let kind =
            context.map_or_else(|| it.kind.to_owned(), |it2| format!("{} in {it2}", it.kind));
        vec![format!("**{}**", escape(&it.name)), kind, it.meaning.clone()]
    };
    page.table(&["Word", "Is", "Meaning"], &terms.iter().map(row).collect::<Vec<_>>());
    vec![Document {
        path: PATH.to_owned(),
        title: title.to_owned(),
        summary: "The words of the domain, as its authors explain them.".to_owned(),
        text: page.finish(),
    }]
}

fn terms(system: &System) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut add = |name: &str, kind, context, meaning: String| {
        terms.push(Term { name: name.to_owned(), kind, context, meaning });
    };
    for it in &system.contexts {
        add(&it.name.text, "context", None, escape(&it.doc));
    }
    for it in &system.entities {
        let part = it.owner.map(|owner| {
            let owner = &system[owner.entity].name.text;
            format!("Part of {}: written, read and deleted with it.", code(owner))
        });
        let meaning = join(&[escape(&it.doc), part.unwrap_or_default(), states(it)]);
        add(&it.name.text, "entity", Some(it.context), meaning);
    }
    for it in &system.values {
        let fields: Vec<&str> = it.fields.iter().map(|it| it.name.text.as_str()).collect();
        let meaning = join(&[escape(&it.doc), format!("A group of {}.", words::list(&fields))]);
        add(&it.name.text, "value", Some(it.context), meaning);
    }
    for it in &system.commands {
        let entity = &system[it.entity];
        let name = format!("{} {}", it.name.text, entity.name.text);
        let to = it
            .transition
            .as_ref()
            .map(|(to, _)| format!("Brings a {} to {}.", code(&entity.name.text), code(to)));
        add(
            &name,
            "command",
            Some(entity.context),
            join(&[escape(&it.doc), to.unwrap_or_default()]),
        );
    }
    for (it, id) in system.events.iter().zip((0..).map(architrave_model::EventId)) {
        add(
            &it.name.text,
            "event",
            Some(it.context),
            join(&[escape(&it.doc), told_by(system, id)]),
        );
    }
    for it in &system.sagas {
        let begins = format!(
            "A process of {} steps that begins with {}{}.",
            it.steps.len(),
            code(&system[it.on].name.text),
            it.deadline_us
                .map(|us| format!(" and ends within {}", words::time(us)))
                .unwrap_or_default()
        );
        add(&it.name.text, "saga", Some(it.context), join(&[escape(&it.doc), begins]));
    }
    for it in &system.projections {
        add(&it.name.text, "projection", Some(it.context), escape(&it.doc));
    }
    for it in &system.integrations {
        add(&it.name.text, "integration", Some(it.context), escape(&it.doc));
    }
    for it in &system.webhooks {
        add(&it.name.text, "webhook", Some(it.context), escape(&it.doc));
    }
    terms
}

fn states(entity: &architrave_model::Entity) -> String {
    let Some(lifecycle) = &entity.lifecycle else { return String::new() };
    let mut states = vec![lifecycle.initial.as_str()];
    for state in lifecycle.transitions.iter().flat_map(|it| &it.to) {
        if !states.contains(&state.as_str()) {
            states.push(state);
        }
    }
    format!("Is {} in turn, or part of the way.", words::list(&states))
}

fn told_by(system: &System, id: architrave_model::EventId) -> String {
    let commands = system.commands.iter().filter(|it| it.emit.is_some_and(|it| it.0 == id));
    let commands: Vec<String> =
        commands.map(|it| format!("{}.{}", system[it.entity].name.text, it.name.text)).collect();
    let callbacks = system.integrations.iter().flat_map(|integration| {
        let from = integration.callbacks.iter().filter(|it| it.emit == Some(id));
        from.map(|it| format!("{}.{}", integration.name.text, it.name.text))
    });
    let all: Vec<String> = commands.into_iter().chain(callbacks).collect();
    if all.is_empty() { String::new() } else { format!("Told by {}.", words::list(&all)) }
}

fn join(parts: &[String]) -> String {
    let there: Vec<&str> = parts.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    there.join(" ")
}
