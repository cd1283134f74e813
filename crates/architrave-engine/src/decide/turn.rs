//! One operation's turn: what it can see, what it may draw, and what it comes to.

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::{EntityId, Rule};
use architrave_plan::{ColumnId, Folded, fold};
use uuid::Uuid;

use super::Aggregate;
use crate::{
    Caller, Problem,
    evaluate::{Overlay, Scope, Stop, View, World},
    ports::{Answer, Change, Dice, JournalEvent, Need},
    prepared::Prepared,
    query::{Choice, Selections},
    show::{Tags, Viewer, etag},
};

/// Why an operation does not come to an end.
#[derive(Debug, Clone)]
pub(crate) enum Refusal {
    /// Rows have to be loaded first.
    Pending,
    /// The caller is refused.
    Problem(Box<Problem>),
}

impl From<Stop> for Refusal {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Pending => Self::Pending,
            Stop::Overflow => {
                Problem::of("invariant-violated", "A number would leave its range.").into()
            }
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// What an operation comes to.
#[derive(Debug, Clone)]
pub(crate) struct Effect {
    pub(crate) changes: Vec<Change>,
    pub(crate) events: Vec<JournalEvent>,
    /// What later operations of the same transaction see.
    pub(crate) after: Overlay,
    pub(crate) answer: Answer,
}

/// Ids of new rows: drawn once, the same each time the decision is asked for again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ids {
    drawn: Vec<Uuid>,
    next: usize,
}

impl Ids {
    pub(crate) fn rewind(&mut self) {
        self.next = 0;
    }

    /// The next id.
    pub(crate) fn draw(&mut self, dice: &dyn Dice, now_us: i64) -> Uuid {
        let id = match self.drawn.get(self.next) {
            Some(id) => *id,
            None => {
                let id = dice.id(now_us);
                self.drawn.push(id);
                id
            }
        };
        self.next += 1;
        id
    }
}

/// Numbers taken from sequences in this transaction, and how many it will want in all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Numbers {
    pub(crate) taken: BTreeMap<(EntityId, ColumnId, String), usize>,
    /// Creates per entity: one need draws all numbers of a batch.
    pub(crate) wanted: BTreeMap<EntityId, u32>,
}

/// One operation's turn.
pub(crate) struct Turn<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) selections: &'a Selections,
    pub(crate) caller: &'a Caller,
    pub(crate) dice: &'a dyn Dice,
    pub(crate) now_us: i64,
    /// What has been loaded, under what earlier operations of the transaction changed.
    pub(crate) world: World<'a>,
    pub(crate) ids: &'a mut Ids,
    pub(crate) numbers: &'a mut Numbers,
    /// The administrator: no access rules, everything else applies.
    pub(crate) is_admin: bool,
    pub(crate) tenant: Option<Uuid>,
}

impl<'a> Turn<'a> {
    pub(crate) fn draw(&mut self) -> Uuid {
        self.ids.draw(self.dice, self.now_us)
    }

