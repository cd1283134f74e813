//! The writer: one thread, one connection, group commit. Jobs that wait are taken together, each runs in
//! its own savepoint, one sync makes all of them durable, and only then is anyone answered.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, PoisonError,
        atomic::Ordering::Relaxed,
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    time::Duration,
};

use architrave_engine::{
    Fault,
    ports::{Decide, Written},
};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::{
    Shared, checkpoint,
    fault::{CHECK_THE_DISK, OrFault, fault},
    job::Workshop,
    mark::Mark,
    remember, room, words,
};
use crate::shared::journal::Numbers;

/// How long the writer waits for work before it tidies up.
const IDLE: Duration = Duration::from_secs(1);

/// A decision in the queue.
pub(super) struct Job {
    pub(super) decide: Box<dyn Decide>,
    pub(super) answer: oneshot::Sender<Result<Written, Fault>>,
}

/// What the writer's thread owns.
pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
    pub(super) numbers: Numbers,
    pub(super) mark: Mark,
    /// The last transaction's time: the next one's is later.
    pub(super) last_us: i64,
    /// Wakes the checkpointer.
    pub(super) committed: SyncSender<()>,
}

type Answered = (oneshot::Sender<Result<Written, Fault>>, Result<Written, Fault>);

impl Writer {
    /// Works until all senders are gone, then finishes what is queued.
    pub(super) fn run(self, queue: &Receiver<Job>) {
        let Self { shared, connection, numbers, mark, mut last_us, committed } = self;
        connection.set_prepared_statement_cache_capacity(512);
        let mut workshop =
            Workshop::new(&connection, (&shared.plan, &shared.vault), &numbers, mark.epoch());
        let mut may_merge = true;
        loop {
            let first = match queue.recv_timeout(IDLE) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    tidy(&shared, &connection, &committed);
                    may_merge = may_merge && merge(&shared, &connection, &committed);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            };
            let started = shared.clock.monotonic_us();
            let mut batch = vec![first];
            while batch.len() < shared.settings.batch_length_max {
                let Ok(job) = queue.try_recv() else { break };
                batch.push(job);
            }
            shared.counters.queue_length.fetch_sub(batch.len() as u64, Relaxed);
            let group = Group { shared: &shared, connection: &connection, mark: &mark };
            let answered = group.commit(&mut workshop, batch, &mut last_us);
            let _ = committed.try_send(());
            for (answer, result) in answered {
                // Nobody may be waiting any more; the write stands all the same.
                let _ = answer.send(result);
            }
            may_merge = true;
            checkpoint::catch_up(&shared, &connection);
            let took_us = shared.clock.monotonic_us().saturating_sub(started);
            shared.counters.writer_us.fetch_add(took_us, Relaxed);
        }
    }
}

struct Group<'a> {
    shared: &'a Shared,
    connection: &'a Connection,
    mark: &'a Mark,
}

impl Group<'_> {
    fn commit(
        &self,
        workshop: &mut Workshop<'_>,
        batch: Vec<Job>,
        last_us: &mut i64,
    ) -> Vec<Answered> {
        if let Err(fault) = self.begin() {
            return batch.into_iter().map(|it| (it.answer, Err(fault.clone()))).collect();
        }
        let mut answered: Vec<Answered> = Vec::with_capacity(batch.len());
        for mut job in batch {
            *last_us = self.shared.clock.now_us().max(*last_us + 1);
            let result = if self.connection.is_autocommit() {
                // A savepoint outside of a transaction would commit by itself.
                Err(given_up())
            } else {
                self.one(workshop, job.decide.as_mut(), *last_us)
            };
            answered.push((job.answer, result));
        }
        // SQLite gives a whole transaction up on some errors (a full disk, no memory).
        if self.connection.is_autocommit() {
            let cause = answered.iter().find_map(|(_, it)| it.as_ref().err()).cloned();
            return lost(answered, &cause.unwrap_or_else(given_up));
        }
        let started = self.shared.clock.monotonic_us();
        match self.execute("COMMIT") {
            Ok(()) => {
                let took = self.shared.clock.monotonic_us().saturating_sub(started);
                self.shared.counters.committed(answered.len(), took);
                self.acknowledge(&answered);
                answered
            }
            Err(error) => lost(answered, &self.commit_failed(&error)),
        }
    }

    /// Starts a transaction where there is room for it.
    fn begin(&self) -> Result<(), Fault> {
        let Shared { room, health, .. } = self.shared;
        if health.is_storage_full() || room.is_low() {
            let fault = room::no_room(room.folder());
            health.failed(&fault);
            return Err(fault);
        }
        self.execute("BEGIN IMMEDIATE")
            .map_err(|error| self.failed("a transaction cannot be started", &error))
    }

    fn one(
        &self,
        workshop: &mut Workshop<'_>,
        decide: &mut dyn Decide,
        now_us: i64,
    ) -> Result<Written, Fault> {
        self.execute("SAVEPOINT job").or_fault("a savepoint cannot be set")?;
        let result = catch_unwind(AssertUnwindSafe(|| workshop.run(decide, now_us)))
            .unwrap_or_else(|_| {
                Err(Fault::new(
                    "a decision panicked; nothing of it was stored",
                    "please report this",
                ))
            });
        if let Some(fault) = result.as_ref().err().filter(|it| it.is_transient) {
            self.shared.troubled(fault);
        }
        if self.connection.is_autocommit() {
            return result;
        }
        if result.is_err() {
            self.execute("ROLLBACK TO job").or_fault("a failed write cannot be undone")?;
        }
        self.execute("RELEASE job").or_fault("a savepoint cannot be released")?;
        result
    }

    fn acknowledge(&self, answered: &[Answered]) {
        let is_failing =
            answered.iter().any(|(_, it)| it.as_ref().is_err_and(|fault| fault.is_transient));
        let last = answered.iter().filter_map(|(_, it)| it.as_ref().ok()?.position).max();
        if last.is_some() && !is_failing {
            self.shared.health.works();
        }
        if let Some(position) = last {
            *self.shared.counters.position.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(position);
            // A mark that lags behind only notices less; the write itself is durable.
            let _ = self.mark.acknowledge(position.seq);
        }
    }

    /// What a failed commit means: a full disk is a clean refusal, anything about the disk itself leaves
    /// the outcome unknown, and going on with the connection could overwrite what may yet be stored.
    fn commit_failed(&self, error: &rusqlite::Error) -> Fault {
        let code = error.sqlite_error_code();
        let is_clean = matches!(
            code,
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::ConstraintViolation)
        );
        if is_clean {
            let fault = self.failed("a transaction cannot be committed", error);
            if !self.connection.is_autocommit() {
                let _ = self.execute("ROLLBACK");
            }
            return fault;
        }
        let mut fault = fault("a commit failed and its outcome is unknown", error);
        fault.is_outcome_unknown = true;
        fault.is_transient = true;
        CHECK_THE_DISK.clone_into(&mut fault.help);
        self.shared.troubled(&fault);
        fault
    }

    fn failed(&self, doing: &str, error: &rusqlite::Error) -> Fault {
        let mut fault = fault(doing, error);
        fault.is_transient = true;
        self.shared.troubled(&fault);
        fault
    }

    fn execute(&self, sql: &str) -> Result<(), rusqlite::Error> {
        self.connection.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}

