//! The store: reads that write JSON straight into the caller's buffer, and logical transactions that
//! load, decide and apply.

use std::{future::Future, pin::Pin, sync::Arc};

use architrave_model::{EntityId, Value};
use architrave_plan::{ColumnId, FilterOperator, Shape, SortKey};
use uuid::Uuid;

use super::{ApiKeyRecord, Directory, Position};
use crate::{Caller, Fault, Problem, Row, Rows};

/// A result that is there, or will be.
pub enum Step<'a, T> {
    /// There it is.
    Ready(T),
    /// It has to be awaited.
    Later(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
}

/// A future that has been boxed once per request.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<T> Step<'_, T> {
    /// Waits if it has to.
    pub async fn wait(self) -> T {
        match self {
            Step::Ready(it) => it,
            Step::Later(it) => it.await,
        }
    }
}

/// A softly deleted row whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purgeable {
    /// When it was deleted.
    pub deleted_at_us: i64,
    /// Its id; with the time before it, its place in the order of sweeps.
    pub id: Uuid,
    /// Its tenant.
    pub tenant: Option<Uuid>,
}

/// Where state and journal live.
pub trait Store: Directory {
    /// Answers a read by appending JSON to `out`: one row's object, or for a list the array of its rows
    /// (`[{…},{…}]`, the engine writes the object around it). On a fault or a miss `out` is as before.
    fn read<'a>(
        &'a self,
        read: &'a Read,
        out: &'a mut Vec<u8>,
    ) -> Step<'a, Result<ReadAnswer, Fault>>;

    /// Pages through the journal: raw events with the rows that rules need; the engine decides who sees what.
    fn events<'a>(&'a self, read: &'a EventsRead) -> Step<'a, Result<EventsPage, Fault>>;

    /// Loads rows outside of a transaction, all from one snapshot.
    fn load<'a>(
        &'a self,
        tenant: Option<Uuid>,
        needs: &'a [Need],
        rows: &'a mut Rows,
    ) -> Step<'a, Result<(), Fault>>;

    /// Runs one logical transaction and answers once it is durable. The queue is bounded: when it is
    /// full the answer is a transient fault at once.
    fn write(&self, decide: Box<dyn Decide>) -> Later<'static, Result<Written, Fault>>;

    /// Softly deleted rows of an entity whose time is over at `now_us`, oldest first, behind the place `after`;
    /// at most `count_max`.
    fn purgeable<'a>(
        &'a self,
        entity: EntityId,
        now_us: i64,
        after: (i64, Uuid),
        count_max: u32,
    ) -> Step<'a, Result<Vec<Purgeable>, Fault>>;

    /// Refuses writes as transient until the clock has passed this time, so that what is stored can be moved
    /// elsewhere; answers when all that were accepted before are durable. A time that has passed takes them again.
    ///
    /// # Errors
    /// Stores that others may write to cannot.
    fn hold_writes(&self, until_us: i64) -> Later<'static, Result<(), Fault>> {
        let _ = until_us;
        let fault = Fault::new("this store cannot hold its writes", "stop every node instead");
        Box::pin(std::future::ready(Err(fault)))
    }

    /// Figures for metrics and health. Never blocks.
    fn status(&self) -> StoreStatus;
}

/// A read of one row or of a list.
#[derive(Debug, Clone)]
pub enum Read {
    /// One row by id.
    One(ReadOne),
    /// A page of rows.
    List(ReadList),
}

/// A read of one row.
#[derive(Debug, Clone)]
pub struct ReadOne {
    /// The row's id.
    pub id: Uuid,
    /// What is shown of it.
    pub selection: Arc<Selection>,
    /// Who asks: values for the rules' parameters.
    pub caller: Caller,
    /// The transaction's time, for rules that use it.
    pub now_us: i64,
}

/// What is shown of rows of one entity to one class of callers. Interned by the engine: statements are
/// cached by [`Selection::key`].
#[derive(Debug, Clone)]
pub struct Selection {
    /// Equal for equal selections, different for different ones, for the life of the process.
    pub key: u64,
    /// The entity.
    pub entity: EntityId,
    /// What the class of callers may see.
    pub shape: Arc<Shape>,
    /// Positions in the representation's members that are shown, ascending. Hidden ones are already left out.
    pub members: Vec<usize>,
    /// Selections of the parts that are shown, one per `Parts` member in `members`, in order.
    pub parts: Vec<Arc<Selection>>,
    /// References shown as objects in place of ids: (column, selection of the other entity).
    /// A referenced row that the caller may not see stays an id.
    pub expands: Vec<(ColumnId, Arc<Selection>)>,
}

