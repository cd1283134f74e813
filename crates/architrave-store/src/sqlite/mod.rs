//! SQLite behind the engine's port: one writer thread with group commit, a pool of readers that answer
//! on the spot, a checkpointer beside them.

mod bind;
mod checkpoint;
mod codec;
mod directory;
pub(crate) mod evolve;
pub(crate) mod fault;
mod hold;
mod holes;
mod job;
mod journal;
mod keys;
mod loader;
pub(crate) mod mark;
pub(crate) mod open;
mod own;
mod page;
mod reader;
mod remember;
mod room;
mod show;
mod verify;
mod words;
mod writer;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::Relaxed},
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
};

use architrave_engine::{
    Fault, Rows,
    ports::{
        ApiKeyRecord, Clock, Decide, Directory, EventsPage, EventsRead, Later, Need, Position,
        Purgeable, Read, ReadAnswer, Step, Store, StoreStatus, Written,
    },
};
use architrave_model::EntityId;
use architrave_plan::{Plan, sql::raw};
use rusqlite::params;
use tokio::sync::oneshot;
use uuid::Uuid;

use self::{
    fault::OrFault,
    loader::Loader,
    reader::Reader,
    room::Room,
    writer::{Job, Writer},
};
use crate::{
    OnHealth,
    shared::{
        counters::Counters,
        health::Health,
        journal::{Numbers, Sealed},
    },
    vault::Vault,
};
pub use room::Volume;
pub use verify::verify;

/// The database in a data folder.
pub(crate) const FILE: &str = "architrave.sqlite";

/// Says how much a folder's volume holds; none where that cannot be known.
pub type Measure = Arc<dyn Fn(&Path) -> Option<Volume> + Send + Sync>;

/// What the operator decides. [`Default`] is right for almost everyone.
#[derive(Clone)]
pub struct SqliteSettings {
    /// Most writes that may wait; one more is refused at once.
    pub queue_length_max: usize,
    /// Most writes that share one commit.
    pub batch_length_max: usize,
    /// Read connections; at most so many reads run at the same time.
    pub readers: usize,
    /// Longest read, in microseconds.
    pub read_us_max: u64,
    /// Bytes of the database that a connection may map into memory.
    pub mmap_bytes_max: i64,
    /// Bytes of pages that a connection may keep beside the mapping.
    pub cache_bytes_max: i64,
    /// Prepared statements that a read connection keeps.
    pub statements_max: usize,
    /// The write-ahead log starts again from its beginning when half as long, and where readers keep it from
    /// that it is emptied by force when it has grown beyond so many bytes.
    pub wal_bytes_max: u64,
    /// Most bytes of the database file; none: as many as the disk has.
    pub database_bytes_max: Option<u64>,
    /// Called when a commit's outcome is unknown; must not return in production. Logs and aborts by
    /// default: going on could overwrite what may yet be stored, a restart finds out.
    pub on_fatal: Arc<dyn Fn(&Fault) + Send + Sync>,
    /// Called when writing begins to fail and when it works again, for the log.
    pub on_health: OnHealth,
    /// Bytes kept beside the database to give way when the disk is full; 0: none.
    pub ballast_bytes: u64,
    /// Asks how full the disk is.
    pub measure: Measure,
}

impl Default for SqliteSettings {
    fn default() -> Self {
        Self {
            queue_length_max: 4_096,
            batch_length_max: 256,
            readers: std::thread::available_parallelism().map_or(4, |it| it.get() * 2).min(16),
            read_us_max: 2_000_000,
            mmap_bytes_max: 1 << 30,
            cache_bytes_max: 16 << 20,
            statements_max: 256,
            wal_bytes_max: 64 << 20,
            database_bytes_max: None,
            on_fatal: Arc::new(|fault| {
                use std::io::Write;
                let _ = writeln!(std::io::stderr(), "architrave: {fault}");
                std::process::abort();
            }),
            on_health: Arc::new(|_| {}),
            ballast_bytes: 16 << 20,
            measure: Arc::new(room::measure),
        }
    }
}

