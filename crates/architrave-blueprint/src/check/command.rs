//! `command`: a named intent that changes one aggregate.

use architrave_model::{CommandId, EntityId, EventPayload, FieldType, Guard, SetField, Span, Ty};

use super::limits::rate;
use crate::codes;
use crate::expression::Place;
use crate::expression::field_ty;
use crate::expression::place::{InputScope, Language, roots};
use crate::fields::{FieldReader, Home, of_object};
use crate::reader::Reader;
use crate::report::{error, listed, meant, warning};
use crate::resolve::names::Symbol;
use crate::resolve::suggest;
use crate::syntax::ast::{Block, Expression};

/// Names that already mean an operation on the same path.
const TAKEN: [&str; 9] =
    ["read", "create", "update", "delete", "write", "list", "get", "restore", "stream"];

fn ids(reader: &Reader<'_>) -> impl Iterator<Item = CommandId> + use<> {
    (0..u32::try_from(reader.system.commands.len()).unwrap_or(u32::MAX)).map(CommandId)
}

/// Reads the inputs, which rules and sagas refer to.
pub(crate) fn read_inputs(reader: &mut Reader<'_>) {
    for (id, block) in ids(reader).zip(reader.blocks.commands.clone()) {
        let context = reader.system[reader.system[id].entity].context;
        let mut fields = FieldReader {
            system: &reader.system,
            names: &reader.names,
            context,
            home: Home::Input,
            findings: Vec::new(),
        };
        let input = fields.read(&of_object(block.setting("input")));
        reader.findings.extend(fields.findings);
        reader.system[id].input = input;
    }
}

/// Reads everything else.
pub(crate) fn read(reader: &mut Reader<'_>) {
    for (id, block) in ids(reader).zip(reader.blocks.commands.clone()) {
        if reader.system[reader.system[id].entity].owner.is_none() {
            command(reader, id, block);
        }
    }
}

fn place(
    reader: &Reader<'_>,
    id: CommandId,
    what: &'static str,
    language: Language,
) -> Place<'static> {
    let entity = reader.system[id].entity;
    let mut place = Place::new(what, language, roots::COMMAND);
    place.this = Some(entity);
    place.context = Some(reader.system[entity].context);
    place.input = Some(InputScope::Command(id));
    place
}

fn command(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let entity = reader.system[id].entity;
    check_name(reader, block);
    allow(reader, id, block);
    transition(reader, id, block);
    set(reader, id, block);
    emit(reader, id, block);
    if let Some(value) = block.setting("rate_limit") {
        reader.system[id].rate_limit = rate(reader, value);
    }
    for child in block.blocks("guard") {
        guard(reader, id, child);
    }
    let command = &reader.system[id];
    let does_nothing = ["transition", "set", "emit"].iter().all(|it| block.setting(it).is_none());
    if does_nothing && command.entity == entity {
        reader.findings.push(
            warning(
                codes::EMPTY,
                block.name().span,
                "this command changes nothing and tells nobody",
                "",
            )
            .help("add `transition`, `set` or `emit`"),
        );
    }
}

fn check_name(reader: &mut Reader<'_>, block: &Block) {
    let name = block.name();
    if TAKEN.contains(&name.text.as_str()) {
        let title = format!("`{}` is already an operation of every entity", name.text);
        reader.findings.push(
            error(codes::RESERVED_NAME, name.span, title, "")
                .help("name the command after what the caller wants"),
        );
    }
}

fn allow(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let Some(ast) = block.setting("allow") else {
        let name = block.name();
        let title = format!("nobody may run `{}`", name.text);
        reader.findings.push(
            error(codes::COMMAND_WITHOUT_ALLOW, name.span, title, "no `allow`")
                .help("say who may: `allow = has_role(\"…\")`; for sagas and schedules only, `allow = caller.is_system`"),
        );
        return;
    };
    let place = place(reader, id, "`allow`", Language::Rule);
    let rule = reader.access_rule(ast, &place);
    reader.system[id].allow = Some(rule);
}

fn transition(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let Some(ast) = block.setting("transition") else { return };
    let Some(state) = ast.text() else { return };
    let entity = reader.system[id].entity;
    let Some(lifecycle) = &reader.system[entity].lifecycle else {
        let name = reader.system[entity].name.clone();
        reader.findings.push(
            error(codes::UNKNOWN_STATE, ast.span, format!("`{}` has no lifecycle", name.text), "")
                .because(name.span, "declared here")
                .help("add a `lifecycle` block with this state, or leave `transition` out"),
        );
        return;
    };
    let targets: Vec<&str> =
        lifecycle.transitions.iter().flat_map(|it| &it.to).map(String::as_str).collect();
    if targets.contains(&state) {
        reader.system[id].transition = Some((state.to_owned(), ast.span));
        return;
    }
    let title = format!("no transition leads to \"{state}\"");
    let mut known = targets.clone();
    known.sort_unstable();
    known.dedup();
    let finding = error(codes::UNKNOWN_STATE, ast.span, title, "").because(
        Span { end: lifecycle.span.start + 9, ..lifecycle.span },
        "the states and their order",
    );
    let finding = match suggest::nearest(state, known.iter().copied()) {
        Some(near) => finding.fix(meant(ast.span, &format!("\"{near}\""))),
        None => finding.help(format!("states that something leads to: {}", listed(&known))),
    };
    reader.findings.push(finding);
}

