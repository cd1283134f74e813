//! The writer: takes what waits, runs it as a batch, and does again what others were in the way of: a bounded number of
//! times, further and further apart.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, atomic::Ordering::Relaxed},
    time::Duration,
};

use architrave_engine::{
    Fault,
    ports::{Conflict, Position},
};
use tokio::{
    sync::mpsc::Receiver,
    time::{sleep, timeout},
};

use super::{
    batch::{Progress, Workshop},
    trouble::Trouble,
    turn::{Pending, Turn},
    unknown::{Settled, settle, timeline, unknown},
};
use crate::postgres::{
    fault::fault,
    journal,
    line::{Line, chance},
    session::Session,
    store::Shared,
};

/// How long the writer waits for work before it tidies up.
const IDLE: Duration = Duration::from_secs(1);
/// Most turns of a job that come to nothing because of others.
const ATTEMPTS_MAX: u32 = 10;
/// The wait after the first of them, doubled after each more, up to the longest.
const WAIT_MIN: Duration = Duration::from_millis(1);
const WAIT_MAX: Duration = Duration::from_millis(200);
/// What a batch may take beyond the longest of its statements: then nobody is at the other end.
const SILENCE_MAX: Duration = Duration::from_secs(5);
/// Most expired answers that one sweep removes.
const SWEEP_MAX: i64 = 500;