impl Shared {
    /// Writing failed: whoever asks for the store's health is told, and where nobody knows what the disk
    /// holds the process ends before anyone is answered.
    fn troubled(&self, fault: &Fault) {
        if fault.is_storage_full {
            self.room.give_way();
        }
        self.health.failed(fault);
        if fault.is_outcome_unknown {
            (self.settings.on_fatal)(fault);
        }
    }
}

/// Idle: removes answers whose time is over and, after trouble, tries whether writing works again: with
/// health at "not ready" nobody may send the write that would show it.
fn tidy(shared: &Shared, connection: &Connection, committed: &SyncSender<()>) {
    let Some(trouble) = shared.health.trouble() else {
        if let Err(fault) = remember::sweep(connection, shared.clock.now_us()) {
            shared.troubled(&fault);
        }
        return;
    };
    if trouble.is_storage_full && !shared.room.is_back() {
        // What the log takes can be given back.
        let _ = committed.try_send(());
        return;
    }
    match probe(connection, shared.clock.now_us()) {
        Ok(()) => {
            shared.room.refill();
            shared.health.works();
        }
        Err(error) => {
            if !connection.is_autocommit() {
                let _ = connection.execute_batch("ROLLBACK");
            }
            shared.troubled(&fault("writing was tried again", &error));
        }
    }
}

/// Idle and well: a step towards full-text indexes of one piece; whether there may be more to do.
fn merge(shared: &Shared, connection: &Connection, committed: &SyncSender<()>) -> bool {
    if shared.health.trouble().is_some() || shared.room.is_low() {
        return true;
    }
    match words::merge(connection, &shared.plan) {
        Ok(has_more) => {
            let _ = committed.try_send(());
            has_more
        }
        Err(error) => {
            shared.troubled(&fault("a full-text index cannot be merged", &error));
            false
        }
    }
}

/// Writes something of the size of a large write, and makes it small again: a quota is met here and not
/// by the next caller.
fn probe(connection: &Connection, now_us: i64) -> Result<(), rusqlite::Error> {
    const PROBE_BYTES: usize = 1 << 20;
    let write = "INSERT OR REPLACE INTO _meta (name, value) VALUES ('probed_at_us', ?1)";
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute(write, [rusqlite::types::Value::Blob(vec![0; PROBE_BYTES])])?;
    connection.execute(write, [now_us])?;
    connection.execute_batch("COMMIT")
}

/// Nobody's write was stored: also those that had gone well fail.
fn lost(answered: Vec<Answered>, fault: &Fault) -> Vec<Answered> {
    answered
        .into_iter()
        .map(|(answer, result)| (answer, Err(result.err().unwrap_or_else(|| fault.clone()))))
        .collect()
}

fn given_up() -> Fault {
    let mut fault = Fault::new("the transaction was given up; nothing of it was stored", "");
    fault.is_transient = true;
    fault
}
