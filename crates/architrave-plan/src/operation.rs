//! Operations: one thing a caller can ask for.

use architrave_model::{CommandId, EntityId, RateKey};
use serde::Serialize;

/// Position in [`crate::Plan::operations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OperationId(pub u32);

/// One thing a caller can ask for. The router serves it, OpenAPI describes it, metrics count it.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Stable name, e.g. `catalog.Product.list`, `sales.Order.place`, `system.batch`.
    pub name: String,
    /// What it does.
    pub kind: OperationKind,
    /// What it is about.
    pub entity: Option<EntityId>,
    /// HTTP method.
    pub method: Method,
    /// Path with `{id}`, e.g. `/v1/orders/{id}/place`.
    pub path: String,
    /// One line, e.g. "List products".
    pub summary: String,
    /// The author's comment; may be empty.
    pub doc: String,
    /// Whether it takes an `Idempotency-Key`.
    pub idempotency: Idempotency,
    /// Whether an update needs `If-Match` (answers 428 without).
    pub needs_if_match: bool,
    /// Own rate limits, beside those of the system.
    pub rate_limits: Vec<RateLimit>,
    /// Codes of the problems it can answer with, sorted; each is in [`crate::ALL_PROBLEMS`] or the code
    /// of one of the command's guards.
    pub problems: Vec<String>,
}

/// Kinds of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// `GET /v1/products`
    List,
    /// `GET /v1/products/{id}`
    Read,
    /// `POST /v1/products`
    Create,
    /// `PATCH /v1/products/{id}`
    Update,
    /// `DELETE /v1/products/{id}`
    Delete,
    /// `POST /v1/products/{id}/restore`, with soft deletion.
    Restore,
    /// `POST /v1/products/{id}/restock`
    Command(CommandId),
    /// `POST /v1/batch`: writes that all happen or none.
    ///
    /// Takes `{"atomic":true,"operations":[{"method":"POST","path":"/v1/orders","body":{…}},
    /// {"method":"POST","path":"/v1/orders/{0.id}/place","if_match":"\"1\"","body":{…}}]}`, 1 to 100 of
    /// them, each addressed as it would be on its own (method and path, so that a caller who knows the API
    /// knows batches). `{"$ref":"0.id"}` in a body and `{0.id}` in a path stand for the id of the row that an
    /// earlier operation is about. Answers `{"results":[{"status":201,"etag":"…","location":"…","body":{…}}]}` in order; members
    /// that an operation's own answer would not have are null. Atomic (the default): a refusal is the
    /// problem of the first refused operation, its pointers below `/operations/<position>/body`, and nothing
    /// has happened. Not atomic: each is a transaction of its own, the answer is 207, and `body` of a refused
    /// one is its problem.
    Batch,
    /// `GET /v1/me`: `{"id","user","tenant","is_authenticated","is_system","roles":[…],"scopes":[…],
    /// "operations":["catalog.Product.list",…]}`; `id`, `user`, `tenant` may be null. `operations` are those
    /// whose rule does not refuse the caller outright.
    Me,
    /// `GET /v1/events?after=&context=&limit=`: `{"items":[{"position","time","actor","context",
    /// "type":"sales.Order.OrderPlaced","id","version","data":{…}}],"next","is_complete"}`. `next` is the
    /// position to send as `after`; `data` is what [`crate::EventData`] says, null for a row that is gone.
    Events,
}

impl OperationKind {
    /// Whether it changes anything.
    #[must_use]
    pub fn is_write(self) -> bool {
        !matches!(self, Self::List | Self::Read | Self::Me | Self::Events)
    }
}

/// HTTP methods in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET` (and `HEAD`)
    Get,
    /// `POST`
    Post,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// Whether an operation takes an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// It reads.
    None,
    /// A key may be sent.
    Optional,
    /// A key must be sent.
    Required,
}

/// A rate limit with its place in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RateLimit {
    /// Stable name for `RateLimit-Policy`, `anonymous`, `signed-in` or an operation's, e.g. `sales.Order.place`.
    pub name: String,
    /// How many.
    pub count: u32,
    /// In which time, in microseconds.
    pub period_us: i64,
    /// Whom it is counted for.
    #[serde(skip)]
    pub key: RateKey,
}
