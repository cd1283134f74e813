//! A store that knows who is who and remembers answers, and in which one row is always found.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use architrave_engine::{
    Fault, Rows,
    ports::{
        ApiKeyRecord, Decide, Decision, Directory, EventsPage, EventsRead, Later, Need, Position,
        Purgeable, Read, ReadAnswer, Remembered, Step, Store, StoreStatus, Written,
    },
};
use architrave_model::EntityId;
use uuid::Uuid;

use super::{START_US, shop::SHOP_DOMAIN};

pub(crate) const FIRST_SHOP: &str = "01900000-0000-7000-8000-00000000000a";

/// What is known.
pub(crate) struct FakeStore {
    pub(crate) keys: Mutex<BTreeMap<String, ApiKeyRecord>>,
    pub(crate) status: Mutex<StoreStatus>,
    /// How often people were looked up.
    pub(crate) links_read: Mutex<u32>,
    pub(crate) user: Uuid,
    /// What every read and write comes to.
    pub(crate) fault: Mutex<Option<Fault>>,
    remembered: Mutex<BTreeMap<Vec<u8>, Remembered>>,
}

impl Default for FakeStore {
    fn default() -> Self {
        let status = StoreStatus {
            is_ready: true,
            queue_length_max: 100,
            position: Some(Position { epoch: 1, seq: 42, idx: 0 }),
            ..StoreStatus::default()
        };
        Self {
            keys: Mutex::default(),
            status: Mutex::new(status),
            links_read: Mutex::new(0),
            fault: Mutex::default(),
            remembered: Mutex::default(),
            user: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00cc),
        }
    }
}

impl FakeStore {
    /// No row is there; idempotency keys are remembered.
    fn supply(&self, rows: &mut Rows, need: &Need) {
        match need {
            Need::Row(entity, id) | Need::DeletedRow(entity, id) => {
                rows.rows.insert((*entity, *id), None);
            }
            Need::Parts(entity, id) => {
                rows.parts.insert((*entity, *id), Vec::new());
            }
            Need::Referrers(entity, column, id) => {
                rows.referrers.insert((*entity, *column, *id), Vec::new());
            }
            Need::Sequence { entity, column, period, count } => {
                let numbers = (1..=i64::from(*count)).collect();
                rows.sequences.insert((*entity, *column, period.clone()), numbers);
            }
            Need::Remembered(key) => {
                let found = self.remembered.lock().unwrap().get(key).cloned();
                rows.remembered.insert(key.clone(), found);
            }
            Need::Link(issuer, subject) => {
                rows.links.insert((issuer.clone(), subject.clone()), None);
            }
        }
    }
}

impl Directory for FakeStore {
    fn link<'a>(
        &'a self,
        _: Option<Uuid>,
        _: &'a str,
        _: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        *self.links_read.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Step::Ready(Ok(Some(self.user)))
    }

    fn tenant_exists<'a>(&'a self, tenant: Uuid) -> Step<'a, Result<bool, Fault>> {
        Step::Ready(Ok(tenant.to_string() == FIRST_SHOP))
    }

    fn tenant_by_field<'a>(
        &'a self,
        _: usize,
        value: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        Step::Ready(Ok((value == SHOP_DOMAIN).then(|| FIRST_SHOP.parse().unwrap())))
    }

    fn api_key<'a>(&'a self, id: &'a str) -> Step<'a, Result<Option<ApiKeyRecord>, Fault>> {
        Step::Ready(Ok(self.keys.lock().unwrap().get(id).cloned()))
    }

    fn api_keys<'a>(&'a self, _: Option<Uuid>) -> Step<'a, Result<Vec<ApiKeyRecord>, Fault>> {
        Step::Ready(Ok(self.keys.lock().unwrap().values().cloned().collect()))
    }
}

impl Store for FakeStore {
    fn read<'a>(
        &'a self,
        read: &'a Read,
        out: &'a mut Vec<u8>,
    ) -> Step<'a, Result<ReadAnswer, Fault>> {
        if let Some(fault) = self.fault.lock().unwrap().clone() {
            return Step::Ready(Err(fault));
        }
        let is_one = matches!(read, Read::One(_));
        out.extend_from_slice(if is_one { b"{\"name\":\"Tea\"}" } else { b"[]" });
        Step::Ready(Ok(ReadAnswer { is_found: true, version: 3, ..ReadAnswer::default() }))
    }

    fn events<'a>(&'a self, _: &'a EventsRead) -> Step<'a, Result<EventsPage, Fault>> {
        Step::Ready(Ok(EventsPage { is_complete: true, ..EventsPage::default() }))
    }

    fn load<'a>(
        &'a self,
        _: Option<Uuid>,
        _: &'a [Need],
        _: &'a mut Rows,
    ) -> Step<'a, Result<(), Fault>> {
        Step::Ready(Ok(()))
    }

    fn write(&self, mut decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>> {
        if let Some(fault) = self.fault.lock().unwrap().clone() {
            return Box::pin(async move { Err(fault) });
        }
        let mut rows = Rows::default();
        let outcome = loop {
            match decide.decide(&rows, START_US) {
                Decision::Done(outcome) => break outcome,
                Decision::Need(needs) => needs.iter().for_each(|it| self.supply(&mut rows, it)),
            }
        };
        if let Some(remembered) = outcome.remember {
            self.remembered.lock().unwrap().insert(remembered.key.clone(), remembered);
        }
        let changes = !outcome.changes.is_empty();
        let position = changes.then_some(Position { epoch: 1, seq: 43, idx: 0 });
        let answer = outcome.answer;
        Box::pin(async move { Ok(Written { answer, position }) })
    }

    fn purgeable<'a>(
        &'a self,
        _: EntityId,
        _: i64,
        _: (i64, Uuid),
        _: u32,
    ) -> Step<'a, Result<Vec<Purgeable>, Fault>> {
        Step::Ready(Ok(Vec::new()))
    }

    fn status(&self) -> StoreStatus {
        self.status.lock().unwrap().clone()
    }
}
