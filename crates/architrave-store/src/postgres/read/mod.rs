//! Reads: one row, a page, a search, a count, the journal, and what decisions need to know.
//!
//! A server is read through a few sessions ([`lane::Lane`]), each of which many callers use at the same time. Rows
//! by id are asked for together ([`point`]); everything else is sent as it comes.

mod bind;
mod cells;
mod events;
mod lane;
mod list;
mod load;
mod nest;
mod point;
mod show;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use architrave_engine::{
    Fault, Rows,
    ports::{Need, Read, ReadAnswer, ReadList},
};
use architrave_plan::{Plan, sql::Uncompilable};
use futures_util::TryStreamExt as _;
use tokio::runtime::Handle;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

use self::{
    lane::{Compiled, Key, Lane, Prepared},
    point::Points,
};
use super::{Address, fault, line::Line, session::Access, value::Bound};
use crate::{shared::journal::Sealed, vault::Vault};

pub(super) use self::load::{LoadError, Loader, Order};

/// Texts that are kept; the engine's selections and queries are interned, so this is a back-stop.
const TEXTS_MAX: usize = 4_096;
/// Most reads that one session has under way; one more is refused at once.
const ASKED_MAX: usize = 1_024;
/// A session that has not answered anything for so long after the longest statement is cut: the server or the way to
/// it is gone without a word.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// Which server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The one that is written to: a read behind an acknowledged write sees it.
    Primary,
    /// One that follows it, and may be behind: for reads whose caller has said how far it must have come.
    #[expect(dead_code, reason = "replicas are read where their position is known to be enough")]
    Replica,
}

/// What reads one server.
pub(super) struct Readers {
    base: Arc<Base>,
    points: Points,
    lanes: Vec<Arc<Slot>>,
    loader: Loader,
}

/// What all reads of a server have in common.
struct Base {
    source: Source,
    plan: Arc<Plan>,
    vault: Arc<Vault>,
    access: Arc<Access>,
    handle: Handle,
    texts: RwLock<HashMap<Key, Arc<Compiled>>>,
}

impl Readers {
    /// Sessions are opened when they are first wanted, on the runtime of `handle`.
    pub(super) fn new(
        source: Source,
        access: Arc<Access>,
        (plan, vault): (Arc<Plan>, Arc<Vault>),
        handle: Handle,
    ) -> Self {
        let loader = Loader::new(Arc::clone(&plan), Arc::clone(&vault));
        let base = Arc::new(Base { source, plan, vault, access, handle, texts: RwLock::default() });
        let slot = || Arc::new(Slot::new(&base));
        let lanes = (0..base.access.settings.readers.max(1)).map(|_| slot()).collect();
        Self { points: Points::start(&base, slot()), lanes, loader, base }
    }

    /// Answers a read by appending to `out`, which is as before on a fault or a miss.
    pub(super) async fn read(&self, read: &Read, out: &mut Vec<u8>) -> Result<ReadAnswer, Fault> {
        let start = out.len();
        let answer = match read {
            Read::One(one) => self.points.one(&self.base, one, out).await,
            Read::List(list) => self.list(list, out).await,
        };
        if answer.is_err() {
            out.truncate(start);
        }
        answer
    }

    async fn list(&self, read: &ReadList, out: &mut Vec<u8>) -> Result<ReadAnswer, Fault> {
        let mut attempt = self.attempt(read.caller.tenant)?;
        loop {
            let lane = attempt.lane().await?;
            let answer = list::list(&self.base, &lane, read, out).await;
            if let Some(answer) = attempt.done(answer) {
                return answer;
            }
        }
    }

    /// Loads rows from one state of the database.
    pub(super) async fn load(
        &self,
        tenant: Option<Uuid>,
        needs: &[Need],
        now_us: i64,
        rows: &mut Rows,
    ) -> Result<(), Fault> {
        let mut attempt = self.attempt(tenant)?;
        loop {
            let lane = attempt.lane().await?;
            let mut sealed = Sealed::new();
            let order = Order { tenant, needs, rows, sealed: &mut sealed };
            let loaded = self.loader.load_on(&lane, now_us, order).await;
            if let Some(loaded) = attempt.done(loaded.map_err(Trouble::from)) {
                return loaded;
            }
        }
    }

    /// An attempt on the session with the least to do, one that sees the tenant already where there is one.
    fn attempt(&self, tenant: Option<Uuid>) -> Result<Attempt, Fault> {
        let slot = self.lanes.iter().min_by_key(|it| it.rank(tenant));
        let slot = slot.ok_or_else(|| Fault::new("no session reads", ""))?;
        Ok(Attempt { slot: Arc::clone(slot), lane: None, is_second: false })
    }
}

/// A read on a session. One that lost its session is asked once more: it has changed nothing.
struct Attempt {
    slot: Arc<Slot>,
    lane: Option<Arc<Lane>>,
    is_second: bool,
}

impl Attempt {
    async fn lane(&mut self) -> Result<Arc<Lane>, Fault> {
        let lane = self.slot.lane().await?;
        self.lane = Some(Arc::clone(&lane));
        Ok(lane)
    }

