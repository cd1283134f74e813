//! Derives: a checked system (and its lock) in, the plan out: everything that documents say and the
//! runtime does, worked out once. Total and pure: same input, same bytes, on every machine.
//!
//! Start reading at [`Plan`].
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod derive;
mod event;
mod expression_text;
mod fold;
mod input;
mod json;
mod list;
mod lock;
pub mod metric;
mod objective;
mod operation;
mod pending;
mod problem;
mod refusal;
mod representation;
mod serve;
mod shape;
pub mod sql;
mod table;
#[cfg(test)]
mod testing;
mod value_text;

use architrave_model::{EntityId, System};

pub use architrave_model::civil;
pub use derive::{Derived, MOVED_FROM_UNKNOWN, derive};
pub use event::{EventData, EventKind, EventMember, EventType};
pub use expression_text::expression_text;
pub use fold::{Folded, fold};
pub use input::{Bounds, INT_MAX, InputKind, InputMember, InputShape};
pub use json::to_json;
pub use list::{Direction, FilterOperator, FilterPlan, ListPlan, SortKey};
pub use lock::{LOCK_LINE_UNREADABLE, LOCK_NAME_REFUSED, LOCK_VERSION_UNKNOWN, Lock};
pub use objective::covered;
pub use operation::{Idempotency, Method, Operation, OperationId, OperationKind, RateLimit};
pub use pending::{Pending, pending};
pub use problem::{ALL_PROBLEMS, ProblemKind, problem};
pub use refusal::refuses_outright;
pub use representation::{JsonKind, Representation, RepresentationMember, RepresentationSource};
pub use serve::{Condition, IndexToAdd, ListQuery, Served, ServedBy};
pub use shape::{CallerClass, FieldVisibility, RowFilter, Shape, caller_classes, shape, shapes};
pub use table::{
    Column, ColumnId, ColumnRole, ColumnType, ForeignKey, IndexColumn, SearchColumn, SearchPlan,
    SequencePlan, Table, TableIndex,
};

/// Everything derived from a blueprint.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the author declared.
    pub system: System,
    /// First 16 hex digits of the SHA-256 of the canonical model and lock; changes when anything
    /// that matters changes, not when a comment does.
    pub hash: String,
    /// One table per entity; `tables[i]` belongs to `EntityId(i)`.
    pub tables: Vec<Table>,
    /// How rows are shown: one per entity, same positions as `tables`.
    pub representations: Vec<Representation>,
    /// What may be filtered, sorted and searched: one per entity, same positions as `tables`.
    pub lists: Vec<ListPlan>,
    /// What the API offers, in document order: entities in the author's order, then the system's own.
    pub operations: Vec<Operation>,
    /// What a create takes: one per entity, same positions as `tables`. Of entities without a `create`
    /// rule too, for the administrator.
    pub creates: Vec<InputShape>,
    /// What an update takes: one per entity, same positions as `tables`.
    pub updates: Vec<InputShape>,
    /// What a command takes: `commands[i]` belongs to `CommandId(i)`.
    pub commands: Vec<InputShape>,
    /// What the journal can tell, entities in the author's order, then events of contexts.
    pub event_types: Vec<EventType>,
    /// The system's own rate limits, `anonymous` and `signed-in`, as far as declared.
    pub limits: Vec<RateLimit>,
    /// Origins that browsers may call from.
    pub cors: Vec<String>,
    /// Largest body of a request, in bytes.
    pub body_bytes_max: u64,
}

impl std::ops::Index<EntityId> for Plan {
    type Output = Table;

    #[expect(clippy::indexing_slicing, reason = "one table per entity of the plan's own system")]
    fn index(&self, id: EntityId) -> &Table {
        &self.tables[id.0 as usize]
    }
}