impl std::fmt::Debug for SqliteSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteSettings")
            .field("queue_length_max", &self.queue_length_max)
            .field("batch_length_max", &self.batch_length_max)
            .field("readers", &self.readers)
            .finish_non_exhaustive()
    }
}

/// State and journal of one plan in one folder.
pub struct SqliteStore {
    shared: Arc<Shared>,
    /// Each tenant of a reader is one connection, opened when it is first wanted.
    readers: Vec<Mutex<Option<Reader>>>,
    numbers: Numbers,
    epoch: u32,
    queue: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
    /// Held for the life of the store: nobody else uses the folder.
    _lock: File,
}

/// What the threads share.
struct Shared {
    plan: Arc<Plan>,
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
    settings: SqliteSettings,
    /// The database file.
    path: PathBuf,
    counters: Counters,
    health: Health,
    room: Room,
    /// Writes are refused until then, in microseconds since 1970.
    held_until_us: AtomicI64,
    /// The write-ahead log has grown long enough to start again: set by the checkpointer, done by the writer.
    is_log_full: AtomicBool,
}

impl SqliteStore {
    /// Opens the store in a folder: takes the folder's lock, creates or brings the database to the plan,
    /// starts the writer. The database is `architrave.sqlite` in it.
    ///
    /// # Errors
    /// The folder is in use or cannot be written; the file is foreign, damaged or of a newer version; the
    /// vault lacks a key; the plan does not fit the stored data (all that would be lost is listed).
    pub fn open(
        folder: &Path,
        plan: Arc<Plan>,
        vault: Arc<Vault>,
        clock: Arc<dyn Clock>,
        settings: SqliteSettings,
    ) -> Result<Self, Fault> {
        let lock = open::lock(folder)?;
        let room = Room::open(folder, &settings);
        let health = Health::new(Arc::clone(&settings.on_health));
        if !room.is_back() {
            health.failed(&room::no_room(folder));
        }
        let path = folder.join(FILE);
        let connection = open::writer(&path, &settings)?;
        let now_us = clock.now_us();
        keys::check(&connection, &vault)?;
        evolve::evolve(&connection, &plan, now_us)?;
        let mark = mark::open(folder, &connection, now_us)?;
        let numbers = journal::numbers(&connection, &plan)?;
        let (head, _) = journal::bounds(&connection)?;
        let last_us: i64 = connection
            .query_row(
                "SELECT COALESCE(MAX(at_us), 0) FROM _journal_tx WHERE seq = ?1",
                [head.cast_signed()],
                |row| row.get(0),
            )
            .or_fault("the journal cannot be read")?;
        let epoch = mark.epoch();
        let counters = Counters::default();
        *counters.position.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(Position { epoch, seq: head, idx: u16::MAX });
        let readers = (0..settings.readers.max(1)).map(|_| Mutex::new(None)).collect();
        let is_log_full = AtomicBool::new(false);
        let shared = Arc::new(Shared {
            plan,
            vault,
            clock,
            settings,
            path,
            counters,
            health,
            room,
            held_until_us: AtomicI64::new(0),
            is_log_full,
        });
        let (queue, jobs) = sync_channel(shared.settings.queue_length_max);
        let (committed, woken) = sync_channel(1);
        let writer = Writer {
            shared: Arc::clone(&shared),
            connection,
            numbers: numbers.clone(),
            mark,
            last_us,
            committed,
        };
        let beside = Arc::clone(&shared);
        let threads = vec![
            spawn("store-writer", move || writer.run(&jobs))?,
            spawn("store-checkpoint", move || checkpoint::run(&beside, &woken))?,
        ];
        Ok(Self { shared, readers, numbers, epoch, queue: Some(queue), threads, _lock: lock })
    }

    /// Runs something on a read connection: the thread's own where it is free.
    fn read_with<T>(&self, run: impl FnOnce(&mut Reader) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut slot = self.slot();
        if slot.is_none() {
            *slot = Some(Reader::open(&self.shared)?);
        }
        let Some(reader) = slot.as_mut() else { return Err(Fault::new("no reader", "")) };
        reader.start();
        run(reader)
    }

