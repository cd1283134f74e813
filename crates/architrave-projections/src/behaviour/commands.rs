//! Commands as sequence diagrams, a page per context: from the request to the event that leaves.

use architrave_model::{Command, CommandId, ContextId, EntityId, RunTarget, System, Undo};
use architrave_plan::{Idempotency, Operation, OperationKind, Plan, expression_text};

use super::{reactions, sequence::Sequence};
use crate::{
    Document, Material, Projection, Room, limits, names,
    page::{Page, code, escape, link},
    speech,
};

/// `behaviour/commands-<context>.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "commands", room: Room::Behaviour, write };

fn write(material: &Material<'_>) -> Vec<Document> {
    let contexts = &material.plan.system.contexts;
    let ids = (0..u32::try_from(contexts.len()).unwrap_or(u32::MAX)).map(ContextId);
    ids.filter_map(|id| document(material.plan, id)).collect()
}

fn document(plan: &Plan, context: ContextId) -> Option<Document> {
    let system = &plan.system;
    let entities: Vec<EntityId> = system
        .entity_ids()
        .filter(|it| system[*it].context == context && !system[*it].commands.is_empty())
        .collect();
    if entities.is_empty() {
        return None;
    }
    let name = &system[context].name.text;
    let path = format!("behaviour/commands-{name}.md");
    let title = format!("Commands: {name}");
    let mut page = Page::new(&title);
    page.paragraph(&format!(
        "A command is a named intent that changes one row and its parts in one transaction. What it changed, the record \
         of it in the journal and the answer to remember for a repeated `Idempotency-Key` are committed together, or \
         nothing is. Who may run it and which rows there are for them is in {}; what its events set in motion is \
         in {}.",
        link("Who may do what", &path, "quality/access.md"),
        link("Events", &path, "behaviour/events.md"),
    ));
    for id in entities {
        for command in &system[id].commands {
            section(&mut page, plan, *command);
        }
    }
    Some(Document {
        path,
        title,
        summary: format!(
            "What happens, step by step, when a command of {name} runs, and what refuses it."
        ),
        text: page.finish(),
    })
}

fn section(page: &mut Page, plan: &Plan, id: CommandId) {
    let system = &plan.system;
    let command = &system[id];
    let entity = &system[command.entity].name.text;
    page.heading(2, &format!("{entity}.{}", command.name.text));
    let operation = plan.operations.iter().find(|it| it.kind == OperationKind::Command(id));
    page.paragraph(&opening(plan, id, operation));
    page.diagram(
        &format!("How {} runs.", code(&format!("{entity}.{}", command.name.text))),
        &diagram(plan, id, operation),
    );
    page.table(&["Refused when", "Answer"], &refusals(plan, id, operation));
}

/// What it is for, who may, what it changes.
fn opening(plan: &Plan, id: CommandId, operation: Option<&Operation>) -> String {
    let system = &plan.system;
    let command = &system[id];
    let mut text = Vec::new();
    if !command.doc.is_empty() {
        text.push(escape(&command.doc));
    }
    if let Some(operation) = operation {
        text.push(format!(
            "{}.",
            code(&format!("{} {}", names::method(operation.method), operation.path))
        ));
    }
    let who = command
        .allow
        .as_ref()
        .map_or_else(|| "the system itself".to_owned(), |it| speech::who(system, &it.expr));
    text.push(format!("Run by {who}."));
    let runs = runners(system, id);
    if !runs.is_empty() {
        text.push(format!("Also run by {}.", runs.join(", ")));
    }
    if let Some(operation) = operation {
        let own: Vec<String> = operation.rate_limits.iter().map(limits::sentence).collect();
        if !own.is_empty() {
            text.push(format!("Limit: {}.", own.join("; ")));
        }
    }
    text.join(" ")
}

