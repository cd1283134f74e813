//! What happens by itself: processes, schedules, messages, told in the order in which it happens.

use architrave_model::{RunTarget, Saga, SagaStep, System, Undo, words};

use crate::page::{Page, code, escape, link};

/// A section for every process, and one for the rest.
pub(super) fn sections(page: &mut Page, system: &System, from: &str) {
    for saga in &system.sagas {
        process(page, system, saga, from);
    }
    let others = others(system);
    if !others.is_empty() {
        page.heading(3, "And by itself");
        page.list(others);
    }
}

/// What a step or schedule runs, e.g. `Order.cancel`.
fn target(system: &System, run: RunTarget) -> String {
    match run {
        RunTarget::Command(id) => {
            let command = &system[id];
            code(&format!("{}.{}", system[command.entity].name.text, command.name.text))
        }
        RunTarget::Operation(id, position) => {
            let integration = &system[id];
            let operation = integration.operations.get(position);
            let name = operation.map_or("", |it| it.name.text.as_str());
            code(&format!("{}.{name}", integration.name.text))
        }
    }
}

fn process(page: &mut Page, system: &System, saga: &Saga, from: &str) {
    page.heading(3, &saga.name.text);
    let begins = system.commands.iter().filter(|it| it.emit.is_some_and(|it| it.0 == saga.on));
    let begins: Vec<String> = begins.map(|it| target_of(system, it)).collect();
    let by = if begins.is_empty() {
        String::new()
    } else {
        format!(", which {} tells", begins.join(" or "))
    };
    let deadline = saga.deadline_us.map(|us| format!(" It has {}.", words::time(us)));
    page.paragraph(
        format!(
            "{} Begins with {}{by}.{} {}",
            escape(&saga.doc),
            code(&system[saga.on].name.text),
            deadline.unwrap_or_default(),
            link("Drawn step by step", from, "behaviour/sagas.md"),
        )
        .trim(),
    );
    page.steps(saga.steps.iter().map(|it| step(system, it)));
    if let Some(failure) = &saga.on_failure {
        page.paragraph(&format!(
            "If a step before the point of no return fails, those before it are undone in reverse, then {} runs.",
            target(system, failure.run)
        ));
    }
}

fn target_of(system: &System, command: &architrave_model::Command) -> String {
    code(&format!("{}.{}", system[command.entity].name.text, command.name.text))
}

fn step(system: &System, step: &SagaStep) -> String {
    let each = if step.for_each.is_some() { " for each" } else { "" };
    let undo = match &step.undo {
        Undo::Compensate(it) => format!("; undone by {}", target(system, *it)),
        Undo::Pivot => {
            "; the point of no return: from here on steps are repeated, never undone".to_owned()
        }
        Undo::AfterPivot => "; repeated until it is done".to_owned(),
        Undo::NoUndo(reason) => format!("; not undone: {}", escape(reason)),
        Undo::ReadOnly => "; changes nothing".to_owned(),
    };
    format!(
        "**{}**: {}{each}{undo}.",
        escape(&step.name.text.replace('_', " ")),
        target(system, step.run)
    )
}

fn others(system: &System) -> Vec<String> {
    let schedules = system.schedules.iter().map(|it| {
        let each = if it.for_each.is_some() { " for every row that is due" } else { "" };
        format!(
            "Every {}, {} runs {}{each}.",
            words::time(it.every_us),
            code(&it.name.text),
            target(system, it.run)
        )
    });
    let events = |ids: &[architrave_model::EventId]| {
        let names: Vec<&str> = ids.iter().map(|id| system[*id].name.text.as_str()).collect();
        words::list(&names)
    };
    let projections = system
        .projections
        .iter()
        .map(|it| format!("{} is kept up to date by {}.", code(&it.name.text), events(&it.from)));
    let webhooks = system.webhooks.iter().map(|it| {
        format!(
            "{} sends {} to addresses that callers have registered.",
            code(&it.name.text),
            events(&it.events)
        )
    });
    let notifications = system.notifications.iter().map(|it| {
        let via: Vec<&str> = it.via.iter().map(|id| system[*id].name.text.as_str()).collect();
        format!(
            "{} is followed by a message, {}, through {}.",
            events(&[it.on]),
            code(&it.name.text),
            words::list(&via)
        )
    });
    let callbacks = system.integrations.iter().flat_map(|integration| {
        integration.callbacks.iter().filter_map(move |it| {
            let event = code(&system[it.emit?].name.text);
            Some(format!(
                "{} of {} becomes {event}.",
                code(&it.name.text),
                escape(&integration.name.text)
            ))
        })
    });
    schedules.chain(projections).chain(webhooks).chain(notifications).chain(callbacks).collect()
}
