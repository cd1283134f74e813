//! A job on its way: waiting, and its turn in a batch.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use architrave_engine::{
    Fault, Rows,
    ports::{Decide, Decision, Need, Outcome, Position, Written},
};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::shared::journal::Sealed;

/// A job that waits for its turn, or for another one.
pub(super) struct Pending {
    /// Never locked: whoever has the job alone decides. It lets others look at the rest meanwhile.
    decide: Mutex<Box<dyn Decide>>,
    pub(super) answer: oneshot::Sender<Result<Written, Fault>>,
    /// What it asked for in earlier turns: loaded at once in the next.
    pub(super) known: BTreeSet<Need>,
    /// Turns that came to nothing because of others.
    pub(super) attempts: u32,
    /// Whether it has to be alone in its batch.
    pub(super) is_solo: bool,
}

impl Pending {
    pub(super) fn new(
        decide: Box<dyn Decide>,
        answer: oneshot::Sender<Result<Written, Fault>>,
    ) -> Self {
        Self {
            decide: Mutex::new(decide),
            answer,
            known: BTreeSet::new(),
            attempts: 0,
            is_solo: false,
        }
    }

    pub(super) fn decide(&mut self) -> &mut dyn Decide {
        self.decide.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut()
    }

    pub(super) fn answer(self, result: Result<Written, Fault>) {
        // Nobody may be waiting any more; what was stored stands all the same.
        let _ = self.answer.send(result);
    }
}

/// A job's turn in a batch.
pub(super) struct Turn {
    pub(super) pending: Pending,
    pub(super) tenant: Option<Uuid>,
    /// The transaction's time.
    pub(super) now_us: i64,
    pub(super) rows: Rows,
    pub(super) sealed: Sealed,
    /// Whether numbers of a sequence were drawn for it.
    pub(super) has_drawn: bool,
    pub(super) outcome: Option<Outcome>,
    /// Whether another of the batch touches what this one does: it waits for the next batch.
    pub(super) is_deferred: bool,
    pub(super) position: Option<Position>,
}

impl Turn {
    pub(super) fn new(mut pending: Pending, now_us: i64) -> Self {
        Self {
            tenant: pending.decide().tenant(),
            pending,
            now_us,
            rows: Rows::default(),
            sealed: Sealed::new(),
            has_drawn: false,
            outcome: None,
            is_deferred: false,
            position: None,
        }
    }

    /// Decides on what is loaded; what it asks for, unless it is done.
    pub(super) fn decide(&mut self) -> Result<Vec<Need>, Fault> {
        let Self { pending, rows, now_us, .. } = self;
        let decided = catch_unwind(AssertUnwindSafe(|| pending.decide().decide(rows, *now_us)));
        match decided.map_err(|_| panicked())? {
            Decision::Need(needs) => {
                pending.known.extend(needs.iter().cloned());
                Ok(needs)
            }
            Decision::Done(outcome) => {
                if !outcome.changes.is_empty() && outcome.journal.is_none() {
                    // Every state change leaves with its record, or not at all.
                    return Err(Fault::new("a change came without its journal record", ""));
                }
                self.outcome = Some(*outcome);
                Ok(Vec::new())
            }
        }
    }

    /// Whether it changes anything.
    pub(super) fn has_changes(&self) -> bool {
        self.outcome.as_ref().is_some_and(|it| !it.changes.is_empty())
    }

    /// Whether anything of it is to be stored.
    pub(super) fn is_stored(&self) -> bool {
        let is_kept = |it: &Outcome| it.remember.is_some() || it.journal.is_some();
        !self.is_deferred && self.outcome.as_ref().is_some_and(is_kept)
    }

    /// The job, for another turn.
    pub(super) fn again(self) -> Pending {
        self.pending
    }

    /// Answers with its outcome, which is durable.
    pub(super) fn finish(self) {
        let Self { pending, outcome, position, .. } = self;
        let result = match outcome {
            Some(outcome) => Ok(Written { answer: outcome.answer, position }),
            None => Err(Fault::new("a decision came to no end", "please report this")),
        };
        pending.answer(result);
    }
}

fn panicked() -> Fault {
    Fault::new("a decision panicked; nothing of it was stored", "please report this")
}
