//! The front door: what the server (and the simulation) asks for.

mod admin;
mod admin_list;
mod batch;
mod events;
mod in_flight;
mod me;
mod read;
mod sweep;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use architrave_plan::{OperationId, Plan};
use uuid::Uuid;

pub(crate) use self::in_flight::Claim;
use self::in_flight::InFlight;
pub use self::sweep::{Sweep, Swept};
use crate::{
    Caller, Fault, Problem,
    ports::{Clock, Dice, Store},
    prepared::Prepared,
    query::Selections,
};

/// Serves the operations of one plan on one store.
pub struct Engine {
    prepared: Arc<Prepared>,
    selections: Arc<Selections>,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    settings: EngineSettings,
    in_flight: Arc<InFlight>,
}

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Key for sealing cursors; the same on every node.
    pub cursor_key: [u8; 32],
    /// How long answers are kept for idempotency keys, in microseconds. 24 h unless said otherwise.
    pub remember_us: i64,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The caller is refused.
    Problem(Box<Problem>),
    /// The world failed; the server logs it and answers without details.
    Fault(Fault),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// A request that reads: `List`, `Read`, `Me` or `Events`.
#[derive(Debug, Clone, Copy)]
pub struct ReadRequest<'a> {
    /// What is asked for.
    pub operation: OperationId,
    /// Who asks.
    pub caller: &'a Caller,
    /// `{id}` of the path, as sent.
    pub id: Option<&'a str>,
    /// Query parameters in order, percent-decoded.
    pub query: &'a [(String, String)],
    /// `Prefer: count=exact` was sent.
    pub counts_exactly: bool,
}

/// The answer to a read; the body has been appended to the caller's buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadReply {
    /// Strong tag with its quotes: version and representation for a row, representation for a list.
    pub etag: Option<String>,
    /// Path and query of the next page.
    pub next: Option<String>,
    /// Path and query of the page before.
    pub prev: Option<String>,
    /// Whether `Prefer: count=exact` was applied.
    pub has_count: bool,
}

/// A request that writes.
#[derive(Debug, Clone)]
pub struct WriteRequest {
    /// What is asked for.
    pub operation: OperationId,
    /// Who asks.
    pub caller: Caller,
    /// `{id}` of the path, as sent.
    pub id: Option<String>,
    /// The body as sent: JSON or empty.
    pub body: Vec<u8>,
    /// `Idempotency-Key`, at most 255 visible ASCII characters (checked by the server).
    pub idempotency_key: Option<String>,
    /// `If-Match` as sent.
    pub if_match: Option<String>,
    /// Request id.
    pub request_id: String,
    /// W3C `traceparent`.
    pub traceparent: String,
}

/// A person who signs in for the first time.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The tenant.
    pub tenant: Option<Uuid>,
    /// Issuer's URL.
    pub issuer: String,
    /// The person at the issuer.
    pub subject: String,
    /// String claims of the token.
    pub claims: BTreeMap<String, String>,
}

impl Engine {
    /// An engine. Costs little; nothing is read yet.
    #[must_use]
    pub fn new(
        plan: Arc<Plan>,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
        settings: EngineSettings,
    ) -> Self {
        let prepared = Arc::new(Prepared::new(plan));
        let selections = Arc::new(Selections::new(Arc::clone(&prepared), &settings.cursor_key));
        Self { prepared, selections, store, clock, dice, settings, in_flight: Arc::default() }
    }

    /// The plan that is served.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.prepared.plan
    }

    /// The store, for identity look-ups and figures.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The dice, for new API keys.
    #[must_use]
    pub fn dice(&self) -> &Arc<dyn Dice> {
        &self.dice
    }
}
