//! Rate limits that all nodes count together, in the database by default. Each node asks for a few requests in advance
//! (`slice`), for all callers that wait at the same time with one statement (`statement`); most requests are answered
//! on the spot.
//!
//! The table is not logged: after a crash of the server all budgets are full, once.

mod slice;
mod statement;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use architrave_engine::{
    Fault,
    ports::{LimitKey, Limiter, Step, Taken},
};
use tokio::sync::{Notify, oneshot};

use self::{
    slice::{Said, Slice},
    statement::Question,
};
use super::{fault, line::Line, store::Shared};

/// Most budgets asked for with one statement.
const QUESTIONS_MAX: usize = 256;
/// Most requests that wait for the database; one more is refused at once.
const WAITING_MAX: usize = 10_000;
/// Slices kept in memory before those that are over are forgotten.
const SLICES_MAX: usize = 100_000;
/// How often slices that are over are given back.
const GIVE_BACK_EVERY: Duration = Duration::from_millis(500);
/// How often budgets that are full are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Counts requests together with the other nodes of a store.
pub struct PostgresLimiter {
    state: Arc<State>,
}

struct State {
    started: Instant,
    inner: Mutex<Inner>,
    wake: Notify,
    line: Line,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Inner {
    slices: HashMap<LimitKey, Held>,
    waiting: BTreeMap<LimitKey, Vec<oneshot::Sender<Result<Taken, Fault>>>>,
    waiting_count: usize,
}

#[derive(Clone, Copy, Default)]
struct Held {
    slice: Slice,
    count: u32,
    period_us: i64,
}

impl PostgresLimiter {
    /// Counts in the database of a store.
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        let state = Arc::new(State {
            started: Instant::now(),
            inner: Mutex::default(),
            wake: Notify::new(),
            line: Line::new(Arc::clone(&shared.access), "limits"),
            shared: Arc::clone(shared),
        });
        shared.handle.spawn(run(Arc::clone(&state)));
        Self { state }
    }
}

impl Limiter for PostgresLimiter {
    /// `now_us` is not asked: nodes' clocks differ.
    fn take<'a>(
        &'a self,
        key: &'a LimitKey,
        count: u32,
        period_us: i64,
        _now_us: i64,
    ) -> Step<'a, Result<Taken, Fault>> {
        let now_us = self.state.now_us();
        let mut inner = self.state.inner();
        let held = inner.slices.entry(*key).or_default();
        (held.count, held.period_us) = (count, period_us);
        if let Some(taken) = taken(held.slice.spend(now_us)) {
            return Step::Ready(Ok(taken));
        }
        if inner.waiting_count >= WAITING_MAX {
            return Step::Ready(Err(busy()));
        }
        let (tell, told) = oneshot::channel();
        inner.waiting.entry(*key).or_default().push(tell);
        inner.waiting_count += 1;
        drop(inner);
        self.state.wake.notify_one();
        Step::Later(Box::pin(async move { told.await.unwrap_or_else(|_| Err(busy())) }))
    }
}

fn busy() -> Fault {
    let what = "requests are not counted fast enough: the database is slow or gone";
    Fault { is_transient: true, ..Fault::new(what, "try again in a moment") }
}

/// The answer, unless the database has to be asked.
fn taken(said: Said) -> Option<Taken> {
    let seconds = |us: i64| u32::try_from(us.max(0).saturating_add(999_999) / 1_000_000);
    let seconds = |us: i64| seconds(us).unwrap_or(u32::MAX);
    Some(match said {
        Said::Ask { .. } => return None,
        Said::Yes { remaining, full_in_us } => {
            Taken { is_allowed: true, remaining, reset_s: seconds(full_in_us), retry_after_s: 0 }
        }
        Said::No { full_in_us, one_more_in_us } => Taken {
            is_allowed: false,
            remaining: 0,
            reset_s: seconds(full_in_us),
            retry_after_s: seconds(one_more_in_us).max(1),
        },
    })
}

