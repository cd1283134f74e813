//! Running a command: a named intent that changes one aggregate.

use architrave_model::{Command, CommandId, EventId, Value};
use architrave_plan::{EventData, EventKind, InputKind};
use uuid::Uuid;

use super::{Aggregate, Effect, Notes, Refusal, Turn, invalid, refused};
use crate::{
    Problem, ProblemDetail,
    evaluate::{Scope, Stop, column},
    input::{Given, GivenValue, step},
    prepared::{Place, Prepared},
    show::scalar::{write_input, write_text},
};

/// Runs a command: `allow`, transition and guards look at the row before, `set` makes the row after.
pub(crate) fn command(
    turn: &mut Turn<'_>,
    id: CommandId,
    target: Uuid,
    given: Result<&Given, &Vec<ProblemDetail>>,
    if_match: Option<&str>,
) -> Result<Effect, Refusal> {
    let prepared = turn.prepared;
    let command = &prepared.plan.system[id];
    let before = turn.seen(command.entity, target)?;
    let is_allowed = match &command.allow {
        None => turn.caller.class.is_system || turn.is_admin,
        Some(_) => {
            let input = given.ok().map(|it| values(turn, id, it)).unwrap_or_default();
            is_allowed(turn, command, &before, &input)?
        }
    };
    if !is_allowed {
        let detail = "You may not run this command on this row.";
        return Err(refused(turn.caller, detail).into());
    }
    turn.check_version(&before, if_match)?;
    if !check_transition(turn, command, &before)? {
        let answer = turn.answer(200, &turn.world, &before)?;
        let after = turn.world.changed.clone();
        return Ok(Effect { changes: Vec::new(), events: Vec::new(), after, answer });
    }
    let given = given.map_err(|it| invalid(it.clone()))?;
    let mut notes = references(turn, id, given);
    turn.check_notes(&mut notes, &turn.world)?;
    let input = values(turn, id, given);
    check_guards(turn, command, &before, &input)?;
    let set = apply(turn, command, &before, &input)?;
    let mut row = turn.compute(set)?;
    let is_changed = !Aggregate::changes(Some(&before), &row).is_empty();
    if !is_changed && command.emit.is_none() {
        let answer = turn.answer(200, &turn.world, &before)?;
        let after = turn.world.changed.clone();
        return Ok(Effect { changes: Vec::new(), events: Vec::new(), after, answer });
    }
    row.touch(prepared, turn.now_us);
    let after = turn.with(&row);
    let world = turn.world.over(&after);
    turn.check_data(&row, &world)?;
    let answer = turn.answer(200, &world, &row)?;
    let mut event = match &command.emit {
        Some((event, _)) => row.event(prepared, &prepared.plan.system[*event].name.text),
        None => row.event(prepared, "updated"),
    };
    if let Some((id, _)) = command.emit {
        event.own = own_members(prepared, id, command, &input);
    }
    Ok(Effect {
        changes: Aggregate::changes(Some(&before), &row),
        events: vec![event],
        after,
        answer,
    })
}

/// The members of an event with a payload of its own: each is the input of the same name, or null.
fn own_members(
    prepared: &Prepared,
    id: EventId,
    command: &Command,
    input: &[Value],
) -> Option<String> {
    let mut types = prepared.plan.event_types.iter();
    let kind = types.find(|it| matches!(it.kind, EventKind::Declared(found) if found == id))?;
    let EventData::Own(members) = &kind.data else { return None };
    let mut out = Vec::new();
    for member in members {
        let place = command.input.iter().position(|it| it.name.text == member.name);
        let value = place.and_then(|it| input.get(it)).unwrap_or(&Value::Null);
        out.push(if out.is_empty() { b'{' } else { b',' });
        write_text(&mut out, &member.name);
        out.push(b':');
        write_input(&mut out, &member.kind, value, prepared.currency());
    }
    if out.is_empty() {
        out.push(b'{');
    }
    out.push(b'}');
    String::from_utf8(out).ok()
}

fn scope<'a>(turn: &'a Turn<'_>, before: &Aggregate, input: &'a [Value]) -> Scope<'a> {
    Scope { input, ..turn.scope(&turn.world, before.view()) }
}

fn is_allowed(
    turn: &Turn<'_>,
    command: &Command,
    before: &Aggregate,
    input: &[Value],
) -> Result<bool, Stop> {
    if turn.is_admin {
        return Ok(true);
    }
    let Some(rule) = &command.allow else { return Ok(false) };
    scope(turn, before, input).holds(&rule.expr)
}

