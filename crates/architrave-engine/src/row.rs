//! Rows in memory.

use std::{collections::BTreeMap, sync::Arc};

use architrave_model::{EntityId, Value};
use uuid::Uuid;

/// One row: a value per column of its table, decrypted, in the table's order.
pub type Row = Arc<Vec<Value>>;

/// Names a row.
pub type RowKey = (EntityId, Uuid);

/// The rows that have been loaded for one decision. What is not in here has not been asked for yet.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Rows of the caller's tenant by key; `None`: looked for and not there (or softly deleted, unless
    /// asked for with its deleted rows).
    pub rows: BTreeMap<RowKey, Option<Row>>,
    /// Parts of a row, in order: (part's entity, id of the row above).
    pub parts: BTreeMap<RowKey, Vec<Row>>,
    /// Ids of rows that refer to a row: (entity, column, the row), at most [`Self::REFERRERS_MAX`] + 1.
    pub referrers: BTreeMap<(EntityId, architrave_plan::ColumnId, Uuid), Vec<Uuid>>,
    /// Numbers drawn from sequences, by (entity, column, period such as `2026`).
    pub sequences: BTreeMap<(EntityId, architrave_plan::ColumnId, String), Vec<i64>>,
    /// Stored answers by idempotency key.
    pub remembered: BTreeMap<Vec<u8>, Option<crate::ports::Remembered>>,
    /// Users by identity link (issuer, subject).
    pub links: BTreeMap<(String, String), Option<Uuid>>,
}

impl Rows {
    /// Most rows that one deletion may take along or be refused by.
    pub const REFERRERS_MAX: usize = 1_000;
}
