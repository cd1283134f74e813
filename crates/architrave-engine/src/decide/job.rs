//! A decision as the store runs it: inside the transaction, again each time rows have been loaded.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use architrave_model::{CommandId, EntityId};
use uuid::Uuid;

use super::{Effect, Ids, Memory, Numbers, Refusal, Turn, answer, command, create, delete, update};
use crate::{
    Caller, Problem, ProblemDetail, Rows,
    engine::Claim,
    evaluate::{Overlay, World},
    input::{Given, Misfit},
    ports::{
        Answer, Change, Conflict, Decide, Decision, Dice, JournalTransaction, Need, Outcome,
        Position,
    },
    prepared::Prepared,
    query::Selections,
};

/// What an operation does.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Create {
        entity: EntityId,
        path: String,
        given: Result<Given, Vec<ProblemDetail>>,
    },
    Update {
        entity: EntityId,
        id: Uuid,
        given: Result<Given, Vec<ProblemDetail>>,
    },
    Command {
        command: CommandId,
        id: Uuid,
        given: Result<Given, Vec<ProblemDetail>>,
    },
    Delete {
        entity: EntityId,
        id: Uuid,
    },
    Restore {
        entity: EntityId,
        id: Uuid,
    },
    Purge {
        entity: EntityId,
        id: Uuid,
    },
    /// Changes of the directory alone.
    Directory {
        changes: Vec<Change>,
        status: u16,
    },
    /// Refused before it began (a path without a valid id).
    Refused(Box<Problem>),
}

/// One operation of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) action: Action,
    pub(crate) if_match: Option<String>,
    pub(crate) ids: Ids,
}

impl Task {
    pub(crate) fn new(action: Action, if_match: Option<String>) -> Self {
        Self { action, if_match, ids: Ids::default() }
    }
}

/// A whole transaction's decision.
pub(crate) struct Job {
    pub(crate) prepared: Arc<Prepared>,
    pub(crate) selections: Arc<Selections>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) caller: Caller,
    pub(crate) tenant: Option<Uuid>,
    pub(crate) is_admin: bool,
    /// For the journal: 0 normal, 2 operator.
    pub(crate) kind: u8,
    pub(crate) tasks: Vec<Task>,
    /// Whether the answer lists one result per task.
    pub(crate) is_batch: bool,
    pub(crate) memory: Option<Memory>,
    /// Keeps the same idempotency key from being worked on twice at once.
    pub(crate) claim: Option<Claim>,
    /// Ties the user that is created to a person at an issuer.
    pub(crate) link: Option<(String, String)>,
    /// Name of the operation, request id and `traceparent` for the journal.
    pub(crate) operation: String,
    pub(crate) request_id: String,
    pub(crate) traceparent: String,
    /// Where the transaction that is replayed was stored.
    pub(crate) replayed: Arc<OnceLock<Position>>,
    /// For conflicts that the database finds: which task each change came from, and when it was.
    pub(crate) origins: Vec<usize>,
    pub(crate) decided_at_us: i64,
}

impl Decide for Job {
    fn tenant(&self) -> Option<Uuid> {
        self.tenant
    }

    fn decide(&mut self, rows: &Rows, now_us: i64) -> Decision {
        self.decided_at_us = now_us;
        let needs = RefCell::new(BTreeSet::new());
        if let Some(memory) = &self.memory {
            match rows.remembered.get(&memory.key) {
                None => {
                    needs.borrow_mut().insert(Need::Remembered(memory.key.clone()));
                }
                Some(stored) => {
                    if let Some(replay) = memory.replay(stored.as_ref(), now_us) {
                        if let Some(position) = stored.as_ref().and_then(|it| it.position) {
                            let _ = self.replayed.set(position);
                        }
                        return done(bare(replay.unwrap_or_else(problem_answer)));
                    }
                }
            }
        }
        let run = self.run(rows, now_us, &needs);
        let mut needs = needs.into_inner();
        if needs.iter().any(|it| matches!(it, Need::Remembered(_))) {
            // A repeated request must not use numbers up: they are drawn once it is known to be new.
            needs.retain(|it| !matches!(it, Need::Sequence { .. }));
        }
        if !needs.is_empty() {
            return Decision::Need(needs.into_iter().collect());
        }
        let outcome = match run {
            Ok(effects) => self.outcome(effects, now_us),
            Err((at, Refusal::Problem(problem))) => self.refusal(at, *problem),
            // Pending without a need cannot be; better an answer than a loop.
            Err((_, Refusal::Pending)) => bare(problem_answer(Problem::of("internal-error", ""))),
        };
        done(outcome)
    }

    fn conflicted(&mut self, conflict: Conflict) -> Outcome {
        let change = match &conflict {
            Conflict::Unique { change, .. }
            | Conflict::ForeignKey { change }
            | Conflict::Directory { change } => *change,
        };
        let at = self.origins.get(change).copied().unwrap_or_default();
        let problem = self.conflict_problem(&conflict);
        self.refusal(at, problem)
    }
}

impl Job {
    /// Runs every task over what the ones before it changed. Where a task has to wait for rows the next
    /// ones run all the same, only to learn what they need: a round loads for the whole batch.
    fn run(
        &mut self,
        rows: &Rows,
        now_us: i64,
        needs: &RefCell<BTreeSet<Need>>,
    ) -> Result<Vec<Effect>, (usize, Refusal)> {
        let mut changed = Overlay::default();
        let mut effects = Vec::with_capacity(self.tasks.len());
        let mut numbers = self.numbers();
        let mut is_pending = !needs.borrow().is_empty();
        for at in 0..self.tasks.len() {
            let effect = self.run_task(at, rows, now_us, needs, &changed, &mut numbers);
            match effect {
                Ok(effect) => {
                    changed = effect.after.clone();
                    effects.push(effect);
                }
                Err(Refusal::Pending) => is_pending = true,
                // After a task that waits, a refusal proves nothing.
                Err(_) if is_pending => {}
                Err(refusal) => return Err((at, refusal)),
            }
        }
        if is_pending { Err((0, Refusal::Pending)) } else { Ok(effects) }
    }