    /// Puts a write into the queue.
    fn queued(&self, decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>> {
        let (answer, answered) = oneshot::channel();
        if self.shared.health.is_storage_full() {
            let fault = room::no_room(self.shared.room.folder());
            return Box::pin(std::future::ready(Err(fault)));
        }
        let counters = &self.shared.counters;
        counters.queue_length.fetch_add(1, Relaxed);
        let sent = match &self.queue {
            Some(queue) => queue.try_send(Job { decide, answer }),
            None => Err(TrySendError::Disconnected(Job { decide, answer })),
        };
        let refused = sent.err().map(|error| {
            counters.queue_length.fetch_sub(1, Relaxed);
            let mut fault = match error {
                TrySendError::Full(_) => Fault::new("too many writes are waiting", ""),
                TrySendError::Disconnected(_) => Fault::new("the writer has stopped", "restart"),
            };
            fault.is_transient = true;
            fault
        });
        Box::pin(async move {
            if let Some(fault) = refused {
                return Err(fault);
            }
            answered.await.unwrap_or_else(|_| {
                let mut fault = Fault::new("the writer ended before it answered", "restart");
                fault.is_outcome_unknown = true;
                Err(fault)
            })
        })
    }

    fn slot(&self) -> MutexGuard<'_, Option<Reader>> {
        thread_local! {
            static NUMBER: usize = {
                static NEXT: AtomicUsize = AtomicUsize::new(0);
                NEXT.fetch_add(1, Relaxed)
            };
        }
        let own = NUMBER.with(|it| *it);
        let count = self.readers.len();
        for step in 0..count {
            let Some(slot) = self.readers.get((own + step) % count) else { continue };
            match slot.try_lock() {
                Ok(guard) => return guard,
                // A read that panicked left a connection, not data: it can go on.
                Err(TryLockError::Poisoned(it)) => return it.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        #[expect(
            clippy::indexing_slicing,
            reason = "there is at least one reader, and own % count is below count"
        )]
        self.readers[own % count].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Without senders the writer finishes what is queued and ends; the checkpointer follows it.
        self.queue = None;
        for reader in &self.readers {
            *reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, Fault> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| Fault::new(format!("a thread cannot be started: {error}"), ""))
}

impl Store for SqliteStore {
    fn read<'a>(
        &'a self,
        read: &'a Read,
        out: &'a mut Vec<u8>,
    ) -> Step<'a, Result<ReadAnswer, Fault>> {
        Step::Ready(self.read_with(|reader| match read {
            Read::One(one) => reader.one(one, out),
            Read::List(list) => reader.list(list, out),
        }))
    }

    fn events<'a>(&'a self, read: &'a EventsRead) -> Step<'a, Result<EventsPage, Fault>> {
        let known = (&*self.shared.plan, &*self.shared.vault, &self.numbers);
        Step::Ready(self.read_with(|reader| {
            reader.snapshot(|reader| journal::read(&reader.connection, known, self.epoch, read))
        }))
    }

    fn load<'a>(
        &'a self,
        tenant: Option<Uuid>,
        needs: &'a [Need],
        rows: &'a mut Rows,
    ) -> Step<'a, Result<(), Fault>> {
        let now_us = self.shared.clock.now_us();
        Step::Ready(self.read_with(|reader| {
            reader.snapshot(|reader| {
                let loader = Loader {
                    connection: &reader.connection,
                    plan: &self.shared.plan,
                    vault: &self.shared.vault,
                    loads: &reader.loads,
                    tenant,
                    now_us,
                };
                needs.iter().try_for_each(|it| loader.load(it, rows, &mut Sealed::new()))
            })
        }))
    }

    fn write(&self, decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>> {
        if self.shared.clock.now_us() < self.shared.held_until_us.load(Relaxed) {
            return Box::pin(std::future::ready(Err(hold::held())));
        }
        self.queued(decide)
    }

    fn hold_writes(&self, until_us: i64) -> Later<'static, Result<(), Fault>> {
        self.shared.held_until_us.store(until_us, Relaxed);
        let all_before = self.queued(Box::new(hold::Nothing));
        Box::pin(async move { all_before.await.map(drop) })
    }

    fn purgeable<'a>(
        &'a self,
        entity: EntityId,
        now_us: i64,
        after: (i64, Uuid),
        count_max: u32,
    ) -> Step<'a, Result<Vec<Purgeable>, Fault>> {
        let plan = &self.shared.plan;
        let (Some(text), Some(keep_us)) = (
            raw::purgeable(plan, architrave_plan::sql::Dialect::Sqlite, entity),
            plan[entity].keep_deleted_us,
        ) else {
            return Step::Ready(Ok(Vec::new()));
        };
        Step::Ready(self.read_with(|reader| {
            let doing = "rows to purge cannot be looked up";
            let mut statement = reader.connection.prepare_cached(&text.text).or_fault(doing)?;
            let until = now_us.saturating_sub(keep_us);
            let rows = statement
                .query_map(params![until, after.0, after.1.as_bytes(), count_max], |row| {
                    let tenant: Option<[u8; 16]> = row.get(0)?;
                    Ok(Purgeable {
                        tenant: tenant.map(Uuid::from_bytes),
                        id: Uuid::from_bytes(row.get(1)?),
                        deleted_at_us: row.get(2)?,
                    })
                })
                .or_fault(doing)?;
            rows.collect::<Result<_, _>>().or_fault(doing)
        }))
    }

    fn status(&self) -> StoreStatus {
        let shared = &self.shared;
        let counters = &shared.counters;
        let trouble = shared.health.trouble();
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |it| it.len());
        let mut batch_sizes = [0; 9];
        batch_sizes
            .iter_mut()
            .zip(&counters.batch_sizes)
            .for_each(|(to, from)| *to = from.load(Relaxed));
        StoreStatus {
            is_ready: trouble.is_none(),
            is_storage_full: trouble.as_ref().is_some_and(|it| it.is_storage_full),
            reason: trouble.map(|it| it.to_string()).unwrap_or_default(),
            queue_length: counters.queue_length.load(Relaxed),
            queue_length_max: shared.settings.queue_length_max as u64,
            commits: counters.commits.load(Relaxed),
            transactions: counters.transactions.load(Relaxed),
            batch_sizes,
            commit_us: counters.commit_us.load(Relaxed),
            writer_us: counters.writer_us.load(Relaxed),
            position: *counters.position.lock().unwrap_or_else(PoisonError::into_inner),
            database_bytes: bytes(&shared.path),
            wal_bytes: bytes(&checkpoint::wal_path(shared)),
            wal_bytes_max: shared.settings.wal_bytes_max,
            room_bytes: shared.room.left_bytes(),
        }
    }
}