/// A page of rows.
#[derive(Debug, Clone)]
pub struct ReadList {
    /// What is shown of each row.
    pub selection: Arc<Selection>,
    /// Equal for reads that differ only in bound values: (filters' columns and operators, sort, search, direction).
    pub query_key: u64,
    /// Conditions, all of which hold.
    pub filters: Vec<Filter>,
    /// Words to search for: already split into tokens, last one possibly a prefix.
    pub search: Option<Vec<(String, bool)>>,
    /// The order, `id` last. Ignored by a search, whose order is its own.
    pub sort: Vec<SortKey>,
    /// Values of the sort keys (for a search: weight class as `Int` and id as `Uuid`) of the row to go on from.
    pub cursor: Option<Vec<Value>>,
    /// Whether the page before the cursor is asked for.
    pub is_backward: bool,
    /// Most rows.
    pub limit: u32,
    /// Count all matching rows, up to this many plus one.
    pub count_max: Option<u64>,
    /// Who asks.
    pub caller: Caller,
    /// The transaction's time.
    pub now_us: i64,
}

/// One condition of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The column.
    pub column: ColumnId,
    /// What is asked.
    pub operator: FilterOperator,
    /// With what: one value, or a list for `in`, or a bool for `null`.
    pub value: Value,
    /// Where the field has a rule that depends on the row, the store adds that rule to the condition.
    pub is_guarded: bool,
}

/// What a read found.
#[derive(Debug, Clone, Default)]
pub struct ReadAnswer {
    /// Whether there is anything to show. For one row: whether it was found and may be seen.
    pub is_found: bool,
    /// The row's version, for one row.
    pub version: u64,
    /// Number of rows written, for a list.
    pub count: u32,
    /// Sort values of the first and last row shown, for cursors.
    pub first: Option<Vec<Value>>,
    /// See `first`.
    pub last: Option<Vec<Value>>,
    /// Whether more rows follow in the direction of the read.
    pub has_more: bool,
    /// Number of matching rows, if it was asked for.
    pub total: Option<u64>,
}

/// A decision that can be asked for more than once while rows are being loaded. Pure: the same rows and
/// time give the same decision.
pub trait Decide: Send {
    /// The caller's tenant: every row that is loaded or changed belongs to it. `None` inside: no tenant
    /// column applies (systems without tenants, and operations of the administrator that name none).
    fn tenant(&self) -> Option<Uuid>;

    /// Decides on what has been loaded so far; `now_us` is the transaction's time.
    fn decide(&mut self, rows: &Rows, now_us: i64) -> Decision;

    /// Called instead of applying when the database refused a change: the answer for it.
    fn conflicted(&mut self, conflict: Conflict) -> Outcome;
}

/// What a decision came to.
#[derive(Debug)]
pub enum Decision {
    /// More rows are needed first. At most 16 rounds, each asking only for what is not there yet.
    Need(Vec<Need>),
    /// It is done.
    Done(Box<Outcome>),
}

/// What a decision needs to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A row by id, without its parts.
    Row(EntityId, Uuid),
    /// A row by id, although it may be softly deleted.
    DeletedRow(EntityId, Uuid),
    /// The parts of a row: (part's entity, id of the row above).
    Parts(EntityId, Uuid),
    /// Ids of rows whose column refers to a row (softly deleted ones too).
    Referrers(EntityId, ColumnId, Uuid),
    /// The next `count` numbers of a sequence, in this period.
    Sequence {
        /// The entity.
        entity: EntityId,
        /// The column.
        column: ColumnId,
        /// E.g. `2026`; empty when the template has only `{n}`.
        period: String,
        /// How many.
        count: u32,
    },
    /// The stored answer to an idempotency key (already scoped and hashed).
    Remembered(Vec<u8>),
    /// The user behind a person at an issuer.
    Link(String, String),
}

/// The end of a decision.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Changes in the order in which they are to be applied. Empty for refusals and replays.
    pub changes: Vec<Change>,
    /// The journal's record; present if and only if there are changes.
    pub journal: Option<JournalTransaction>,
    /// The answer to keep for the idempotency key.
    pub remember: Option<Remembered>,
    /// What the caller gets.
    pub answer: Answer,
}

/// One change of stored state.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new row (root or part), all columns.
    Insert {
        /// The entity.
        entity: EntityId,
        /// All columns.
        row: Row,
    },
    /// New values in an existing row.
    Update {
        /// The entity.
        entity: EntityId,
        /// As loaded.
        before: Row,
        /// All columns.
        after: Row,
    },
    /// A row goes for good, with its search entries. Its parts are changes of their own, before it.
    Delete {
        /// The entity.
        entity: EntityId,
        /// As loaded.
        row: Row,
    },
    /// A person at an issuer is this user.
    Link {
        /// Issuer.
        issuer: String,
        /// Subject.
        subject: String,
        /// The user.
        user: Uuid,
    },
    /// A new API key.
    CreateApiKey(ApiKeyRecord),
    /// An API key stops working.
    RevokeApiKey {
        /// Its public id.
        id: String,
        /// When.
        at_us: i64,
    },
}

/// A row that another refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignRow {
    /// Its entity.
    pub entity: EntityId,
    /// Its id.
    pub id: Uuid,
}

