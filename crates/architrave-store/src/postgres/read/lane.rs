//! A session that reads: what is asked goes out at once behind what was asked before, by any thread, and the session
//! is told whose rows it may see before each change of tenant.

use std::{
    collections::HashMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::Poll,
};

use architrave_plan::sql::Statement as Text;
use futures_util::future::{join, join_all};
use tokio_postgres::{Error, Row, Statement};
use uuid::Uuid;

use super::{nest::Nest, rows};
use crate::postgres::{
    session::{Session, Tenants},
    value::Bound,
};

/// (selection, query, which of its texts)
pub(super) type Key = (u64, u64, u64);

/// A text with what its answer becomes.
pub(super) struct Compiled {
    pub(super) nest: Nest,
    pub(super) text: Text,
}

/// A text as one session knows it.
#[derive(Clone)]
pub(super) struct Prepared {
    pub(super) compiled: Arc<Compiled>,
    pub(super) statement: Statement,
}

/// A session that reads.
pub(super) struct Lane {
    session: Arc<Session>,
    statements_max: usize,
    statements: Mutex<HashMap<Key, Prepared>>,
    /// Whose rows the session sees; none yet, or nobody's in particular. Held while something is sent: a statement
    /// then follows its tenant, whoever else sends at the same time.
    turn: Mutex<Option<Option<Uuid>>>,
    asked: AtomicUsize,
    answered: AtomicU64,
}

/// A statement with its values.
pub(super) type Question<'a> = (Statement, Vec<Bound<'a>>);

/// What reads need of a session beside what all sessions have: one plan for all values, which are told when the
/// statement runs; one process, since the answer's order depends on it; and no writing.
const BEGINNING: &str = "SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0; \
                         SET default_transaction_read_only = on";
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

impl Lane {
    /// Makes a lane of a session.
    pub(super) async fn new(
        session: Arc<Session>,
        read_ms_max: u64,
        statements_max: usize,
    ) -> Result<Self, Error> {
        let begin = format!("{BEGINNING}; SET statement_timeout = {read_ms_max}");
        session.client().batch_execute(&begin).await?;
        Ok(Self {
            session,
            statements_max,
            statements: Mutex::default(),
            turn: Mutex::default(),
            asked: AtomicUsize::new(0),
            answered: AtomicU64::new(0),
        })
    }

    /// Whether the connection is gone.
    pub(super) fn is_closed(&self) -> bool {
        self.session.is_closed()
    }

    /// The session.
    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// How many answers are waited for.
    pub(super) fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }

    /// How many have come.
    pub(super) fn answered(&self) -> u64 {
        self.answered.load(Relaxed)
    }

    /// Whether the session sees this tenant's rows as it is.
    pub(super) fn sees(&self, tenant: Option<Uuid>) -> bool {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) == Some(tenant)
    }

    /// A text that this session has prepared.
    pub(super) fn known(&self, key: &Key) -> Option<Prepared> {
        self.statements().get(key).cloned()
    }

    /// Prepares a text.
    pub(super) async fn prepare(
        &self,
        key: Key,
        compiled: Arc<Compiled>,
    ) -> Result<Prepared, Error> {
        let statement = self.session.client().prepare(&compiled.text.text).await?;
        let prepared = Prepared { compiled, statement };
        let mut statements = self.statements();
        if statements.len() >= self.statements_max {
            // What is in use keeps its own; the others are prepared again when they are wanted.
            statements.clear();
        }
        statements.insert(key, prepared.clone());
        Ok(prepared)
    }

    fn statements(&self) -> MutexGuard<'_, HashMap<Key, Prepared>> {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a statement for a tenant.
    pub(super) async fn ask(
        &self,
        tenant: Option<Uuid>,
        (statement, parameters): Question<'_>,
    ) -> Result<Vec<Row>, Error> {
        let asking = rows(self.session.client(), &statement, parameters);
        self.in_turn(tenant, asking).await?
    }

    /// Runs statements for a tenant, all on one state of the database.
    pub(super) async fn ask_all(
        &self,
        tenant: Option<Uuid>,
        questions: Vec<Question<'_>>,
    ) -> Result<Vec<Vec<Row>>, Error> {
        let client = self.session.client();
        let asking = async {
            // All three are on their way before the first is answered; nobody's statements come between them,
            // because they are sent in one turn.
            let all = questions.into_iter().map(|(statement, parameters)| async move {
                rows(client, &statement, parameters).await
            });
            let begin = client.batch_execute(SNAPSHOT);
            let (begun, (found, ended)) =
                join(begin, join(join_all(all), client.batch_execute("COMMIT"))).await;
            begun?;
            let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
            ended.map(|()| found)
        };
        self.in_turn(tenant, asking).await?
    }

    /// Sends what a future sends when it is first polled, behind the session's change to the tenant where it needs
    /// one, and waits for both.
    async fn in_turn<T>(
        &self,
        tenant: Option<Uuid>,
        asking: impl Future<Output = T>,
    ) -> Result<T, Error> {
        let _waiting = Waiting::new(self);
        let tenants = Tenants::These(tenant.as_slice());
        let mut changing = pin!(self.session.see_tenants(&tenants));
        let mut asking = pin!(asking);
        let (mut changed, mut asked) = (None, None);
        poll_fn(|context| {
            let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
            if *turn == Some(tenant) {
                changed = Some(Ok(()));
            } else {
                *turn = Some(tenant);
                if let Poll::Ready(it) = changing.as_mut().poll(context) {
                    changed = Some(it);
                }
            }
            if let Poll::Ready(it) = asking.as_mut().poll(context) {
                asked = Some(it);
            }
            Poll::Ready(())
        })
        .await;
        let changed = match changed {
            Some(it) => it,
            None => changing.await,
        };
        if let Err(error) = changed {
            // Nobody knows whose rows the session sees; an answer would not be true.
            *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = None;
            return Err(error);
        }
        Ok(match asked {
            Some(it) => it,
            None => asking.await,
        })
    }
}

/// Counts an answer that is waited for.
struct Waiting<'a>(&'a Lane);

impl<'a> Waiting<'a> {
    fn new(lane: &'a Lane) -> Self {
        lane.asked.fetch_add(1, Relaxed);
        Self(lane)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.asked.fetch_sub(1, Relaxed);
        self.0.answered.fetch_add(1, Relaxed);
    }
}