impl Directory for SqliteStore {
    fn link<'a>(
        &'a self,
        tenant: Option<Uuid>,
        issuer: &'a str,
        subject: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        Step::Ready(self.read_with(|it| loader::find_link(&it.connection, tenant, issuer, subject)))
    }

    fn tenant_exists<'a>(&'a self, tenant: Uuid) -> Step<'a, Result<bool, Fault>> {
        let plan = &self.shared.plan;
        Step::Ready(self.read_with(|it| directory::tenant_exists(&it.connection, plan, tenant)))
    }

    fn tenant_by_field<'a>(
        &'a self,
        field: usize,
        value: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>> {
        let known = (&*self.shared.plan, &*self.shared.vault);
        Step::Ready(
            self.read_with(|it| directory::tenant_by_field(&it.connection, known, field, value)),
        )
    }

    fn api_key<'a>(&'a self, id: &'a str) -> Step<'a, Result<Option<ApiKeyRecord>, Fault>> {
        Step::Ready(self.read_with(|it| directory::api_key(&it.connection, id)))
    }

    fn api_keys<'a>(&'a self, tenant: Option<Uuid>) -> Step<'a, Result<Vec<ApiKeyRecord>, Fault>> {
        Step::Ready(self.read_with(|it| directory::api_keys(&it.connection, tenant)))
    }
}
