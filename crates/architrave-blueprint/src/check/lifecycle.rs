//! `lifecycle FIELD { initial transitions }`: states, how they follow each other, who leads there.

use architrave_model::{
    Default, EntityId, FieldType, Finding, Lifecycle, Scalar, Span, Transition, Value,
};

use crate::codes;
use crate::fields::plain;
use crate::reader::Reader;
use crate::report::{error, listed, meant};
use crate::resolve::casing;
use crate::resolve::suggest;
use crate::syntax::ast::{Block, Expression};

/// More states than this are several lifecycles in one.
const STATES_MAX: usize = 64;

/// Reads the block and appends the state's field to the entity.
pub(super) fn read(reader: &mut Reader<'_>, id: EntityId, block: &Block) {
    let Some(child) = block.block("lifecycle") else { return };
    let name = child.name();
    if name.text.is_empty() {
        return;
    }
    let known = reader.system[id].fields.iter().find(|it| it.name.text == name.text);
    if let Some(known) = known {
        let title = format!("the lifecycle declares the field `{}` itself", name.text);
        reader.findings.push(
            error(codes::NAME_TAKEN, name.span, title, "")
                .because(known.name.span, "already declared here")
                .help("leave the field out"),
        );
        return;
    }
    reader.findings.extend(casing::check_field(&name));
    let transitions = transitions(child);
    let initial = child.setting("initial");
    let states = states(initial, &transitions);
    judge_states(reader, child, &states, initial);
    let initial_state = initial.and_then(Expression::text).unwrap_or_default().to_owned();
    let values: Vec<String> = states.into_iter().map(|(state, _)| state).collect();
    let mut field = plain(name, &child.doc, child.span, FieldType::Scalar(Scalar::Enum(values)));
    field.default = Some(Default::Value(Value::Text(initial_state.clone())));
    let entity = &mut reader.system[id];
    let position = entity.fields.len();
    entity.fields.push(field);
    entity.lifecycle =
        Some(Lifecycle { field: position, initial: initial_state, transitions, span: child.span });
}

fn transitions(block: &Block) -> Vec<Transition> {
    let entries = block.setting("transitions").and_then(Expression::entries).unwrap_or_default();
    entries
        .iter()
        .map(|entry| Transition {
            from: entry.key.text.clone(),
            to: super::system::texts(Some(&entry.value)),
            span: entry.key.span.to(entry.value.span),
        })
        .collect()
}

/// All states in the order they are first written, the initial one first.
fn states(initial: Option<&Expression>, transitions: &[Transition]) -> Vec<(String, Span)> {
    let initial = initial.and_then(|it| Some((it.text()?.to_owned(), it.span)));
    let written = transitions.iter().flat_map(|it| {
        std::iter::once((it.from.clone(), it.span))
            .chain(it.to.iter().map(|to| (to.clone(), it.span)))
    });
    let mut states: Vec<(String, Span)> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    for (state, span) in initial.into_iter().chain(written) {
        if known.insert(state.clone()) {
            states.push((state, span));
        }
    }
    states
}

fn judge_states(
    reader: &mut Reader<'_>,
    block: &Block,
    states: &[(String, Span)],
    initial: Option<&Expression>,
) {
    for (state, span) in states {
        let is_word = !state.is_empty()
            && state.len() <= 64
            && state.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
        if !is_word {
            let title = format!("\"{state}\" cannot be a state");
            reader.findings.push(
                error(codes::UNKNOWN_WORD, *span, title, "")
                    .help("states are written in snake_case, at most 64 letters"),
            );
        }
    }
    if let Some((_, span)) = states.get(STATES_MAX) {
        let title = format!("there are more than {STATES_MAX} states");
        reader.findings.push(
            error(codes::TOO_MANY, *span, title, "").help("split the lifecycle over two entities"),
        );
    }
    let entries = block.setting("transitions").and_then(Expression::entries).unwrap_or_default();
    for entry in entries {
        let mut seen: Vec<(&str, Span)> = Vec::new();
        for target in entry.value.items().unwrap_or_default() {
            let Some(state) = target.text() else { continue };
            match seen.iter().find(|(it, _)| *it == state) {
                Some((_, first)) => reader.findings.push(twice(state, target.span, *first)),
                None => seen.push((state, target.span)),
            }
        }
    }
    let (Some(initial), Some(text)) = (initial, initial.and_then(Expression::text)) else { return };
    let leads_on = entries.iter().any(|it| it.key.text == text);
    if !leads_on && !entries.is_empty() {
        let names: Vec<&str> = entries.iter().map(|it| it.key.text.as_str()).collect();
        let title = format!("no transition leads on from \"{text}\"");
        let finding = error(codes::UNKNOWN_STATE, initial.span, title, "");
        reader.findings.push(match suggest::nearest(text, names.iter().copied()) {
            Some(near) => finding.fix(meant(initial.span, &format!("\"{near}\""))),
            None => finding.help(format!("states with transitions: {}", listed(&names))),
        });
    }
}

fn twice(state: &str, at: Span, first: Span) -> Finding {
    error(codes::DECLARED_TWICE, at, format!("\"{state}\" is written twice"), "")
        .because(first, "first written here")
        .help("keep one of the two")
}

/// Every state is led to by a command, and can be reached from the initial one.
pub(crate) fn check_reached(reader: &mut Reader<'_>) {
    for id in reader.system.entity_ids() {
        let entity = &reader.system[id];
        let Some(lifecycle) = &entity.lifecycle else { continue };
        let led_to: Vec<&str> = entity
            .commands
            .iter()
            .filter_map(|it| reader.system[*it].transition.as_ref())
            .map(|(state, _)| state.as_str())
            .collect();
        let reachable = reachable(lifecycle);
        // A command whose state was misspelt has been reported; any state may have been meant.
        let is_misspelt = has_unknown_state(reader, id, led_to.len());
        let mut findings = Vec::new();
        let mut said: Vec<&str> = Vec::new();
        for transition in &lifecycle.transitions {
            if !reachable.contains(&transition.from.as_str()) {
                let title = format!("no row can ever be \"{}\"", transition.from);
                findings.push(error(codes::UNREACHED_STATE, transition.span, title, "").help(
                    format!("lead to it from \"{}\" or a state behind it", lifecycle.initial),
                ));
                continue;
            }
            for to in &transition.to {
                if is_misspelt || led_to.contains(&to.as_str()) || said.contains(&to.as_str()) {
                    continue;
                }
                said.push(to);
                let title = format!("no command leads to \"{to}\"");
                findings.push(error(codes::UNREACHED_STATE, transition.span, title, "").help(
                    format!("add a command with `transition = \"{to}\"`, or leave the state out"),
                ));
            }
        }
        reader.findings.extend(findings);
    }
}

fn has_unknown_state(reader: &Reader<'_>, id: EntityId, known: usize) -> bool {
    let block = reader.blocks.entities.get(id.0 as usize);
    let commands = block.into_iter().flat_map(|it| it.blocks("command"));
    commands.filter(|it| it.setting("transition").is_some()).count() > known
}

fn reachable(lifecycle: &Lifecycle) -> Vec<&str> {
    let mut reached: Vec<&str> = vec![lifecycle.initial.as_str()];
    let mut next = 0;
    while let Some(state) = reached.get(next).copied() {
        next += 1;
        let follow =
            lifecycle.transitions.iter().filter(|it| it.from == state).flat_map(|it| &it.to);
        for to in follow {
            if !reached.contains(&to.as_str()) {
                reached.push(to);
            }
        }
    }
    reached
}
