//! Tables: how entities are stored, whatever the database.

use architrave_model::{Encryption, EntityId, Expr, OnDelete, UniqueScope};
use serde::Serialize;

/// Position in [`Table::columns`]; also the position of the value in a row in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ColumnId(pub u16);

/// How rows of one entity are stored.
#[derive(Debug, Clone)]
pub struct Table {
    /// The entity.
    pub entity: EntityId,
    /// Physical name from the lock, e.g. `catalog_product`. `[a-z][a-z0-9_]*`, never a keyword.
    pub physical: String,
    /// Built-in columns first (id, tenant, parent, position, version, created_at, updated_at,
    /// deleted_at, as far as the table has them), then the fields in the author's order.
    pub columns: Vec<Column>,
    /// The tenant's column; first key of the primary key, of unique keys and of foreign keys.
    pub tenant: Option<ColumnId>,
    /// For parts: the column with the id of the row above, and that row's entity.
    pub parent: Option<(ColumnId, EntityId)>,
    /// For parts: the column with the place in the list, counted from 0.
    pub position: Option<ColumnId>,
    /// `version`; parts have none, theirs is the root's.
    pub version: Option<ColumnId>,
    /// `created_at`; parts have none.
    pub created_at: Option<ColumnId>,
    /// `updated_at`; parts have none.
    pub updated_at: Option<ColumnId>,
    /// When the row was (softly) deleted; only with `soft_delete`, null for living rows.
    pub deleted_at: Option<ColumnId>,
    /// How long a softly deleted row is kept, in microseconds.
    pub keep_deleted_us: Option<i64>,
    /// Child tables by field: (position of the `many` field, part's entity).
    pub parts: Vec<(usize, EntityId)>,
    /// References to other rows.
    pub foreign_keys: Vec<ForeignKey>,
    /// References from other tables to this one: (entity, column there, what happens).
    pub referrers: Vec<(EntityId, ColumnId, OnDelete)>,
    /// All indexes but the primary key: declared, unique, and one per reference where none starts with it.
    pub indexes: Vec<TableIndex>,
    /// Full-text search.
    pub search: Option<SearchPlan>,
    /// Columns that are drawn from a sequence.
    pub sequences: Vec<SequencePlan>,
}

/// One stored value of a row.
#[derive(Debug, Clone)]
pub struct Column {
    /// Path as callers write it, e.g. `price`, `ship_to.city`, `created_at`.
    pub path: String,
    /// Physical name from the lock, e.g. `ship_to_city`.
    pub physical: String,
    /// What it is for.
    pub role: ColumnRole,
    /// How it is stored.
    pub ty: ColumnType,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// How it is encrypted. The stored bytes are then a blob, whatever `ty` says.
    pub encryption: Option<Encryption>,
    /// Physical name of the keyed hash beside it (`Encryption::Lookup`).
    pub lookup: Option<String>,
    /// Whether it never leaves the database.
    pub is_secret: bool,
    /// Kind of personal data.
    pub pii: Option<String>,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnRole {
    /// The row's id.
    Id,
    /// The tenant's id.
    Tenant,
    /// The id of the row above, in a part.
    Parent,
    /// The place in the list, in a part.
    Position,
    /// Counts changes from 1.
    Version,
    /// When the row was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// When it was softly deleted.
    DeletedAt,
    /// A declared field, and the member of a value object in it.
    Field {
        /// Position in the entity's fields.
        field: usize,
        /// Position in the value object's fields.
        member: Option<usize>,
    },
}

/// How a value is stored and compared.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// 0 or 1.
    Bool,
    /// 64-bit.
    Int,
    /// Scaled integer.
    Decimal {
        /// Digits behind the point.
        scale: u8,
    },
    /// Minor units.
    Money,
    /// Text, compared by bytes.
    Text,
    /// One of these texts.
    Enum(Vec<String>),
    /// 16 bytes.
    Uuid,
    /// Reference: 16 bytes.
    Ref(EntityId),
    /// Microseconds.
    Timestamp,
    /// `YYYY-MM-DD` text in SQLite.
    Date,
    /// Microseconds.
    Duration,
    /// JSON text: `json` fields and lists.
    Json,
    /// A list of plain values, stored as JSON text. Items are written as in the API.
    List(Box<ColumnType>),
    /// A file's key.
    File,
}

/// A reference to another table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The column here.
    pub column: ColumnId,
    /// The other entity.
    pub to: EntityId,
    /// What the engine does when the other row goes; the database itself always refuses.
    pub on_delete: OnDelete,
    /// Whether both tables have a tenant, which is then part of the key.
    pub with_tenant: bool,
}

/// An index.
#[derive(Debug, Clone)]
pub struct TableIndex {
    /// Physical name from the lock.
    pub physical: String,
    /// Keys in order, tenant first where the scope is the tenant; `id` appended unless unique.
    pub columns: Vec<IndexColumn>,
    /// Whether it is unique, and where.
    pub unique: Option<UniqueScope>,
    /// Paths of the fields that are unique together, for the caller's problem; empty unless unique.
    pub unique_paths: Vec<String>,
    /// Rows it covers; all if absent. Softly deleted rows are never in a unique index.
    pub condition: Option<Expr>,
    /// Whether rows that are softly deleted are left out.
    pub skips_deleted: bool,
    /// Why it is there: "unique", "declared", "reference" or "parts".
    pub reason: &'static str,
}

impl Table {
    /// The column at this position.
    #[must_use]
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.get(usize::from(id.0))
    }

    /// All columns with their positions.
    pub fn column_ids(&self) -> impl Iterator<Item = (ColumnId, &Column)> {
        (0..=u16::MAX).map(ColumnId).zip(&self.columns)
    }

    /// The column of a field, or of the member of the value object in it.
    #[must_use]
    pub fn column_of(&self, field: usize, member: Option<usize>) -> Option<ColumnId> {
        let role = ColumnRole::Field { field, member };
        self.column_ids().find(|(_, it)| it.role == role).map(|(id, _)| id)
    }

    /// The column with this path, as callers write it.
    #[must_use]
    pub fn column_at(&self, path: &str) -> Option<ColumnId> {
        self.column_ids().find(|(_, it)| it.path == path).map(|(id, _)| id)
    }
}

impl TableIndex {
    /// Whether it leaves some rows out.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.condition.is_some() || self.skips_deleted
    }
}

/// One key of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct IndexColumn {
    /// The column; its lookup hash where it is encrypted.
    pub column: ColumnId,
    /// From large to small.
    pub is_descending: bool,
}

/// Full-text search of a table.
///
/// Text is split by `architrave_engine::tokens`; every token is stored with the tenant's tag in front,
/// so that the index itself is partitioned by tenant and both databases find the same rows. Rows whose
/// every word stands in heavier columns come first, then the newest (greatest id): rank uses the row alone.
#[derive(Debug, Clone)]
pub struct SearchPlan {
    /// Physical name of the FTS table.
    pub physical: String,
    /// Searched columns, heaviest first.
    pub columns: Vec<SearchColumn>,
}

/// A searched column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SearchColumn {
    /// Which.
    pub column: ColumnId,
    /// How much a word in it counts.
    pub weight: u32,
}

/// A column that is drawn from a sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SequencePlan {
    /// The column.
    pub column: ColumnId,
    /// E.g. `ORD-{year}-{n}`. The counter starts at 1 for each tenant and each value of the other placeholders.
    pub template: String,
}