/// Why the database refused a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// A unique index is taken; `change` is the position in [`Outcome::changes`].
    Unique {
        /// Position of the change.
        change: usize,
        /// The entity.
        entity: EntityId,
        /// Position in [`architrave_plan::Table::indexes`].
        index: usize,
    },
    /// A foreign key was violated.
    ForeignKey {
        /// Position of the change.
        change: usize,
    },
    /// An API key id or identity link is taken.
    Directory {
        /// Position of the change.
        change: usize,
    },
}

/// One record of the journal: a logical transaction.
#[derive(Debug, Clone)]
pub struct JournalTransaction {
    /// 0 normal, 2 operator.
    pub kind: u8,
    /// Who did it: user's or key's id, or empty for the system.
    pub actor: Option<Uuid>,
    /// Name of the operation.
    pub operation: String,
    /// Request id.
    pub request_id: String,
    /// W3C `traceparent`.
    pub traceparent: String,
    /// What happened to which row, in order. At least one.
    pub events: Vec<JournalEvent>,
}

/// What happened to one aggregate.
#[derive(Debug, Clone)]
pub struct JournalEvent {
    /// The aggregate's root entity.
    pub entity: EntityId,
    /// Its id.
    pub id: Uuid,
    /// Its version after the change.
    pub version: u64,
    /// `created`, `updated`, `deleted`, `restored`, `purged`, or the name of a declared event.
    pub event: String,
    /// The root after the change (before it, for deletions).
    pub row: Row,
    /// Its parts after the change: (part's entity, rows in order).
    pub parts: Vec<(EntityId, Vec<Row>)>,
    /// Members of the event's own, as the JSON object that is shown; only of declared events with a
    /// payload. They come from the command's input and stand in no row, so the journal keeps them.
    pub own: Option<String>,
}

/// An answer kept for an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// Scoped and hashed key (tenant, caller, operation, key).
    pub key: Vec<u8>,
    /// SHA-256 of the payload.
    pub fingerprint: Vec<u8>,
    /// The answer.
    pub answer: Answer,
    /// Until when, in microseconds since 1970.
    pub expires_at_us: i64,
    /// Whether it holds encrypted fields and must be encrypted itself.
    pub is_sensitive: bool,
    /// Position of the write it answered; filled by the store.
    pub position: Option<Position>,
}

/// What the caller of a write gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON, or empty.
    pub body: Vec<u8>,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Location` as a path.
    pub location: Option<String>,
    /// Set for refusals; `body` is then empty and the server writes the problem.
    pub problem: Option<Problem>,
    /// Whether this was answered before, for the same idempotency key.
    pub is_replayed: bool,
}

/// A write that is durable, or was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// What the caller gets.
    pub answer: Answer,
    /// Where in the journal it is; none when nothing changed.
    pub position: Option<Position>,
}

/// A read of the journal.
#[derive(Debug, Clone)]
pub struct EventsRead {
    /// The tenant.
    pub tenant: Option<Uuid>,
    /// Entities of interest.
    pub entities: Vec<EntityId>,
    /// Go on after this.
    pub after: Position,
    /// Most events to look at.
    pub count_max: u32,
}

/// Events as stored.
#[derive(Debug, Clone, Default)]
pub struct EventsPage {
    /// In order.
    pub events: Vec<StoredEvent>,
    /// Where the read ended: later reads go on after it, although the last events may be invisible.
    pub end: Option<Position>,
    /// Whether the journal's end was reached.
    pub is_complete: bool,
    /// The cursor is of another epoch, ahead of the journal or behind its floor: start again.
    pub must_refetch: bool,
}

/// An event as stored.
#[derive(Debug, Clone)]
pub struct StoredEvent {
    /// Its place.
    pub position: Position,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who.
    pub actor: Option<Uuid>,
    /// What happened.
    pub event: JournalEvent,
}

/// Figures of a store.
#[derive(Debug, Clone, Default)]
pub struct StoreStatus {
    /// Whether it can read and write.
    pub is_ready: bool,
    /// Why not; empty when ready.
    pub reason: String,
    /// Whether the reason is a full disk: reads go on.
    pub is_storage_full: bool,
    /// Writes waiting.
    pub queue_length: u64,
    /// Most writes that may wait.
    pub queue_length_max: u64,
    /// Physical commits since the start.
    pub commits: u64,
    /// Logical transactions in them.
    pub transactions: u64,
    /// Physical commits by number of logical transactions: 1, 2, ≤4, ≤8, … ≤256.
    pub batch_sizes: [u64; 9],
    /// Time spent in commits, in microseconds.
    pub commit_us: u64,
    /// Time in which the one writer was at work, commits included, in microseconds.
    pub writer_us: u64,
    /// Journal's last position.
    pub position: Option<Position>,
    /// Bytes of the database.
    pub database_bytes: u64,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes at which the log is emptied at the cost of waiting.
    pub wal_bytes_max: u64,
    /// Bytes that can be written before writing stops for lack of room; none where nobody can tell.
    pub room_bytes: Option<u64>,
}
