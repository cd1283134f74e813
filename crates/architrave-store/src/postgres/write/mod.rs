//! Writes: one writer with one session takes the jobs that wait, decides them in lockstep, applies their changes with
//! few statements, and commits all of them at once. Only then is anyone answered.
//!
//! Rows are loaded without locks. What a decision rests on is found unchanged before anything is changed (`changes`),
//! or the decision is made again; so the answers are those that one writer would have given in some order, whatever
//! other nodes do meanwhile. Jobs that touch each other do not share a batch (`independent`). Whatever a batch as a
//! whole cannot do, its jobs do one by one (`writer`).

mod batch;
mod changes;
mod independent;
mod journal;
mod sequence;
mod trouble;
mod turn;
mod unknown;
mod writer;

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering::Relaxed};

use architrave_engine::{
    Fault,
    ports::{Decide, Later, Written},
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};

use super::store::Shared;
use turn::Pending;

/// How often the size of the database is asked for.
const WEIGH_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// The queue in front of the writer.
pub(super) struct Writing {
    /// Taken when the store ends: without it the writer finishes what is queued and ends.
    queue: Mutex<Option<mpsc::Sender<Pending>>>,
    /// Told when the writer has ended.
    ended: Mutex<Option<std::sync::mpsc::Receiver<()>>>,
}

/// Starts the writer.
pub(super) fn start(shared: &Arc<Shared>) -> Writing {
    let (queue, jobs) = mpsc::channel(shared.settings().queue_length_max.max(1));
    let (tell, ended) = std::sync::mpsc::sync_channel(1);
    let writer = writer::Writer::new(Arc::clone(shared));
    shared.handle.spawn(async move {
        writer.run(jobs).await;
        // Whoever waited may have given up.
        let _ = tell.send(());
    });
    shared.handle.spawn(weigh(Arc::clone(shared)));
    Writing { queue: Mutex::new(Some(queue)), ended: Mutex::new(Some(ended)) }
}

/// Asks now and then how large the database is: the server looks at every file for it.
async fn weigh(shared: Arc<Shared>) {
    loop {
        if let Ok(session) = shared.line.session().await {
            let asked = session.rows("SELECT pg_database_size(current_database())", Vec::new());
            let bytes = asked.await.ok().and_then(|it| it.first()?.try_get::<_, i64>(0).ok());
            if let Some(bytes) = bytes {
                shared.counters.database_bytes.store(bytes.unsigned_abs(), Relaxed);
            }
        }
        tokio::time::sleep(WEIGH_EVERY).await;
    }
}

impl Writing {
    /// Queues a job; the answer comes when it is durable.
    pub(super) fn write(
        &self,
        shared: &Shared,
        decide: Box<dyn Decide>,
    ) -> Later<'static, Result<Written, Fault>> {
        if let Some(fault) = shared.health.trouble().filter(|it| it.is_storage_full) {
            return Box::pin(std::future::ready(Err(fault)));
        }
        let (answer, answered) = oneshot::channel();
        shared.counters.queue_length.fetch_add(1, Relaxed);
        let pending = Pending::new(decide, answer);
        let sent = match &*self.queue.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(queue) => queue.try_send(pending),
            None => Err(TrySendError::Closed(pending)),
        };
        let refused = sent.err().map(|error| {
            shared.counters.queue_length.fetch_sub(1, Relaxed);
            let fault = match error {
                TrySendError::Full(_) => Fault::new("too many writes are waiting", ""),
                TrySendError::Closed(_) => Fault::new("the writer has stopped", "restart"),
            };
            Fault { is_transient: true, ..fault }
        });
        Box::pin(async move {
            if let Some(fault) = refused {
                return Err(fault);
            }
            answered.await.unwrap_or_else(|_| {
                let fault = Fault::new("the writer ended before it answered", "restart");
                Err(Fault { is_outcome_unknown: true, ..fault })
            })
        })
    }

    /// Takes no more jobs and waits until those in the queue are done, so long at most.
    pub(super) fn end(&self, within: std::time::Duration) {
        *self.queue.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(ended) = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = ended.recv_timeout(within);
        }
    }
}
