//! The store as the engine sees it. It has a small runtime of its own: no connection's task runs on a thread that
//! serves, and what is under way ends with the store.
//!
//! Rooms: `open` prepares the database, `write` runs logical transactions, `read` answers reads and events, `nodes`
//! knows who else serves, `journal` publishes what was written. All of them get sessions from a [`Line`].

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use architrave_engine::{
    Fault, Rows,
    ports::{
        ApiKeyRecord, Clock, Decide, Directory, EventsPage, EventsRead, Later, Need, Position,
        Purgeable, Read, ReadAnswer, Step, Store, StoreStatus, Written,
    },
};
use architrave_model::EntityId;
use architrave_plan::Plan;
use tokio::runtime::{Handle, Runtime};
use uuid::Uuid;

use super::{
    Address, PostgresSettings, directory,
    journal::{self, Journal},
    limiter::PostgresLimiter,
    line::Line,
    nodes::{self, Node},
    open::{self, Opened},
    read::{Readers, Source},
    session::Access,
    write::{self, Writing},
};
use crate::{
    shared::{counters::Counters, health::Health, journal::Numbers},
    vault::Vault,
};

/// Threads of the store's runtime: one carries connections while the other encodes a batch.
const THREADS: usize = 2;
/// How long a store that is dropped tries to tell the other nodes.
const LEAVE_MAX: Duration = Duration::from_secs(1);
/// How long a store that is dropped waits for what is under way.
const END_MAX: Duration = Duration::from_secs(10);

/// How often, and how far apart, events are asked for again that this node has written and nobody has published yet.
const OWN_EVENTS_ATTEMPTS: u32 = 40;
const OWN_EVENTS_PAUSE: Duration = Duration::from_millis(5);

/// State and journal of one plan in one database of PostgreSQL.
pub struct PostgresStore {
    shared: Arc<Shared>,
    readers: Readers,
    writing: Writing,
    /// Taken when the store is dropped.
    runtime: Option<Runtime>,
}

/// What all rooms of the store share.
pub(super) struct Shared {
    pub(super) plan: Arc<Plan>,
    pub(super) vault: Arc<Vault>,
    pub(super) clock: Arc<dyn Clock>,
    /// How sessions that serve are opened; the settings are in it.
    pub(super) access: Arc<Access>,
    pub(super) numbers: Numbers,
    /// The history that is being written.
    pub(super) epoch: AtomicU32,
    /// How far readers may go.
    pub(super) journal: Journal,
    /// This node, and whether it may write.
    pub(super) node: Node,
    pub(super) counters: Counters,
    pub(super) health: Health,
    /// The store's runtime.
    pub(super) handle: Handle,
    /// For what is asked seldom: the directory, sweeps.
    pub(super) line: Line,
}

impl PostgresStore {
    /// Opens the store in a database: makes schemas and tables where it is empty, else looks whether they are of this
    /// plan.
    ///
    /// # Errors
    /// The server cannot be reached or does not keep what it acknowledges; the database is foreign, or of another
    /// plan; the vault lacks a key.
    pub fn open(
        address: Address,
        plan: Arc<Plan>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        settings: PostgresSettings,
    ) -> Result<Self, Fault> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("store-postgres")
            .enable_all()
            .build()
            .map_err(|error| Fault::new(format!("threads cannot be started: {error}"), ""))?;
        let handle = runtime.handle().clone();
        let health = Health::new(Arc::clone(&settings.on_health));
        let opening = {
            let (plan, vault) = (Arc::clone(&plan), Arc::clone(&vault));
            async move { open::open(address, &plan, &vault, settings).await }
        };
        let Opened { access, numbers, epoch } = waited(&handle, opening)?;
        let node = Node::new(new_id()?, access.settings.node_address.clone(), plan.hash.clone());
        let shared = Arc::new(Shared {
            plan,
            vault,
            clock,
            line: Line::new(Arc::clone(&access), "directory"),
            access,
            numbers,
            epoch: AtomicU32::new(epoch),
            journal: Journal::default(),
            node,
            counters: Counters::default(),
            health,
            handle,
        });
        let entering = Arc::clone(&shared);
        waited(&shared.handle, async move { nodes::enter(&entering).await })?;
        shared.handle.spawn(nodes::keep(Arc::clone(&shared)));
        shared.handle.spawn(journal::follow(Arc::clone(&shared)));
        let readers = Readers::new(
            Source::Primary,
            Arc::clone(&shared.access),
            (Arc::clone(&shared.plan), Arc::clone(&shared.vault)),
            shared.handle.clone(),
        );
        let writing = write::start(&shared);
        Ok(Self { shared, readers, writing, runtime: Some(runtime) })
    }
}