    /// The answer; none where it is to be asked for again.
    fn done<T>(&mut self, answer: Result<T, Trouble>) -> Option<Result<T, Fault>> {
        let is_lost = self.lane.as_ref().is_some_and(|it| it.is_closed());
        if matches!(answer, Err(Trouble::Database(_))) && is_lost && !self.is_second {
            self.is_second = true;
            return None;
        }
        Some(answer.map_err(|it| it.fault(&self.slot.base.access.address)))
    }
}

impl Base {
    /// A text with what its answer becomes; made when it is first wanted.
    fn compiled(
        &self,
        key: Key,
        make: impl FnOnce(&Plan) -> Result<Compiled, Uncompilable>,
    ) -> Result<Arc<Compiled>, Fault> {
        let known = self.texts.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let made = Arc::new(make(&self.plan).map_err(|it| fault::uncompilable(&it))?);
        let mut texts = self.texts.write().unwrap_or_else(PoisonError::into_inner);
        if texts.len() >= TEXTS_MAX {
            texts.clear();
        }
        texts.insert(key, Arc::clone(&made));
        Ok(made)
    }

    /// The same as a session knows it.
    async fn prepared(
        &self,
        lane: &Lane,
        key: Key,
        make: impl FnOnce(&Plan) -> Result<Compiled, Uncompilable>,
    ) -> Result<Prepared, Trouble> {
        if let Some(known) = lane.known(&key) {
            return Ok(known);
        }
        let compiled = self.compiled(key, make).map_err(Trouble::Fault)?;
        Ok(lane.prepare(key, compiled).await?)
    }
}

/// Why a read failed.
enum Trouble {
    /// The server refused, or is gone.
    Database(Error),
    /// Something else.
    Fault(Fault),
}

impl Trouble {
    fn fault(self, address: &Address) -> Fault {
        match self {
            Self::Database(error) => fault::fault(&error, address),
            Self::Fault(fault) => fault,
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<LoadError> for Trouble {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Database(error) => Self::Database(error),
            LoadError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A place for a session that reads, and the session while there is one.
struct Slot {
    base: Arc<Base>,
    line: Arc<Line>,
    lane: Mutex<Option<Arc<Lane>>>,
    opening: AtomicUsize,
}

impl Slot {
    fn new(base: &Arc<Base>) -> Self {
        let purpose = match base.source {
            Source::Primary => "read",
            Source::Replica => "replica",
        };
        let line = Arc::new(Line::new(Arc::clone(&base.access), purpose));
        Self { base: Arc::clone(base), line, lane: Mutex::default(), opening: AtomicUsize::new(0) }
    }

    fn current(&self) -> Option<Arc<Lane>> {
        let lane = self.lane.lock().unwrap_or_else(PoisonError::into_inner);
        lane.as_ref().filter(|it| !it.is_closed()).cloned()
    }

    /// How much there is to do before a read of this tenant is answered.
    fn rank(&self, tenant: Option<Uuid>) -> usize {
        self.current().map_or(0, |it| it.asked() * 2 + usize::from(!it.sees(tenant)))
    }

    /// The session; opened when it is first wanted, and again when it broke.
    async fn lane(self: &Arc<Self>) -> Result<Arc<Lane>, Fault> {
        if let Some(lane) = self.current() {
            if lane.asked() >= ASKED_MAX {
                return Err(too_many());
            }
            return Ok(lane);
        }
        if self.opening.fetch_add(1, Relaxed) >= ASKED_MAX {
            self.opening.fetch_sub(1, Relaxed);
            return Err(too_many());
        }
        // On the store's own runtime: the task that carries a connection stays where it was started.
        let slot = Arc::clone(self);
        let opened = self.base.handle.spawn(async move { slot.open().await }).await;
        self.opening.fetch_sub(1, Relaxed);
        opened.unwrap_or_else(|_| Err(Fault::new("the store ended before it answered", "")))
    }

    async fn open(self: &Arc<Self>) -> Result<Arc<Lane>, Fault> {
        let session = self.line.session().await?;
        if let Some(lane) = self.current() {
            return Ok(lane);
        }
        let settings = &self.base.access.settings;
        let lane = Lane::new(session, settings.read_ms_max, settings.statements_max);
        let lane = lane.await.map_err(|it| fault::fault(&it, &self.base.access.address))?;
        let lane = Arc::new(lane);
        let silence = Duration::from_millis(settings.read_ms_max) + SILENCE_MAX;
        self.base.handle.spawn(watch(Arc::downgrade(&lane), silence));
        *self.lane.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&lane));
        Ok(lane)
    }
}

/// Cuts a session that does not answer although it is asked: whoever waits is told so, and the next one gets a new one.
async fn watch(lane: std::sync::Weak<Lane>, silence: Duration) {
    let mut seen = None;
    loop {
        tokio::time::sleep(silence).await;
        let Some(lane) = lane.upgrade().filter(|it| !it.is_closed()) else { return };
        let now = (lane.asked() > 0).then(|| lane.answered());
        if now.is_some() && now == seen {
            lane.session().cut();
            return;
        }
        seen = now;
    }
}

fn too_many() -> Fault {
    let what = "too many reads are waiting for the database";
    Fault { is_transient: true, ..Fault::new(what, "") }
}

/// Runs a statement. It is on its way when this is first polled; what is polled next comes behind it.
async fn rows(
    client: &Client,
    statement: &Statement,
    parameters: Vec<Bound<'_>>,
) -> Result<Vec<Row>, Error> {
    client.query_raw(statement, parameters).await?.try_collect().await
}
