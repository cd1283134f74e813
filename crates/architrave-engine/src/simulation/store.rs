//! A store in memory.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use architrave_model::{EntityId, Value};
use architrave_plan::Plan;
use uuid::Uuid;

use super::{apply, load, read};
use crate::{
    Fault, Row, Rows,
    evaluate::{column, row_id},
    ports::{
        ApiKeyRecord, Clock, Conflict, Decide, Decision, Directory, EventsPage, EventsRead,
        JournalTransaction, Later, Need, Outcome, Position, Purgeable, Read, ReadAnswer,
        Remembered, Step, Store, StoreStatus, StoredEvent, Written,
    },
    prepared::Prepared,
};

/// Most rounds of loading for one decision.
const ROUNDS_MAX: u32 = 16;
/// The one history this store has.
const EPOCH: u32 = 1;

/// Whether a write's power lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Power {
    /// All goes well.
    #[default]
    Lasts,
    /// It fails before the commit: nothing is stored, and the caller does not learn that.
    FailsBefore,
    /// It fails between the commit and the answer: everything is stored, and the caller does not learn that.
    FailsAfter,
}

/// A store in memory. One writer at a time, as in SQLite.
pub struct MemoryStore {
    prepared: Arc<Prepared>,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    power: Mutex<Power>,
}

/// Everything that is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) tables: BTreeMap<EntityId, BTreeMap<Uuid, Row>>,
    pub(super) journal: Vec<Entry>,
    pub(super) remembered: BTreeMap<Vec<u8>, Remembered>,
    pub(super) links: BTreeMap<(Option<Uuid>, String, String), Uuid>,
    pub(super) keys: BTreeMap<String, ApiKeyRecord>,
    pub(super) sequences: BTreeMap<(Option<Uuid>, EntityId, u16, String), i64>,
}

/// One transaction of the journal; its number is its place, from 1.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) tenant: Option<Uuid>,
    pub(super) at_us: i64,
    pub(super) transaction: JournalTransaction,
}

impl State {
    pub(super) fn table(&self, entity: EntityId) -> impl Iterator<Item = (&Uuid, &Row)> {
        self.tables.get(&entity).into_iter().flatten()
    }

    fn position(&self) -> Option<Position> {
        let last = self.journal.last()?;
        let idx = last.transaction.events.len().saturating_sub(1);
        Some(Position {
            epoch: EPOCH,
            seq: self.journal.len() as u64,
            idx: u16::try_from(idx).unwrap_or(u16::MAX),
        })
    }
}

impl MemoryStore {
    /// An empty store of a plan.
    #[must_use]
    pub fn new(plan: Arc<Plan>, clock: Arc<dyn Clock>) -> Self {
        Self {
            prepared: Arc::new(Prepared::new(plan)),
            clock,
            state: Mutex::new(State::default()),
            power: Mutex::new(Power::Lasts),
        }
    }

    /// What happens to the next write; the ones behind it have power again.
    pub fn set_power(&self, power: Power) {
        *self.power.lock().unwrap_or_else(PoisonError::into_inner) = power;
    }

    /// All living and hidden rows of an entity, by id.
    #[must_use]
    pub fn rows(&self, entity: EntityId) -> BTreeMap<Uuid, Row> {
        self.state().tables.get(&entity).cloned().unwrap_or_default()
    }