impl PostgresStore {
    /// What the first node kept under this name, which others then take over: the bytes given, or those of whoever was
    /// first.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn keep(&self, name: &str, value: &[u8]) -> Result<Vec<u8>, Fault> {
        let shared = Arc::clone(&self.shared);
        let (name, value) = (name.to_owned(), value.to_vec());
        waited(&self.shared.handle, async move {
            nodes::common::keep(&shared, &name, Some(&value)).await.map(Option::unwrap_or_default)
        })
    }

    /// What a node kept under this name.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn kept(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let (shared, name) = (Arc::clone(&self.shared), name.to_owned());
        waited(&self.shared.handle, async move { nodes::common::keep(&shared, &name, None).await })
    }

    /// Counts requests together with the other nodes of this store.
    #[must_use]
    pub fn limiter(&self) -> PostgresLimiter {
        PostgresLimiter::new(&self.shared)
    }
}

impl Shared {
    /// Settings of the operator.
    pub(super) fn settings(&self) -> &PostgresSettings {
        &self.access.settings
    }

    /// How far this node knows the journal to go: what it wrote, and what was published.
    pub(super) fn position(&self) -> Option<Position> {
        let own = *self.counters.position.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = self.epoch.load(Relaxed);
        own.into_iter().chain(self.journal.seen()).filter(|it| it.epoch == epoch).max()
    }

    /// Tells the operator what happened among the nodes.
    pub(super) fn news(&self, text: &str) {
        (self.settings().on_news)(text);
    }

    /// Runs something on the store's runtime, for whoever awaits it elsewhere.
    pub(super) fn on_runtime<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Fault>> + Send + 'static,
    ) -> Later<'static, Result<T, Fault>> {
        let task = self.handle.spawn(work);
        Box::pin(async move {
            task.await.unwrap_or_else(|_| Err(Fault::new("the store ended before it answered", "")))
        })
    }
}

/// A random id (RFC 9562, version 4).
fn new_id() -> Result<Uuid, Fault> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| Fault::new("the operating system gives no randomness", ""))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// Waits on a thread that may be another runtime's, where nothing may be awaited in place.
fn waited<T: Send + 'static>(
    handle: &Handle,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let (tell, told) = std::sync::mpsc::sync_channel(1);
    handle.spawn(async move {
        // Whoever asked waits.
        let _ = tell.send(work.await);
    });
    told.recv().unwrap_or_else(|_| Err(Fault::new("the store could not be opened", "")))
}

impl PostgresStore {
    fn looked_up<'a, T: Send + 'static, F>(
        &'a self,
        look: impl FnOnce(Arc<Shared>) -> F,
    ) -> Step<'a, Result<T, Fault>>
    where
        F: Future<Output = Result<T, Fault>> + Send + 'static,
    {
        Step::Later(self.shared.on_runtime(look(Arc::clone(&self.shared))))
    }
}