fn set(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let entity = reader.system[id].entity;
    let place = place(reader, id, "`set`", Language::Memory);
    let entries = block.setting("set").and_then(Expression::entries).unwrap_or_default();
    for entry in entries {
        let field = reader.field(entity, &entry.key);
        let expected = match field {
            Some(field) => settable(reader, entity, field, entry.key.span),
            None => None,
        };
        match (field, expected) {
            (Some(field), Some(ty)) => {
                let value = reader.expect(&entry.value, &ty, &place);
                let span = entry.key.span.to(entry.value.span);
                reader.system[id].set.push(SetField { field, value, span });
            }
            _ => {
                reader.infer(&entry.value, &place);
            }
        }
    }
}

/// The type that a command may give a field; a report if it may give none.
fn settable(reader: &mut Reader<'_>, entity: EntityId, field: usize, at: Span) -> Option<Ty> {
    let declared = reader.system[entity].fields.get(field)?;
    let is_state = reader.system[entity].lifecycle.as_ref().is_some_and(|it| it.field == field);
    let why = match &declared.ty {
        _ if is_state => "the lifecycle moves it: use `transition`",
        FieldType::Computed { ty, .. } if ty.base == architrave_model::Base::Poison => return None,
        FieldType::Computed { .. } => "it is computed",
        FieldType::Sequence { .. } => "it is drawn when the row is created",
        FieldType::Many { .. } => "parts are changed through the aggregate",
        _ if declared.is_immutable => "it keeps the value it was created with",
        _ => return Some(field_ty(declared)),
    };
    let title = format!("`{}` cannot be set", declared.name.text);
    reader.findings.push(
        error(codes::NOT_SETTABLE, at, title, why)
            .because(declared.name.span, "declared here")
            .help("leave it out of `set`"),
    );
    None
}

fn emit(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let Some(ast) = block.setting("emit") else { return };
    let entity = reader.system[id].entity;
    let own = ast.path().and_then(|path| match path.as_slice() {
        [one] => reader.names.members.get(entity.0 as usize)?.get(&one.text).copied(),
        _ => None,
    });
    let context = Some(reader.system[entity].context);
    let event = match own.map(|it| it.symbol) {
        Some(Symbol::Event(event)) => Some(event),
        _ => own_event(reader, ast, entity, context),
    };
    let Some(event) = event else { return };
    if reader.system[event].entity != Some(entity) {
        let name = reader.system[entity].name.text.clone();
        reader.findings.push(
            error(
                codes::WRONG_KIND_OF_NAME,
                ast.span,
                format!("this event does not belong to `{name}`"),
                "",
            )
            .because(reader.system[event].name.span, "declared here")
            .help(format!("declare an event inside `{name}`")),
        );
        return;
    }
    check_payload(reader, id, event, ast.span);
    reader.system[id].emit = Some((event, ast.span));
}

/// An event that is written with its path, or not found among the entity's own.
fn own_event(
    reader: &mut Reader<'_>,
    ast: &Expression,
    entity: EntityId,
    context: Option<architrave_model::ContextId>,
) -> Option<architrave_model::EventId> {
    let path = ast.path()?;
    if let [one] = path.as_slice() {
        let events: Vec<String> = reader.system[entity]
            .events
            .iter()
            .map(|it| reader.system[*it].name.text.clone())
            .collect();
        let is_elsewhere = reader.names.resolve(&path, context).is_ok();
        if !is_elsewhere {
            let title =
                format!("`{}` declares no event `{}`", reader.system[entity].name.text, one.text);
            let known = events.iter().map(String::as_str);
            reader.findings.push(crate::report::unknown(codes::UNKNOWN_NAME, one, title, known));
            return None;
        }
    }
    reader.resolve(ast, context, "an event", |symbol| match symbol {
        Symbol::Event(event) => Some(event),
        _ => None,
    })
}

/// An event with members of its own takes them from the command's input, by name.
fn check_payload(
    reader: &mut Reader<'_>,
    id: CommandId,
    event: architrave_model::EventId,
    at: Span,
) {
    let EventPayload::Own(fields) = &reader.system[event].payload else { return };
    let missing: Vec<&str> = fields
        .iter()
        .filter(|field| !field.is_optional)
        .filter(|field| {
            let input = reader.system[id].input.iter().find(|it| it.name.text == field.name.text);
            input.is_none_or(|it| it.is_optional || field_ty(it).base != field_ty(field).base)
        })
        .map(|it| it.name.text.as_str())
        .collect();
    if missing.is_empty() {
        return;
    }
    let title = format!("nothing fills {} of the event", listed(&missing));
    let declared = reader.system[event].name.span;
    reader.findings.push(
        error(codes::MISSING_INPUT, at, title, "")
            .because(declared, "declared here")
            .help("a command fills its event's own members from inputs of the same name and type"),
    );
}

fn guard(reader: &mut Reader<'_>, id: CommandId, block: &Block) {
    let code = block.name();
    let known = reader.system[id].guards.iter().find(|it| it.code.text == code.text);
    if let Some(first) = known {
        let first = first.code.span;
        let title = format!("the guard `{}` is declared twice", code.text);
        reader.findings.push(
            error(codes::NAME_TAKEN, code.span, title, "")
                .because(first, "first declared here")
                .help("give one of them another name"),
        );
        return;
    }
    let (Some(check), Some(message)) = (block.setting("check"), block.setting("message")) else {
        return;
    };
    let place = place(reader, id, "a guard", Language::Memory);
    let check = reader.condition(check, &place);
    let message = message.text().unwrap_or_default().to_owned();
    reader.system[id].guards.push(Guard { code, check, message, span: block.span });
}
