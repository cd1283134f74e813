//! What only commands can set: stock-like fields are filled, lifecycles are walked.

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::{CommandId, EntityId};
use architrave_plan::{Operation, OperationKind};
use serde_json::Value;

use super::{
    Work,
    batch::{self, Item, OPERATIONS_MAX},
    report::Report,
    store::{Made, Seen, Visible},
};
use crate::{DriveError, generate::Generator, random::Random};

/// How often of a hundred a row takes one more step of its lifecycle.
const STEP_PERCENT: u64 = 70;

/// Runs once, on every row, the commands without a transition that set what a create cannot.
pub(crate) async fn fill(
    work: &Arc<Work>,
    entity: EntityId,
    made: &Made,
    report: &mut Report,
) -> Result<(), DriveError> {
    for command in &work.plan.system[entity].commands {
        let rows = made.rows_of(entity);
        if is_filler(work, *command) && !rows.is_empty() {
            let runs = (0..rows.len()).map(|it| (it, *command)).collect();
            run(work, entity, made, runs, report).await?;
        }
    }
    Ok(())
}

/// Whether a command fills a field that no request can: it has no transition, asks for something, and
/// not only the system may run it.
fn is_filler(work: &Work, command: CommandId) -> bool {
    let declared = &work.plan.system[command];
    let entity = &work.plan.system[declared.entity];
    let shape = work.plan.creates.get(declared.entity.0 as usize);
    let is_closed = |field: usize| {
        let name = entity.fields.get(field).map(|it| it.name.text.as_str());
        name.zip(shape).is_some_and(|(name, shape)| shape.member(name).is_none())
    };
    let Some(operation) = operation(work, command) else { return false };
    let may = work.callers.who_may(&operation.name);
    let is_open = may.iter().any(|it| work.callers.get(*it).is_some_and(|it| it.name != "system"));
    declared.transition.is_none()
        && !declared.input.is_empty()
        && declared.set.iter().any(|it| is_closed(it.field))
        && is_open
}

/// Takes rows through their states, some further than others.
pub(crate) async fn walk(
    work: &Arc<Work>,
    entity: EntityId,
    made: &Made,
    report: &mut Report,
) -> Result<(), DriveError> {
    let declared = &work.plan.system[entity];
    let Some(lifecycle) = &declared.lifecycle else { return Ok(()) };
    let mut states: Vec<Option<String>> =
        vec![Some(lifecycle.initial.clone()); made.rows_of(entity).len()];
    // A path through the states is no longer than there are transitions.
    for step in 0..lifecycle.transitions.len() as u64 {
        let mut runs = Vec::new();
        for (row, state) in states.iter_mut().enumerate() {
            let Some(from) = state.take() else { continue };
            let mut random = Random::new(work.options.seed ^ step, &declared.name.text, row as u64);
            if !random.chance(STEP_PERCENT) {
                continue;
            }
            let next = lifecycle.transitions.iter().find(|it| it.from == from);
            // The first state that follows is the way on, the others are ways out.
            let to = next.and_then(|it| match it.to.as_slice() {
                [only] => Some(only),
                [first, ..] if random.chance(85) => Some(first),
                others => random.pick(others),
            });
            let leads =
                |it: &&CommandId| work.plan.system[**it].transition.as_ref().map(|it| &it.0) == to;
            if let Some((to, command)) = to.zip(declared.commands.iter().find(leads)) {
                runs.push((row, *command));
                *state = Some(to.clone());
            }
        }
        for row in run(work, entity, made, runs, report).await? {
            if let Some(state) = states.get_mut(row) {
                *state = None;
            }
        }
    }
    Ok(())
}

/// Runs commands on rows; answers which rows refused.
pub(crate) async fn run(
    work: &Arc<Work>,
    entity: EntityId,
    made: &Made,
    runs: Vec<(usize, CommandId)>,
    report: &mut Report,
) -> Result<Vec<usize>, DriveError> {
    let mut groups: BTreeMap<(CommandId, usize), Vec<Item>> = BTreeMap::new();
    let mut refused = Vec::new();
    for (index, command) in runs {
        let Some(row) = made.rows_of(entity).get(index) else { continue };
        let Some(declared) = operation(work, command) else { continue };
        let operation = declared.name.clone();
        let may = work.callers.who_may(&operation);
        let caller = may.iter().find(|it| **it == row.caller).or(may.first());
        let Some(caller) = caller.copied() else {
            report.refuse(&operation, "none of the callers may run it");
            refused.push(index);
            continue;
        };
        let user = work.callers.get(caller).and_then(|it| it.user.as_ref());
        let seen = Seen {
            made,
            visible: &Visible::new(),
            user_entity: work.plan.system.identity.user,
            user,
        };
        match Generator::new(&work.plan, work.options.seed).input(command, index as u64, &seen) {
            Ok(body) => groups.entry((command, caller)).or_default().push(Item {
                index: index as u64,
                caller,
                operation,
                path: declared.path.replace("{id}", &row.id),
                body: (!body.is_empty()).then_some(Value::Object(body)),
            }),
            Err(reason) => {
                report.refuse(&operation, &reason);
                refused.push(index);
            }
        }
    }
    for ((command, _), items) in groups {
        let name = operation(work, command).map(|it| it.name.clone()).unwrap_or_default();
        work.progress.begin(&name, items.len() as u64);
        let batches = items.chunks(OPERATIONS_MAX).map(<[Item]>::to_vec).collect();
        for (item, answer) in batch::send(work, batches).await? {
            match answer {
                Ok(_) => report.did(&name, 1),
                Err(reason) => {
                    report.refuse(&name, &reason);
                    refused.push(usize::try_from(item.index).unwrap_or(usize::MAX));
                }
            }
        }
        work.progress.end();
    }
    Ok(refused)
}

/// How a command is asked for; none where no rule lets anyone run it.
pub(crate) fn operation(work: &Work, command: CommandId) -> Option<&Operation> {
    work.plan.operations.iter().find(|it| it.kind == OperationKind::Command(command))
}