/// Sagas and schedules that run a command.
fn runners(system: &System, id: CommandId) -> Vec<String> {
    let target = RunTarget::Command(id);
    let sagas = system.sagas.iter().flat_map(|saga| {
        let steps = saga.steps.iter().filter_map(move |step| {
            let name = format!("{}.{}", saga.name.text, step.name.text);
            if step.run == target {
                Some(format!("step {}", code(&name)))
            } else if step.undo == Undo::Compensate(target) {
                Some(format!("the undoing of step {}", code(&name)))
            } else {
                None
            }
        });
        let failed = saga.on_failure.iter().filter(move |it| it.run == target);
        steps.chain(failed.map(|_| format!("the failure of saga {}", code(&saga.name.text))))
    });
    let schedules = system.schedules.iter().filter(|it| it.run == target);
    sagas.chain(schedules.map(|it| format!("schedule {}", code(&it.name.text)))).collect()
}

const CALLER: &str = "caller";
const API: &str = "api";
const RULES: &str = "rules";
const STORE: &str = "store";
const JOURNAL: &str = "journal";

fn diagram(plan: &Plan, id: CommandId, operation: Option<&Operation>) -> String {
    let system = &plan.system;
    let command = &system[id];
    let entity = &system[command.entity].name.text;
    let mut out = Sequence::new();
    let is_called = command.allow.as_ref().is_some_and(|it| !is_system_only(system, it));
    out.participant(CALLER, if is_called { "Caller" } else { "Saga or schedule" }, is_called);
    out.participant(API, "API", false);
    out.participant(RULES, "Rules", false);
    out.participant(STORE, "Store", false);
    let event = event(plan, command);
    let reactions = command.emit.map_or_else(Vec::new, |it| reactions::of(system, it.0));
    out.participant(JOURNAL, "Journal", false);
    let request = operation.filter(|_| is_called).map_or_else(
        || format!("run {}", command.name.text),
        |it| format!("{} {}", names::method(it.method), it.path),
    );
    out.call(CALLER, API, &with_input(&request, command));
    out.call(API, STORE, "begin");
    out.answer(
        STORE,
        RULES,
        &format!("the {} with its parts, and what the rules look at", spoken(entity)),
    );
    judged(&mut out, system, command);
    let sets = sets(system, command);
    if !sets.is_empty() {
        out.call(RULES, STORE, &sets.join(", "));
    }
    let invariants: Vec<&str> =
        system[command.entity].invariants.iter().map(|it| it.title.as_str()).collect();
    if !invariants.is_empty() {
        out.note(RULES, &format!("still holds: {}", invariants.join("; ")));
    }
    out.call(STORE, JOURNAL, &format!("{event}, in the same transaction"));
    out.answer(STORE, API, "committed and on disk");
    out.answer(API, CALLER, &format!("200 with the {}", spoken(entity)));
    if !reactions.is_empty() {
        let names: Vec<String> =
            reactions.iter().map(|it| format!("{} {}", it.kind, it.name)).collect();
        out.note(JOURNAL, &format!("then: {}", names.join(", ")));
    }
    out.finish()
}

/// What is asked of the row before, in the order of the engine.
fn judged(out: &mut Sequence, system: &System, command: &Command) {
    if let Some(rule) = &command.allow {
        out.begin("break", &speech::others(system, &rule.expr));
        out.answer(RULES, CALLER, "403 forbidden");
        out.end();
    }
    if let Some((to, _)) = &command.transition {
        out.begin("break", &format!("its state is not {}", from(system, command).join(" or ")));
        out.answer(RULES, CALLER, &format!("409 transition-refused (200 if it is {to} already)"));
        out.end();
    }
    for guard in &command.guards {
        out.begin("break", &format!("unless {}", speech::condition(system, &guard.check)));
        out.answer(RULES, CALLER, &format!("409 {}", guard.code.text));
        out.end();
    }
}