/// The one writer of a node.
pub(super) struct Writer {
    workshop: Workshop,
    line: Line,
    /// The session of the last batch, and which history its server writes.
    at: Option<(Arc<Session>, String)>,
    waiting: VecDeque<Pending>,
    /// The last transaction's time: the next one's is later.
    last_us: i64,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let line = Line::new(Arc::clone(&shared.access), "writer");
        Self {
            workshop: Workshop::new(shared),
            line,
            at: None,
            waiting: VecDeque::new(),
            last_us: i64::MIN,
        }
    }

    /// Works until all senders are gone, then finishes what is queued.
    pub(super) async fn run(mut self, mut queue: Receiver<Pending>) {
        loop {
            if self.waiting.is_empty() {
                match timeout(IDLE, queue.recv()).await {
                    Ok(Some(job)) => self.take(job),
                    Ok(None) => return,
                    Err(_) => {
                        self.tidy().await;
                        continue;
                    }
                }
            }
            let most = self.shared().settings().batch_length_max.max(1);
            while self.waiting.len() < most {
                let Ok(job) = queue.try_recv() else { break };
                self.take(job);
            }
            let started = self.shared().clock.monotonic_us();
            let batch = self.next_batch(most);
            self.do_batch(batch).await;
            let shared = self.shared();
            let took_us = shared.clock.monotonic_us().saturating_sub(started);
            shared.counters.writer_us.fetch_add(took_us, Relaxed);
        }
    }

    fn shared(&self) -> &Shared {
        &self.workshop.shared
    }

    fn take(&mut self, job: Pending) {
        self.shared().counters.queue_length.fetch_sub(1, Relaxed);
        self.waiting.push_back(job);
    }

    /// The jobs at the front, or the one there that has to be alone.
    fn next_batch(&mut self, most: usize) -> Vec<Turn> {
        let mut batch: Vec<Turn> = Vec::new();
        while batch.len() < most {
            let Some(next) = self.waiting.front() else { break };
            if next.is_solo && !batch.is_empty() {
                break;
            }
            let Some(next) = self.waiting.pop_front() else { break };
            let is_solo = next.is_solo;
            self.last_us = self.workshop.shared.clock.now_us().max(self.last_us.saturating_add(1));
            batch.push(Turn::new(next, self.last_us));
            if is_solo {
                break;
            }
        }
        batch
    }

    async fn do_batch(&mut self, mut turns: Vec<Turn>) {
        let session = match self.session().await {
            Ok(session) => session,
            Err(fault) if fault.is_transient => {
                self.shared().health.failed(&fault);
                return self.retry(turns, &fault).await;
            }
            Err(fault) => return self.fail(turns, &fault),
        };
        let mut progress = Progress::default();
        let limit = Duration::from_millis(self.shared().settings().statement_ms_max) + SILENCE_MAX;
        let running = self.workshop.run(&session, &mut turns, &mut progress);
        let done = timeout(limit, running).await.unwrap_or_else(|_| {
            let what = format!("the server did not answer for {} s", limit.as_secs());
            Err(Trouble::Lost(Fault { is_transient: true, ..Fault::new(what, "") }))
        });
        let trouble = match done {
            Ok(()) => return self.finish(turns),
            Err(trouble) => trouble,
        };
        let is_lost = matches!(trouble, Trouble::Lost(_)) || session.is_closed();
        let timeline = self.at.as_ref().map(|(_, it)| it.clone()).unwrap_or_default();
        if is_lost || self.workshop.roll_back(&session, &mut progress).await.is_err() {
            self.leave(session).await;
        }
        match trouble {
            Trouble::Lost(fault) if progress.is_committing => {
                self.settle(turns, (progress.transaction, &timeline), &fault).await;
            }
            other => self.after(turns, other).await,
        }
    }

    /// Ends a session of which nobody knows what it is in the middle of.
    async fn leave(&mut self, session: Arc<Session>) {
        self.at = None;
        self.line.leave(&session).await;
    }

    /// The session, and which history its server writes.
    async fn session(&mut self) -> Result<Arc<Session>, Fault> {
        let session = self.line.session().await?;
        if self.at.as_ref().is_none_or(|(it, _)| !Arc::ptr_eq(it, &session)) {
            // Statements here find their rows by keys; made once, a plan stays good.
            let set = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off";
            let begun = async {
                session.client().batch_execute(set).await?;
                journal::settle(self.shared(), session.client(), false).await?;
                timeline(&session).await
            };
            match begun.await {
                Ok(timeline) => self.at = Some((Arc::clone(&session), timeline)),
                Err(error) => {
                    let fault = fault(&error, &self.shared().access.address);
                    self.leave(session).await;
                    return Err(fault);
                }
            }
        }
        Ok(session)
    }

    /// All that is not deferred is durable.
    fn finish(&mut self, turns: Vec<Turn>) {
        let shared = &self.workshop.shared;
        let last = turns.iter().filter_map(|it| it.position).max();
        if let Some(position) = last {
            *shared.counters.position.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(position);
            shared.journal.wrote(position.seq);
            shared.health.works();
        }
        for turn in turns.into_iter().rev() {
            if turn.is_deferred {
                self.waiting.push_front(turn.again());
            } else {
                turn.finish();
            }
        }
    }

    /// Nothing was stored: what is done again, and what is answered.
    async fn after(&mut self, turns: Vec<Turn>, trouble: Trouble) {
        match trouble {
            Trouble::Apart => self.again(turns, |_| {}),
            Trouble::OneOfMany => self.again(turns, |it| it.is_solo = true),
            Trouble::Conflict(conflict) => self.conflict(turns, conflict).await,
            Trouble::Moved => {
                let what = Fault::new("the rows are being changed by many others", "");
                self.retry(turns, &what).await;
            }
            Trouble::Lost(fault) => self.retry(turns, &fault).await,
            // What only one job does is no reason to fail the others.
            Trouble::Fault(fault) if turns.len() > 1 && !fault.is_transient => {
                self.again(turns, |it| it.is_solo = true);
            }
            Trouble::Fault(fault) => self.fail(turns, &fault),
        }
    }

    fn again(&mut self, turns: Vec<Turn>, change: impl Fn(&mut Pending)) {
        for turn in turns.into_iter().rev() {
            let mut pending = turn.again();
            change(&mut pending);
            self.waiting.push_front(pending);
        }
    }

    /// Does them again, as often as that may be, after a wait by chance so that nodes do not meet again.
    async fn retry(&mut self, turns: Vec<Turn>, fault: &Fault) {
        let attempts = turns.iter().map(|it| it.pending.attempts).max().unwrap_or_default();
        let (over, again): (Vec<Turn>, Vec<Turn>) =
            turns.into_iter().partition(|it| it.pending.attempts + 1 >= ATTEMPTS_MAX);
        self.fail(over, &Fault { is_transient: true, ..fault.clone() });
        // Few jobs are less in each other's way than many.
        self.again(again, |it| {
            it.attempts += 1;
            it.is_solo |= it.attempts > 1;
        });
        let wait = WAIT_MIN.saturating_mul(1 << attempts.min(16)).min(WAIT_MAX);
        sleep(wait.mul_f64(0.5 + chance())).await;
    }

    fn fail(&self, turns: Vec<Turn>, fault: &Fault) {
        if fault.is_transient {
            self.shared().health.failed(fault);
        }
        for turn in turns {
            turn.pending.answer(Err(fault.clone()));
        }
    }

    /// The database refused a change of the only job that stores something: the job says what its caller gets.
    async fn conflict(&mut self, turns: Vec<Turn>, conflict: Conflict) {
        let (stored, others): (Vec<Turn>, Vec<Turn>) = turns.into_iter().partition(Turn::is_stored);
        self.again(others, |_| {});
        // Rows that came or went meanwhile change what is decided: it is decided once more before it is refused.
        let may_be_old = !matches!(conflict, Conflict::Unique { .. });
        for mut turn in stored {
            if may_be_old && turn.pending.attempts == 0 {
                turn.pending.attempts += 1;
                turn.pending.is_solo = true;
                self.waiting.push_front(turn.again());
                continue;
            }
            let outcome = turn.pending.decide().conflicted(conflict.clone());
            if !outcome.changes.is_empty() {
                let what = "an answer to a conflict wants to change rows";
                turn.pending.answer(Err(Fault::new(what, "")));
                continue;
            }
            if outcome.remember.is_none() {
                turn.outcome = Some(outcome);
                turn.finish();
                continue;
            }
            turn.pending.is_solo = true;
            turn.has_drawn = false;
            turn.outcome = Some(outcome);
            // Its answer is all there is to store; it has its outcome, and is not decided again.
            Box::pin(self.do_batch(vec![turn])).await;
        }
    }

    /// The session broke while the commit was on its way.
    async fn settle(
        &mut self,
        turns: Vec<Turn>,
        (transaction, timeline): (Option<i64>, &str),
        fault: &Fault,
    ) {
        let settled = match transaction {
            Some(number) => settle(&self.line, number, timeline).await,
            // Nothing but answers to remember: to store them twice does no harm.
            None => Settled::Gone,
        };
        match settled {
            Settled::Gone => self.retry(turns, fault).await,
            Settled::Unknown => {
                self.shared().health.failed(fault);
                self.fail(turns, &unknown(fault));
            }
            Settled::Stored(seq) => {
                let epoch = self.shared().epoch.load(Relaxed);
                let mut turns = turns;
                for turn in turns.iter_mut().filter(|it| it.has_changes() && !it.is_deferred) {
                    // Not before this one: readers who wait for it see the write.
                    turn.position =
                        Some(Position { epoch, seq: seq.unsigned_abs(), idx: u16::MAX });
                }
                self.finish(turns);
            }
        }
    }

    /// Idle: removes answers whose time is over and, after trouble, tries whether writing works again: with health at
    /// "not ready" nobody may send the write that would show it.
    async fn tidy(&mut self) {
        let Ok(session) = self.session().await.inspect_err(|it| self.shared().health.failed(it))
        else {
            return;
        };
        let shared = &self.workshop.shared;
        let done = match shared.health.trouble() {
            Some(trouble) => probe(&session, trouble.is_storage_full).await,
            None => sweep(&session, shared.clock.now_us()).await,
        };
        match done {
            Ok(()) => shared.health.works(),
            Err(error) => {
                let fault = fault(&error, &shared.access.address);
                shared.health.failed(&fault);
                self.leave(session).await;
            }
        }
    }
}

async fn sweep(session: &Session, now_us: i64) -> Result<(), tokio_postgres::Error> {
    use crate::postgres::value::Bound;
    let text = "DELETE FROM architrave.idempotency WHERE key IN (SELECT key FROM architrave.idempotency \
                WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)";
    session.rows(text, vec![Bound::Timestamp(now_us), Bound::Int(SWEEP_MAX)]).await.map(|_| ())
}

/// Writes something and takes it back. Where the disk was full it is as large as a large write and cannot be made
/// smaller, so that a full disk is met here and not by the next caller.
async fn probe(session: &Session, was_full: bool) -> Result<(), tokio_postgres::Error> {
    let bytes = if was_full { "repeat(gen_random_uuid()::text, 30000)" } else { "''" };
    let write = format!(
        "BEGIN; INSERT INTO architrave.idempotency (key, fingerprint, status, body, is_sealed, expires_at) \
         VALUES (uuid_send(gen_random_uuid()), '', 0, convert_to({bytes}, 'UTF8'), false, '-infinity'); ROLLBACK"
    );
    let done = session.client().batch_execute(&write).await;
    if done.is_err() {
        session.client().batch_execute("ROLLBACK").await?;
    }
    done
}