/// Asks for those who wait, and gives back what nobody spent, for ever.
async fn run(state: Arc<State>) {
    let mut forgotten = Instant::now();
    loop {
        tokio::select! {
            () = state.wake.notified() => {}
            () = tokio::time::sleep(GIVE_BACK_EVERY) => {
                let unspent = state.unspent();
                // Where this fails it is counted as spent.
                let _ = state.ask(&unspent).await;
            }
        }
        if forgotten.elapsed() >= FORGET_EVERY {
            forgotten = Instant::now();
            if let Ok(session) = state.line.session().await {
                // Another node does it too.
                let _ = statement::forget(&session).await;
            }
        }
        while let Some(questions) = state.questions() {
            if let Err(fault) = state.ask(&questions).await {
                state.fail(&questions, &fault);
            }
        }
    }
}

impl State {
    fn now_us(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has to be asked for those who wait; answers those for whom there is enough by now.
    fn questions(&self) -> Option<Vec<Question>> {
        let now_us = self.now_us();
        let mut inner = self.inner();
        let keys: Vec<LimitKey> = inner.waiting.keys().copied().take(QUESTIONS_MAX).collect();
        let mut questions = Vec::with_capacity(keys.len());
        for key in keys {
            questions.extend(inner.settle(key, now_us));
        }
        (!questions.is_empty()).then_some(questions)
    }

    /// Asks the database, takes in what it grants, and answers those who waited for it.
    async fn ask(&self, questions: &[Question]) -> Result<(), Fault> {
        if questions.is_empty() {
            return Ok(());
        }
        let session = self.line.session().await?;
        let asked_us = self.now_us();
        let asked = statement::take(&session, questions).await;
        let grants = asked.map_err(|error| fault::fault(&error, &self.shared.access.address))?;
        let mut inner = self.inner();
        for (key, grant) in grants {
            if let Some(held) = inner.slices.get_mut(&key) {
                held.slice.granted(grant, asked_us, held.period_us);
            }
            inner.settle(key, asked_us);
        }
        Ok(())
    }

    /// What slices that are over have left.
    fn unspent(&self) -> Vec<Question> {
        let now_us = self.now_us();
        let mut inner = self.inner();
        let over = inner.slices.iter().filter_map(|(key, held)| {
            let unspent = held.slice.unspent(now_us)?;
            let Held { count, period_us, .. } = *held;
            Some(Question { key: *key, count, period_us, wanted: 0, unspent })
        });
        let questions: Vec<Question> = over.take(QUESTIONS_MAX).collect();
        if inner.slices.len() > SLICES_MAX {
            inner.slices.retain(|_, held| !held.slice.is_over(now_us));
        }
        questions
    }

    /// Tells those who wait for these that nobody can say.
    fn fail(&self, questions: &[Question], fault: &Fault) {
        let mut inner = self.inner();
        for question in questions {
            for waiter in inner.waiting.remove(&question.key).unwrap_or_default() {
                inner.waiting_count -= 1;
                let _ = waiter.send(Err(fault.clone()));
            }
        }
    }
}

impl Inner {
    /// Answers those who wait for a budget as far as its slice goes; the question for the rest.
    fn settle(&mut self, key: LimitKey, now_us: i64) -> Option<Question> {
        let mut waiters = self.waiting.remove(&key)?;
        let held = self.slices.entry(key).or_default();
        let mut question = None;
        while let Some(waiter) = waiters.pop() {
            let said = held.slice.spend(now_us);
            if let Said::Ask { wanted, unspent } = said {
                waiters.push(waiter);
                let waiting = u32::try_from(waiters.len()).unwrap_or(u32::MAX);
                let Held { count, period_us, .. } = *held;
                let wanted = wanted.max(waiting.min(slice::WANTED_MAX));
                question = Some(Question { key, count, period_us, wanted, unspent });
                break;
            }
            self.waiting_count -= 1;
            if let Some(taken) = taken(said) {
                // Whoever no longer waits has spent it all the same.
                let _ = waiter.send(Ok(taken));
            }
        }
        if !waiters.is_empty() {
            self.waiting.insert(key, waiters);
        }
        question
    }
}
