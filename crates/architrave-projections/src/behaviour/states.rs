//! Lifecycles as state diagrams: who moves what, from where to where, and where it ends.

use std::fmt::Write as _;

use architrave_model::{Command, EntityId, Lifecycle, System};

use super::{reactions, sequence::plain};
use crate::{
    Document, Material, Projection, Room,
    page::{Page, code, link, mermaid},
    speech,
};

/// `behaviour/states.md`
pub(crate) const PROJECTION: Projection =
    Projection { name: "states", room: Room::Behaviour, write };

const PATH: &str = "behaviour/states.md";

fn write(material: &Material<'_>) -> Vec<Document> {
    let system = &material.plan.system;
    let with_states: Vec<(EntityId, &Lifecycle)> =
        system.entity_ids().filter_map(|id| Some((id, system[id].lifecycle.as_ref()?))).collect();
    if with_states.is_empty() {
        return Vec::new();
    }
    let mut page = Page::new("States");
    page.paragraph(
        "A state is written by commands alone; no request can set it. A command whose state does not allow it is refused \
         with `transition-refused` and changes nothing; one whose target is the current state answers 200 and changes \
         nothing either, so that repeating is harmless.",
    );
    for (id, lifecycle) in with_states {
        section(&mut page, system, id, lifecycle);
    }
    vec![Document {
        path: PATH.to_owned(),
        title: "States".to_owned(),
        summary: "How rows move from state to state, who moves them, and where they end."
            .to_owned(),
        text: page.finish(),
    }]
}

fn section(page: &mut Page, system: &System, id: EntityId, lifecycle: &Lifecycle) {
    let entity = &system[id];
    let path = system.entity_path(id);
    let field = entity.fields.get(lifecycle.field).map_or("", |it| it.name.text.as_str());
    page.heading(2, &path);
    page.diagram(
        &format!("The states of {} in its field {}.", code(&path), code(field)),
        &diagram(system, id, lifecycle),
    );
    let context = &system[entity.context].name.text;
    let commands = format!("behaviour/commands-{context}.md");
    let rows: Vec<Vec<String>> = moves(lifecycle)
        .into_iter()
        .flat_map(|(from, to)| rows(system, id, from, to, &commands))
        .collect();
    page.lean_table(&["From", "To", "By", "Who", "If", "Event"], &rows);
    let ends: Vec<String> =
        states(lifecycle).into_iter().filter(|it| is_end(lifecycle, it)).map(code).collect();
    if !ends.is_empty() {
        let are = if ends.len() == 1 { "it is final" } else { "they are final" };
        page.paragraph(&format!("Nothing leads out of {}: {are}.", ends.join(" and ")));
    }
}

fn diagram(system: &System, id: EntityId, lifecycle: &Lifecycle) -> String {
    let mut out = String::from("stateDiagram-v2\n    direction LR\n");
    for state in states(lifecycle) {
        let _infallible = writeln!(
            out,
            "    state \"{}\" as {}",
            mermaid::label(state),
            mermaid::identifier(state)
        );
    }
    let _infallible =
        writeln!(out, "    [*] --> {} : created", mermaid::identifier(&lifecycle.initial));
    for (from, to) in moves(lifecycle) {
        let names: Vec<&str> =
            commands(system, id, to).into_iter().map(|it| it.name.text.as_str()).collect();
        let by = if names.is_empty() {
            String::new()
        } else {
            format!(" : {}", plain(&names.join(" / ")))
        };
        let _infallible =
            writeln!(out, "    {} --> {}{by}", mermaid::identifier(from), mermaid::identifier(to));
    }
    for state in states(lifecycle).into_iter().filter(|it| is_end(lifecycle, it)) {
        let _infallible = writeln!(out, "    {} --> [*]", mermaid::identifier(state));
    }
    out
}

/// Every state, the initial one first.
fn states(lifecycle: &Lifecycle) -> Vec<&str> {
    let mut all = vec![lifecycle.initial.as_str()];
    for transition in &lifecycle.transitions {
        for state in std::iter::once(&transition.from).chain(&transition.to) {
            if !all.contains(&state.as_str()) {
                all.push(state);
            }
        }
    }
    all
}

fn moves(lifecycle: &Lifecycle) -> Vec<(&str, &str)> {
    let all = lifecycle.transitions.iter();
    all.flat_map(|it| it.to.iter().map(|to| (it.from.as_str(), to.as_str()))).collect()
}

fn is_end(lifecycle: &Lifecycle, state: &str) -> bool {
    !moves(lifecycle).iter().any(|(from, _)| *from == state)
}

/// Commands that lead to a state.
fn commands<'s>(system: &'s System, id: EntityId, to: &str) -> Vec<&'s Command> {
    let all = system[id].commands.iter().map(|it| &system[*it]);
    all.filter(|it| it.transition.as_ref().is_some_and(|(state, _)| state == to)).collect()
}

fn rows(
    system: &System,
    id: EntityId,
    from: &str,
    to: &str,
    commands_page: &str,
) -> Vec<Vec<String>> {
    let commands = commands(system, id, to);
    if commands.is_empty() {
        let none = "**no command** leads here".to_owned();
        return vec![vec![code(from), code(to), none, String::new(), String::new(), String::new()]];
    }
    commands
        .into_iter()
        .map(|command| {
            let who = command
                .allow
                .as_ref()
                .map_or_else(|| "the system itself".to_owned(), |it| speech::who(system, &it.expr));
            let guards: Vec<String> =
                command.guards.iter().map(|it| speech::condition(system, &it.check)).collect();
            let event = command
                .emit
                .map_or_else(String::new, |it| code(&reactions::event_name(system, it.0)));
            vec![
                code(from),
                code(to),
                link(&command.name.text, PATH, commands_page),
                who,
                guards.join("; "),
                event,
            ]
        })
        .collect()
}
