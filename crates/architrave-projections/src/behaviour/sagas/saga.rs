//! A saga as a sequence diagram: its steps, then what a failure at each of them leads to.

use architrave_model::{Integration, RunTarget, Saga, SagaStep, System, Undo, words};

use super::super::{reactions, sequence::Sequence};
use crate::{
    page::{Page, code, escape},
    speech,
};

pub(super) fn section(page: &mut Page, system: &System, saga: &Saga) {
    let context = &system[saga.context].name.text;
    page.heading(2, &format!("Saga {context}.{}", saga.name.text));
    page.paragraph(&opening(system, saga));
    page.diagram("The steps when all goes well.", &forward(system, saga));
    page.table(
        &["Step", "Runs", "Patience", "Undone by", "If it fails for good"],
        &rows(system, saga),
    );
    if saga.steps.iter().any(is_undoable) || saga.on_failure.is_some() {
        page.diagram(
            "The way back, from the last step that can still be undone.",
            &backward(system, saga),
        );
    }
}

fn opening(system: &System, saga: &Saga) -> String {
    let mut text = Vec::new();
    if !saga.doc.is_empty() {
        text.push(escape(&saga.doc));
    }
    text.push(format!("Begins with {}.", code(&reactions::event_name(system, saga.on))));
    match saga.deadline_us {
        Some(us) => text.push(format!(
            "It has {} in all; when they are over before the point of no return, it goes back.",
            words::time(us)
        )),
        None => text
            .push("No deadline is declared: a step that never ends holds it for ever.".to_owned()),
    }
    text.join(" ")
}

const JOURNAL: &str = "journal";

fn participants(out: &mut Sequence, system: &System, saga: &Saga) {
    out.participant(JOURNAL, "Journal", false);
    out.participant("saga", &saga.name.text, false);
    let mut known: Vec<String> = Vec::new();
    for step in saga.steps.iter().chain(&saga.on_failure) {
        let undo = match step.undo {
            Undo::Compensate(run) => Some(run),
            _ => None,
        };
        for run in std::iter::once(step.run).chain(undo) {
            let (party, _) = target(system, run);
            if !known.contains(&party) {
                out.participant(&party, &party, false);
                known.push(party);
            }
        }
    }
}

fn forward(system: &System, saga: &Saga) -> String {
    let mut out = Sequence::new();
    participants(&mut out, system, saga);
    out.tell(JOURNAL, "saga", &reactions::event_name(system, saga.on));
    for step in &saga.steps {
        if let Some(each) = &step.for_each {
            out.begin("loop", &format!("for each of {}", speech::condition(system, each)));
        }
        let (party, what) = target(system, step.run);
        if step.undo == Undo::Pivot {
            out.note("saga", "point of no return");
        }
        out.call("saga", &party, &format!("{}: {what}", step.name.text));
        out.answer(&party, "saga", "done");
        if step.for_each.is_some() {
            out.end();
        }
    }
    out.finish()
}

fn backward(system: &System, saga: &Saga) -> String {
    let mut out = Sequence::new();
    participants(&mut out, system, saga);
    out.note("saga", "a step failed for good, or the deadline passed");
    for step in saga.steps.iter().rev() {
        let Undo::Compensate(run) = step.undo else { continue };
        let (party, what) = target(system, run);
        let frame = if step.for_each.is_some() { "loop" } else { "opt" };
        let text = if step.for_each.is_some() {
            format!("for each for which {} was done", step.name.text)
        } else {
            format!("if {} was done", step.name.text)
        };
        out.begin(frame, &text);
        out.call("saga", &party, &what);
        out.answer(&party, "saga", "undone");
        out.end();
    }
    if let Some(last) = &saga.on_failure {
        let (party, what) = target(system, last.run);
        out.call("saga", &party, &format!("last of all: {what}"));
        out.answer(&party, "saga", "done");
    }
    out.finish()
}

fn is_undoable(step: &SagaStep) -> bool {
    matches!(step.undo, Undo::Compensate(_))
}