/// Whether the state allows the command; `Ok(false)`: there is nothing to do.
fn check_transition(
    turn: &Turn<'_>,
    command: &Command,
    before: &Aggregate,
) -> Result<bool, Refusal> {
    let lifecycle = turn.prepared.plan.system[command.entity].lifecycle.as_ref();
    let (Some((to, _)), Some(lifecycle)) = (&command.transition, lifecycle) else {
        return Ok(true);
    };
    let from = match turn.prepared.place(command.entity, lifecycle.field) {
        Some(Place::Column(place)) => column(&before.row, *place),
        _ => &Value::Null,
    };
    let Value::Text(from) = from else { return Ok(true) };
    // A repeated step of a saga: what it asks for is so already.
    if turn.caller.class.is_system && from == to {
        return Ok(false);
    }
    let mut transitions = lifecycle.transitions.iter().filter(|it| it.from == *from);
    if transitions.any(|it| it.to.contains(to)) {
        return Ok(true);
    }
    let detail = format!("The row is `{from}`; from there it cannot become `{to}`.");
    Err(Problem::of("transition-refused", detail).into())
}

fn check_guards(
    turn: &Turn<'_>,
    command: &Command,
    before: &Aggregate,
    input: &[Value],
) -> Result<(), Refusal> {
    let scope = scope(turn, before, input);
    // In the author's order: the first that fails is the answer. All are looked at, so that one round
    // loads what they need.
    let mut stop = None;
    for guard in &command.guards {
        match scope.holds(&guard.check) {
            Ok(true) => {}
            Ok(false) if stop.is_none() => return Err(guard_problem(guard).into()),
            Ok(false) => {}
            Err(it) => stop = Some(it),
        }
    }
    stop.map_or(Ok(()), |it| Err(it.into()))
}

fn guard_problem(guard: &architrave_model::Guard) -> Problem {
    let mut problem = Problem::of("conflict", guard.message.clone());
    problem.code.clone_from(&guard.code.text);
    problem.title.clone_from(&guard.message);
    problem
}

/// The row with everything that the command sets.
fn apply(
    turn: &Turn<'_>,
    command: &Command,
    before: &Aggregate,
    input: &[Value],
) -> Result<Aggregate, Refusal> {
    let scope = scope(turn, before, input);
    let prepared = turn.prepared;
    let mut row = before.clone();
    for set in &command.set {
        let value = scope.value(&set.value)?;
        match prepared.place(command.entity, set.field) {
            Some(Place::Column(place)) => turn.put(&mut row, *place, value)?,
            Some(Place::Object { members, .. }) => {
                let mut values = match value {
                    Value::Object(values) => values,
                    _ => Vec::new(),
                }
                .into_iter();
                for place in members {
                    turn.put(&mut row, *place, values.next().unwrap_or(Value::Null))?;
                }
            }
            Some(Place::Parts(_)) | None => {}
        }
    }
    let lifecycle = prepared.plan.system[command.entity].lifecycle.as_ref();
    if let (Some((to, _)), Some(lifecycle)) = (&command.transition, lifecycle)
        && let Some(Place::Column(place)) = prepared.place(command.entity, lifecycle.field)
    {
        row.set(*place, Value::Text(to.clone()));
    }
    Ok(row)
}

/// The command's input by position, with what stands for members that were left out.
fn values(turn: &Turn<'_>, id: CommandId, given: &Given) -> Vec<Value> {
    let declared = &turn.prepared.plan.system[id].input;
    let mut values = vec![Value::Null; declared.len()];
    let Some(shape) = turn.prepared.plan.commands.get(id.0 as usize) else { return values };
    for (at, member) in shape.members.iter().enumerate() {
        let sent = given.members.iter().find(|(it, _)| *it == at).map(|(_, it)| it);
        let value = match sent {
            Some(GivenValue::Value(value)) => value.clone(),
            Some(GivenValue::Object(object)) => object_value(turn, &member.kind, object),
            Some(GivenValue::Null | GivenValue::Parts(_)) => Value::Null,
            None if matches!(member.kind, InputKind::List { .. }) => Value::List(Vec::new()),
            None => turn.default_value(member.default.as_ref()),
        };
        if let Some(slot) = values.get_mut(member.field) {
            *slot = value;
        }
    }
    values
}

fn object_value(turn: &Turn<'_>, kind: &InputKind, given: &Given) -> Value {
    let InputKind::Object { value, shape } = kind else { return Value::Null };
    let mut values = vec![Value::Null; turn.prepared.plan.system[*value].fields.len()];
    for (at, member) in shape.members.iter().enumerate() {
        let sent = given.members.iter().find(|(it, _)| *it == at).map(|(_, it)| it);
        let value = match sent {
            Some(GivenValue::Value(value)) => value.clone(),
            Some(_) => Value::Null,
            None if matches!(member.kind, InputKind::List { .. }) => Value::List(Vec::new()),
            None => turn.default_value(member.default.as_ref()),
        };
        if let Some(slot) = values.get_mut(member.field) {
            *slot = value;
        }
    }
    Value::Object(values)
}

fn references(turn: &Turn<'_>, id: CommandId, given: &Given) -> Notes {
    let mut notes = Notes::default();
    let Some(shape) = turn.prepared.plan.commands.get(id.0 as usize) else { return notes };
    for (at, value) in &given.members {
        let Some(member) = shape.members.get(*at) else { continue };
        if let (InputKind::Ref(entity), GivenValue::Value(Value::Uuid(id))) = (&member.kind, value)
        {
            notes.references.push((step("", &member.name), *entity, *id));
        }
    }
    notes
}