    /// The journal's transactions in order.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalTransaction> {
        self.state().journal.iter().map(|it| it.transaction.clone()).collect()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn transact(&self, decide: &mut dyn Decide) -> Result<Written, Fault> {
        let mut state = self.state();
        let now_us = self.clock.now_us();
        let mut draft = state.clone();
        let outcome = self.decided(decide, &mut draft, now_us)?;
        let (outcome, mut draft) =
            match apply::apply(&self.prepared, &mut draft, decide.tenant(), &outcome) {
                Ok(()) => (outcome, draft),
                Err(conflict) => (refused(decide, conflict), state.clone()),
            };
        let mut position = None;
        if let Some(transaction) = outcome.journal {
            let tenant = decide.tenant();
            draft.journal.push(Entry { tenant, at_us: now_us, transaction });
            position = draft.position();
        }
        if let Some(mut remembered) = outcome.remember {
            remembered.position = position;
            draft.remembered.insert(remembered.key.clone(), remembered);
        }
        let power = std::mem::take(&mut *self.power.lock().unwrap_or_else(PoisonError::into_inner));
        if power != Power::FailsBefore {
            *state = draft;
        }
        if power == Power::Lasts {
            return Ok(Written { answer: outcome.answer, position });
        }
        Err(Fault {
            is_transient: true,
            is_outcome_unknown: true,
            ..Fault::new("the power failed", "repeat the request with its idempotency key")
        })
    }

    fn decided(
        &self,
        decide: &mut dyn Decide,
        draft: &mut State,
        now_us: i64,
    ) -> Result<Outcome, Fault> {
        let mut rows = Rows::default();
        let tenant = decide.tenant();
        for _ in 0..ROUNDS_MAX {
            match decide.decide(&rows, now_us) {
                Decision::Done(outcome) => return Ok(*outcome),
                Decision::Need(needs) => {
                    for need in &needs {
                        load::load(&self.prepared, draft, tenant, need, &mut rows);
                    }
                }
            }
        }
        Err(Fault::new("a decision needs more rounds of loading than it may have", ""))
    }
}

fn refused(decide: &mut dyn Decide, conflict: Conflict) -> Outcome {
    let outcome = decide.conflicted(conflict);
    // A refusal changes nothing, whoever says otherwise.
    Outcome { changes: Vec::new(), journal: None, ..outcome }
}

impl Store for MemoryStore {
    fn read<'a>(
        &'a self,
        read: &'a Read,
        out: &'a mut Vec<u8>,
    ) -> Step<'a, Result<ReadAnswer, Fault>> {
        Step::Ready(Ok(read::read(&self.prepared, &self.state(), read, out)))
    }

    fn events<'a>(&'a self, read: &'a EventsRead) -> Step<'a, Result<EventsPage, Fault>> {
        let state = self.state();
        let known = state.journal.len() as u64;
        if (known > 0 && read.after.epoch != EPOCH) || read.after.seq > known {
            let page = EventsPage { must_refetch: true, ..EventsPage::default() };
            return Step::Ready(Ok(page));
        }
        let mut page = EventsPage { is_complete: true, ..EventsPage::default() };
        for (seq, entry) in (1_u64..).zip(&state.journal) {
            for (idx, event) in (0_u16..).zip(&entry.transaction.events) {
                let position = Position { epoch: EPOCH, seq, idx };
                let is_wanted =
                    read.entities.contains(&event.entity) && entry.tenant == read.tenant;
                if position <= read.after || !is_wanted {
                    continue;
                }
                if page.events.len() as u64 >= u64::from(read.count_max) {
                    page.is_complete = false;
                    return Step::Ready(Ok(page));
                }
                page.end = Some(position);
                page.events.push(StoredEvent {
                    position,
                    at_us: entry.at_us,
                    actor: entry.transaction.actor,
                    event: event.clone(),
                });
            }
        }
        page.end = state.position().max(page.end);
        Step::Ready(Ok(page))
    }

    fn load<'a>(
        &'a self,
        tenant: Option<Uuid>,
        needs: &'a [Need],
        rows: &'a mut Rows,
    ) -> Step<'a, Result<(), Fault>> {
        let mut draft = self.state().clone();
        for need in needs {
            load::load(&self.prepared, &mut draft, tenant, need, rows);
        }
        Step::Ready(Ok(()))
    }

    fn write(&self, mut decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>> {
        let written = self.transact(&mut *decide);
        Box::pin(std::future::ready(written))
    }

    fn purgeable<'a>(
        &'a self,
        entity: EntityId,
        now_us: i64,
        after: (i64, Uuid),
        count_max: u32,
    ) -> Step<'a, Result<Vec<Purgeable>, Fault>> {
        let table = &self.prepared.plan[entity];
        let (Some(place), Some(keep_us)) = (table.deleted_at, table.keep_deleted_us) else {
            return Step::Ready(Ok(Vec::new()));
        };
        let state = self.state();
        let mut due: Vec<_> = state
            .table(entity)
            .filter_map(|(id, row)| match column(row, place) {
                Value::Timestamp(at) if at.saturating_add(keep_us) <= now_us => {
                    let tenant = tenant_of(&self.prepared, entity, row);
                    Some(Purgeable { deleted_at_us: *at, id: *id, tenant })
                }
                _ => None,
            })
            .filter(|it| (it.deleted_at_us, it.id) > after)
            .collect();
        due.sort();
        due.truncate(count_max as usize);
        Step::Ready(Ok(due))
    }

    fn status(&self) -> StoreStatus {
        StoreStatus { is_ready: true, position: self.state().position(), ..StoreStatus::default() }
    }
}