    fn numbers(&self) -> Numbers {
        let mut numbers = Numbers::default();
        for task in &self.tasks {
            if let Action::Create { entity, .. } = &task.action {
                *numbers.wanted.entry(*entity).or_default() += 1;
            }
        }
        numbers
    }

    fn run_task(
        &mut self,
        at: usize,
        rows: &Rows,
        now_us: i64,
        needs: &RefCell<BTreeSet<Need>>,
        changed: &Overlay,
        numbers: &mut Numbers,
    ) -> Result<Effect, Refusal> {
        let Some(task) = self.tasks.get_mut(at) else { return Err(Refusal::Pending) };
        task.ids.rewind();
        let Task { action, if_match, ids } = task;
        let mut turn = Turn {
            prepared: &self.prepared,
            selections: &self.selections,
            caller: &self.caller,
            dice: &*self.dice,
            now_us,
            world: World { loaded: rows, changed, needs },
            ids,
            numbers,
            is_admin: self.is_admin,
            tenant: self.tenant,
        };
        run_action(&mut turn, action, if_match.as_deref())
    }

    fn outcome(&mut self, effects: Vec<Effect>, now_us: i64) -> Outcome {
        let mut changes = Vec::new();
        let mut events = Vec::new();
        let mut answers = Vec::with_capacity(effects.len());
        self.origins.clear();
        for (at, effect) in effects.into_iter().enumerate() {
            self.origins.resize(self.origins.len() + effect.changes.len(), at);
            changes.extend(effect.changes);
            events.extend(effect.events);
            answers.push(effect.answer);
        }
        if let (Some((issuer, subject)), Some(event)) = (&self.link, events.first()) {
            let (issuer, subject) = (issuer.clone(), subject.clone());
            changes.push(Change::Link { issuer, subject, user: event.id });
            self.origins.push(0);
        }
        let answer = if self.is_batch {
            super::batch::answer(&answers, "")
        } else {
            answers.into_iter().next().unwrap_or_else(|| answer(204))
        };
        let remember = self.memory.as_ref().and_then(|it| it.keep(&answer, now_us));
        let journal = (!changes.is_empty()).then(|| JournalTransaction {
            kind: self.kind,
            actor: self.caller.user.or(self.caller.id),
            operation: self.operation.clone(),
            request_id: self.request_id.clone(),
            traceparent: self.traceparent.clone(),
            events,
        });
        Outcome { changes, journal, remember, answer }
    }

    fn refusal(&self, at: usize, problem: Problem) -> Outcome {
        let problem = if self.is_batch { super::batch::refusal(at, problem) } else { problem };
        let answer = problem_answer(problem);
        let remember = self.memory.as_ref().and_then(|it| it.keep(&answer, self.decided_at_us));
        Outcome { remember, ..bare(answer) }
    }

    fn conflict_problem(&self, conflict: &Conflict) -> Problem {
        match conflict {
            Conflict::Unique { entity, index, .. } => {
                let index = self.prepared.plan[*entity].indexes.get(*index);
                let paths = index.map(|it| it.unique_paths.clone()).unwrap_or_default();
                let errors = paths.iter().map(|path| {
                    let pointer = format!("/{}", path.replace('.', "/"));
                    Misfit::new("not-unique", "The value is already taken.").at(&pointer)
                });
                let detail = format!("Another row has the same {}.", paths.join(" and "));
                Problem::of("not-unique", detail).with(errors.collect())
            }
            Conflict::ForeignKey { .. } => Problem::of(
                "conflict",
                "A row that this refers to, or that refers to it, has changed.",
            ),
            Conflict::Directory { .. } => {
                Problem::of("not-unique", "The identity or key is already taken.")
            }
        }
    }
}

fn run_action(
    turn: &mut Turn<'_>,
    action: &Action,
    if_match: Option<&str>,
) -> Result<Effect, Refusal> {
    match action {
        Action::Create { entity, path, given } => {
            create::create(turn, *entity, path, given.as_ref())
        }
        Action::Update { entity, id, given } => {
            update::update(turn, *entity, *id, given.as_ref(), if_match)
        }
        Action::Command { command, id, given } => {
            command::command(turn, *command, *id, given.as_ref(), if_match)
        }
        Action::Delete { entity, id } => delete::delete(turn, *entity, *id, if_match),
        Action::Restore { entity, id } => delete::restore(turn, *entity, *id, if_match),
        Action::Purge { entity, id } => delete::purge(turn, *entity, *id),
        Action::Directory { changes, status } => Ok(Effect {
            changes: changes.clone(),
            events: Vec::new(),
            after: turn.world.changed.clone(),
            answer: answer(*status),
        }),
        Action::Refused(problem) => Err(Refusal::Problem(problem.clone())),
    }
}

fn done(outcome: Outcome) -> Decision {
    Decision::Done(Box::new(outcome))
}

fn bare(answer: Answer) -> Outcome {
    Outcome { changes: Vec::new(), journal: None, remember: None, answer }
}

/// A refusal as an answer.
pub(crate) fn problem_answer(problem: Problem) -> Answer {
    Answer { problem: Some(problem.clone()), etag: problem.etag, ..answer(problem.status) }
}