/// States that a command leads from.
fn from(system: &System, command: &Command) -> Vec<String> {
    let Some((to, _)) = &command.transition else { return Vec::new() };
    let lifecycle = system[command.entity].lifecycle.as_ref();
    let all = lifecycle.map_or(&[][..], |it| it.transitions.as_slice());
    all.iter().filter(|it| it.to.contains(to)).map(|it| it.from.clone()).collect()
}

/// `status = placed, placed_at = now`
fn sets(system: &System, command: &Command) -> Vec<String> {
    let entity = &system[command.entity];
    let state = command.transition.as_ref().and_then(|(to, _)| {
        let field = entity.fields.get(entity.lifecycle.as_ref()?.field)?;
        Some(format!("{} = {to}", field.name.text))
    });
    let fields = command.set.iter().filter_map(|it| {
        let field = entity.fields.get(it.field)?;
        Some(format!("{} = {}", field.name.text, expression_text(system, &it.value)))
    });
    state.into_iter().chain(fields).collect()
}

fn with_input(request: &str, command: &Command) -> String {
    if command.input.is_empty() {
        return request.to_owned();
    }
    let names: Vec<&str> = command.input.iter().map(|it| it.name.text.as_str()).collect();
    format!("{request} with {}", names.join(", "))
}

/// The event that leaves: its own, or that the row was changed.
fn event(plan: &Plan, command: &Command) -> String {
    match command.emit {
        Some((id, _)) => reactions::event_name(&plan.system, id),
        None => format!("{}.updated", plan.system.entity_path(command.entity)),
    }
}

fn is_system_only(system: &System, rule: &architrave_model::Rule) -> bool {
    speech::who(system, &rule.expr) == "the system itself"
}

/// What stops it, in the order in which it is looked at, with status and stable code.
fn refusals(plan: &Plan, id: CommandId, operation: Option<&Operation>) -> Vec<Vec<String>> {
    let system = &plan.system;
    let command = &system[id];
    let name = spoken(&system[command.entity].name.text);
    let mut rows = Vec::new();
    let mut add = |when: String, answer: &str| rows.push(vec![when, answer.to_owned()]);
    if operation.is_some_and(|it| !it.rate_limits.is_empty() || !plan.limits.is_empty()) {
        add("too many requests in the time".to_owned(), "429 `quota-exceeded`");
    }
    if operation.is_some_and(|it| it.idempotency == Idempotency::Required) {
        add("no `Idempotency-Key` is sent".to_owned(), "400 `malformed-request`");
    }
    add(format!("there is no such {name}, or the caller may not see it"), "404 `not-found`");
    if let Some(rule) = &command.allow {
        add(format!("asked by {}", speech::others(system, &rule.expr)), "403 `forbidden`");
    }
    let version = "the version named by `If-Match` is not the current one".to_owned();
    add(version, "412 `precondition-failed`");
    if operation.is_some_and(|it| it.needs_if_match) {
        add("no `If-Match` is sent".to_owned(), "428 `precondition-required`");
    }
    if command.transition.is_some() {
        let from: Vec<String> = from(system, command).iter().map(|it| code(it)).collect();
        add(format!("the state is not {}", from.join(" or ")), "409 `transition-refused`");
    }
    if !command.input.is_empty() {
        add("a member is missing, unknown or out of bounds".to_owned(), "422 `invalid-body`");
    }
    for guard in &command.guards {
        add(
            format!(
                "not: {} (\u{201c}{}\u{201d})",
                speech::condition(system, &guard.check),
                escape(&guard.message)
            ),
            &format!("409 {}", code(&guard.code.text)),
        );
    }
    let invariants: Vec<String> =
        system[command.entity].invariants.iter().map(|it| escape(&it.title)).collect();
    if !invariants.is_empty() {
        add(format!("no longer so: {}", invariants.join("; ")), "422 `invariant-violated`");
    }
    rows
}

fn spoken(pascal: &str) -> String {
    names::spoken(pascal)
}