impl Directory for MemoryStore {
    fn link<'a>(
        &'a self,
        tenant: Option<Uuid>,
        issuer: &'a str,
        subject: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        let key = (tenant, issuer.to_owned(), subject.to_owned());
        Step::Ready(Ok(self.state().links.get(&key).copied()))
    }

    fn tenant_exists<'a>(&'a self, tenant: Uuid) -> Step<'a, Result<bool, Fault>> {
        let entity = self.prepared.plan.system.identity.tenant;
        let state = self.state();
        let is_there = entity.is_some_and(|it| state.table(it).any(|(id, _)| *id == tenant));
        Step::Ready(Ok(is_there))
    }

    fn tenant_by_field<'a>(
        &'a self,
        field: usize,
        value: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        let Some(entity) = self.prepared.plan.system.identity.tenant else {
            return Step::Ready(Ok(None));
        };
        let place = self.prepared.plan[entity].column_of(field, None);
        let state = self.state();
        let mut rows = state.table(entity);
        let found = rows.find(|(_, row)| {
            place.is_some_and(|it| *column(row, it) == Value::Text(value.to_owned()))
        });
        Step::Ready(Ok(found.map(|(id, _)| *id)))
    }

    fn api_key<'a>(&'a self, id: &'a str) -> Step<'a, Result<Option<ApiKeyRecord>, Fault>> {
        Step::Ready(Ok(self.state().keys.get(id).cloned()))
    }

    fn api_keys<'a>(&'a self, tenant: Option<Uuid>) -> Step<'a, Result<Vec<ApiKeyRecord>, Fault>> {
        let state = self.state();
        let is_wanted = |it: &&ApiKeyRecord| tenant.is_none() || it.tenant == tenant;
        let mut keys: Vec<_> = state.keys.values().filter(is_wanted).cloned().collect();
        keys.sort_by_key(|it| std::cmp::Reverse(it.created_at_us));
        keys.truncate(1_000);
        Step::Ready(Ok(keys))
    }
}

/// The tenant of a row; none where the table has none.
pub(super) fn tenant_of(prepared: &Prepared, entity: EntityId, row: &Row) -> Option<Uuid> {
    let place = prepared.plan[entity].tenant?;
    match column(row, place) {
        Value::Uuid(id) => Some(*id),
        _ => None,
    }
}

/// Whether a row belongs to a tenant: by its column, or by being the tenant.
pub(super) fn is_of_tenant(
    prepared: &Prepared,
    entity: EntityId,
    row: &Row,
    tenant: Option<Uuid>,
) -> bool {
    let Some(tenant) = tenant else { return true };
    let plan = &prepared.plan;
    if plan.system.identity.tenant == Some(entity) {
        return row_id(prepared, entity, row) == Some(tenant);
    }
    plan[entity].tenant.is_none() || tenant_of(prepared, entity, row) == Some(tenant)
}