    /// What a rule about a stored row sees.
    pub(crate) fn scope<'s>(&'s self, world: &'s World<'s>, this: View) -> Scope<'s> {
        Scope {
            prepared: self.prepared,
            caller: self.caller,
            now_us: self.now_us,
            world,
            this: Some(this),
            old: None,
            input: &[],
        }
    }

    /// Whether a rule holds on a row as it is stored. Without a rule nobody may.
    pub(crate) fn allows(&self, rule: Option<&Rule>, this: View) -> Result<bool, Stop> {
        if self.is_admin {
            return Ok(true);
        }
        rule.map_or(Ok(false), |rule| self.scope(&self.world, this).holds(&rule.expr))
    }

    /// Whether a rule does not refuse this class of callers outright.
    pub(crate) fn may_ever(&self, rule: Option<&Rule>) -> bool {
        let roles = &self.prepared.plan.system.identity.roles;
        rule.is_some_and(|it| fold(&it.expr, &self.caller.class, roles) != Folded::False)
    }

    /// A living row that the caller may see, or `not-found`.
    pub(crate) fn seen(&self, entity: EntityId, id: Uuid) -> Result<Aggregate, Refusal> {
        let row = self.world.row(self.prepared, entity, id)?;
        let Some(row) = row else { return Err(not_found()) };
        if !self.may_see(&self.world, &View::new(entity, Arc::clone(&row)))? {
            return Err(not_found());
        }
        Ok(Aggregate::of(self.prepared, &self.world, entity, id, row)?)
    }

    /// Whether the caller may see a row; a part is seen with its aggregate.
    pub(crate) fn may_see(&self, world: &World<'_>, view: &View) -> Result<bool, Stop> {
        if self.is_admin {
            return Ok(true);
        }
        let table = &self.prepared.plan[view.entity];
        if let Some((column, above)) = table.parent {
            let architrave_model::Value::Uuid(id) = crate::evaluate::column(&view.row, column)
            else {
                return Ok(false);
            };
            return match world.row(self.prepared, above, *id)? {
                Some(row) => self.may_see(world, &View::new(above, row)),
                None => Ok(false),
            };
        }
        let shape = self.selections.shape(view.entity, self.caller.class);
        self.viewer(world).sees(&shape.rows, view)
    }

    fn viewer<'s>(&'s self, world: &'s World<'s>) -> Viewer<'s> {
        Viewer { prepared: self.prepared, caller: self.caller, now_us: self.now_us, world }
    }

    /// The row as a read would show it to the caller, with its tag; none where they may not see it.
    pub(crate) fn shown(
        &self,
        world: &World<'_>,
        row: &Aggregate,
    ) -> Result<Option<(Vec<u8>, String)>, Stop> {
        if !self.may_see(world, &row.view())? {
            return Ok(None);
        }
        let selection = self.selections.get(&Choice::all(row.entity, self.caller.class));
        let mut body = Vec::with_capacity(512);
        self.viewer(world).write_row(&selection, &row.view(), &mut body)?;
        let tag = etag(row.version(self.prepared), &body);
        Ok(Some((body, tag)))
    }

    /// The answer with the row as it now is; without a body where the caller may not see it.
    pub(crate) fn answer(
        &self,
        status: u16,
        world: &World<'_>,
        row: &Aggregate,
    ) -> Result<Answer, Stop> {
        Ok(match self.shown(world, row)? {
            Some((body, tag)) => Answer { body, etag: Some(tag), ..answer(status) },
            None => answer(if status == 200 { 204 } else { status }),
        })
    }

    /// Refuses a change of another version than the one that was looked at, and one that names none
    /// where the blueprint wants it. Architrave itself looks and changes in one transaction.
    pub(crate) fn check_version(
        &self,
        row: &Aggregate,
        if_match: Option<&str>,
    ) -> Result<(), Refusal> {
        let writes = self.prepared.plan.system[row.entity].writes;
        let is_ours = self.is_admin || self.caller.class.is_system;
        if if_match.is_none() && writes.needs_if_match && !is_ours {
            return Err(Problem::of(
                "precondition-required",
                "Send the tag of the version that you looked at in `If-Match`.",
            )
            .into());
        }
        self.check_sent_version(row, if_match)
    }

    /// Refuses a change of another version than the one that was looked at.
    pub(crate) fn check_sent_version(
        &self,
        row: &Aggregate,
        if_match: Option<&str>,
    ) -> Result<(), Refusal> {
        let version = row.version(self.prepared);
        match if_match {
            Some(tags) if Tags::read(tags).is_some_and(|it| it.name_version(version)) => Ok(()),
            Some(_) => {
                let mut problem = Problem::of(
                    "precondition-failed",
                    format!("The row is at version {version} now."),
                );
                problem.etag = self.shown(&self.world, row)?.map(|(_, tag)| tag);
                Err(problem.into())
            }
            None => Ok(()),
        }
    }

    /// The next number of a sequence.
    pub(crate) fn number(
        &mut self,
        entity: EntityId,
        column: ColumnId,
        period: &str,
    ) -> Result<i64, Stop> {
        let key = (entity, column, period.to_owned());
        let taken = self.numbers.taken.entry(key.clone()).or_default();
        let drawn = self.world.loaded.sequences.get(&key).map_or(&[][..], Vec::as_slice);
        if let Some(number) = drawn.get(*taken) {
            *taken += 1;
            return Ok(*number);
        }
        let wanted = self.numbers.wanted.get(&entity).copied().unwrap_or(1);
        let known = u32::try_from(drawn.len()).unwrap_or(u32::MAX);
        let count = wanted.saturating_sub(known).max(1);
        Err(self.world.need(Need::Sequence { entity, column, period: period.to_owned(), count }))
    }
}

/// An answer without a body.
pub(crate) fn answer(status: u16) -> Answer {
    Answer {
        status,
        body: Vec::new(),
        etag: None,
        location: None,
        problem: None,
        is_replayed: false,
    }
}

/// "It does not exist, or you may not see it."
pub(crate) fn not_found() -> Refusal {
    Problem::of("not-found", "There is no such row, or you may not see it.").into()
}

/// Refuses a caller: by 401 who has not signed in, by 403 who has.
pub(crate) fn refused(caller: &Caller, detail: &str) -> Problem {
    if caller.class.is_authenticated {
        Problem::of("forbidden", detail)
    } else {
        Problem::of("unauthenticated", "Sign in to do this.")
    }
}