impl PostgresStore {
    /// Events as far as they are published; what this node itself has acknowledged is among them, unless publishing is
    /// held up.
    async fn published_events(&self, read: &EventsRead) -> Result<EventsPage, Fault> {
        let position =
            *self.shared.counters.position.lock().unwrap_or_else(PoisonError::into_inner);
        let written = position.map_or(0, |it| it.seq);
        let known = (&self.shared.numbers, self.shared.epoch.load(Relaxed));
        let mut page = self.readers.events(known, read).await?;
        for _ in 0..OWN_EVENTS_ATTEMPTS {
            let is_behind = page.is_complete && page.end.is_some_and(|it| it.seq < written);
            if page.must_refetch || !is_behind {
                break;
            }
            tokio::time::sleep(OWN_EVENTS_PAUSE).await;
            page = self.readers.events(known, read).await?;
        }
        Ok(page)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.writing.end(END_MAX);
        if let Some(runtime) = self.runtime.take() {
            let (tell, left) = std::sync::mpsc::sync_channel(1);
            let shared = Arc::clone(&self.shared);
            runtime.spawn(async move {
                nodes::leave(&shared).await;
                // Whoever waited may have given up.
                let _ = tell.send(());
            });
            // The others wait for its heartbeat where it cannot say goodbye.
            let _ = left.recv_timeout(LEAVE_MAX);
            // Within another runtime waiting would be refused; what is under way then ends by itself.
            match Handle::try_current() {
                Ok(_) => runtime.shutdown_background(),
                Err(_) => runtime.shutdown_timeout(END_MAX),
            }
        }
    }
}

impl Store for PostgresStore {
    fn read<'a>(
        &'a self,
        read: &'a Read,
        out: &'a mut Vec<u8>,
    ) -> Step<'a, Result<ReadAnswer, Fault>> {
        Step::Later(Box::pin(self.readers.read(read, out)))
    }

    fn events<'a>(&'a self, read: &'a EventsRead) -> Step<'a, Result<EventsPage, Fault>> {
        Step::Later(Box::pin(self.published_events(read)))
    }

    fn load<'a>(
        &'a self,
        tenant: Option<Uuid>,
        needs: &'a [Need],
        rows: &'a mut Rows,
    ) -> Step<'a, Result<(), Fault>> {
        let now_us = self.shared.clock.now_us();
        Step::Later(Box::pin(self.readers.load(tenant, needs, now_us, rows)))
    }

    fn write(&self, decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>> {
        self.writing.write(&self.shared, decide)
    }

    fn purgeable<'a>(
        &'a self,
        entity: EntityId,
        now_us: i64,
        after: (i64, Uuid),
        count_max: u32,
    ) -> Step<'a, Result<Vec<Purgeable>, Fault>> {
        self.looked_up(|it| directory::purgeable(it, entity, now_us, after, count_max))
    }

    fn status(&self) -> StoreStatus {
        let shared = &self.shared;
        let trouble = shared.health.trouble().or_else(|| shared.journal.why_unknown());
        let counters = &shared.counters;
        StoreStatus {
            is_ready: trouble.is_none(),
            is_storage_full: trouble.as_ref().is_some_and(|it| it.is_storage_full),
            reason: trouble.map(|it| it.to_string()).unwrap_or_default(),
            queue_length: counters.queue_length.load(Relaxed),
            queue_length_max: shared.settings().queue_length_max as u64,
            commits: counters.commits.load(Relaxed),
            transactions: counters.transactions.load(Relaxed),
            batch_sizes: counters.batch_sizes.each_ref().map(|it| it.load(Relaxed)),
            commit_us: counters.commit_us.load(Relaxed),
            writer_us: counters.writer_us.load(Relaxed),
            database_bytes: counters.database_bytes.load(Relaxed),
            position: shared.position(),
            ..StoreStatus::default()
        }
    }
}

impl Directory for PostgresStore {
    fn link<'a>(
        &'a self,
        tenant: Option<Uuid>,
        issuer: &'a str,
        subject: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.looked_up(|it| directory::link(it, tenant, issuer, subject))
    }

    fn tenant_exists<'a>(&'a self, tenant: Uuid) -> Step<'a, Result<bool, Fault>> {
        self.looked_up(|it| directory::tenant_exists(it, tenant))
    }

    fn tenant_by_field<'a>(
        &'a self,
        field: usize,
        value: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        let value = value.to_owned();
        self.looked_up(|it| directory::tenant_by_field(it, field, value))
    }

    fn api_key<'a>(&'a self, id: &'a str) -> Step<'a, Result<Option<ApiKeyRecord>, Fault>> {
        let id = id.to_owned();
        self.looked_up(|it| directory::api_key(it, id))
    }

    fn api_keys<'a>(&'a self, tenant: Option<Uuid>) -> Step<'a, Result<Vec<ApiKeyRecord>, Fault>> {
        self.looked_up(|it| directory::api_keys(it, tenant))
    }
}