/// Who is asked and what for: (`catalog.Product`, `reserve`), (`payments.gateway`, `charge`).
pub(super) fn target(system: &System, run: RunTarget) -> (String, String) {
    match run {
        RunTarget::Command(id) => {
            let command = &system[id];
            (system.entity_path(command.entity), command.name.text.clone())
        }
        RunTarget::Operation(id, position) => {
            let integration = &system[id];
            let name =
                format!("{}.{}", system[integration.context].name.text, integration.name.text);
            let operation = integration.operations.get(position);
            (name, operation.map_or_else(String::new, |it| it.name.text.clone()))
        }
    }
}

fn rows(system: &System, saga: &Saga) -> Vec<Vec<String>> {
    let pivot = saga.steps.iter().position(|it| it.undo == Undo::Pivot);
    saga.steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let (party, what) = target(system, step.run);
            vec![
                code(&step.name.text),
                code(&format!("{party}.{what}")),
                patience(system, step),
                undo(system, step),
                failure(system, saga, at, pivot),
            ]
        })
        .collect()
}

/// How long an attempt may take and how often it is repeated.
fn patience(system: &System, step: &SagaStep) -> String {
    let mut parts = Vec::new();
    match step.run {
        RunTarget::Operation(id, position) => {
            let integration = &system[id];
            parts.extend(of_call(integration, step.timeout_us));
            let operation = integration.operations.get(position);
            if let Some(key) = operation.and_then(|it| it.idempotency_key.as_ref()) {
                parts.push(format!("repeated safely by {}", speech::condition(system, key)));
            }
            for error in operation.map_or(&[][..], |it| &it.errors) {
                parts.push(format!(
                    "{} is final ({})",
                    code(&error.code.text),
                    speech::condition(system, &error.when)
                ));
            }
        }
        RunTarget::Command(_) => {
            if let Some(us) = step.timeout_us {
                parts.push(format!("{} an attempt", words::time(us)));
            }
            parts.push("a transaction of ours, done exactly once".to_owned());
        }
    }
    if let Some(probe) = step.probe {
        let (party, what) = target(system, probe);
        parts.push(format!(
            "{} tells the outcome when the answer was lost",
            code(&format!("{party}.{what}"))
        ));
    }
    parts.join("; ")
}

/// Time-out, attempts, breaker and places of a call outside.
pub(super) fn of_call(integration: &Integration, timeout_us: Option<i64>) -> Vec<String> {
    let mut parts = Vec::new();
    match timeout_us.or(integration.timeout_us) {
        Some(us) => parts.push(format!("{} an attempt", words::time(us))),
        None => parts.push("no time-out is declared".to_owned()),
    }
    match &integration.retry {
        Some(retry) => parts.push(super::others::retry(retry)),
        None => parts.push("one attempt".to_owned()),
    }
    parts
}

fn undo(system: &System, step: &SagaStep) -> String {
    match &step.undo {
        Undo::Compensate(run) => {
            let (party, what) = target(system, *run);
            code(&format!("{party}.{what}"))
        }
        Undo::Pivot => "never: once it is done there is no way back".to_owned(),
        Undo::AfterPivot => "never: it comes after the point of no return".to_owned(),
        Undo::NoUndo(reason) => format!("nothing: {}", escape(reason)),
        Undo::ReadOnly => "nothing: it only reads".to_owned(),
    }
}

/// What becomes of the saga when this step fails for good.
fn failure(system: &System, saga: &Saga, at: usize, pivot: Option<usize>) -> String {
    if pivot.is_some_and(|pivot| at > pivot) {
        return "it is repeated until it is done: there is no way back from here".to_owned();
    }
    let before: Vec<String> = saga
        .steps
        .iter()
        .take(at)
        .rev()
        .filter(|it| is_undoable(it))
        .map(|it| code(&it.name.text))
        .collect();
    let own = saga.steps.get(at).filter(|it| it.for_each.is_some() && is_undoable(it));
    let mut parts = Vec::new();
    if own.is_some() {
        parts.push("what it has done for some elements is undone".to_owned());
    }
    if !before.is_empty() {
        parts.push(format!("{} undone in turn", before.join(", then ")));
    }
    if let Some(last) = &saga.on_failure {
        let (party, what) = target(system, last.run);
        parts.push(format!("at last {}", code(&format!("{party}.{what}"))));
    }
    if parts.is_empty() {
        "the saga ends; nothing has to be undone".to_owned()
    } else {
        parts.join("; ")
    }
}
