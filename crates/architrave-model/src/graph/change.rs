//! Statements that change a schema, and what each does to a running system.

use super::{Known, Node};

/// One statement of a migration.
#[derive(Debug, Clone, Default)]
pub struct MigrationStep {
    /// `migration:0007_orders.sql:12`
    pub node: Node,
    /// File it stands in, as shown.
    pub file: String,
    /// Position of the file in the order in which they run, from 0. In the first file that names a table the
    /// table is new: nothing can be locked or lost.
    pub sequence: u32,
    /// Whether it stands in the last file of its series that changes anything: the one that has most likely not run
    /// everywhere yet.
    pub is_newest: bool,
    /// Id of the table, where it has one.
    pub table: Option<String>,
    /// Column, where it is about one.
    pub column: Option<String>,
    /// What it does.
    pub kind: ChangeKind,
    /// Product whose dialect it is written in, lower case, e.g. `postgresql`: what locks in one does not in
    /// another.
    pub product: Known<String>,
    /// Whether the table was made in the same file (or the same run), so that it is still empty.
    pub table_is_new: bool,
    /// Whether a lock or statement time-out is in force.
    pub has_lock_timeout: bool,
    /// Whether a backfill of the column (an `UPDATE`, or a default) stands before it.
    pub has_backfill: bool,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Something that needs no attention.
    #[default]
    Other,
    /// `CREATE TABLE`
    CreateTable,
    /// `DROP TABLE`
    DropTable,
    /// `ALTER TABLE … RENAME TO`
    RenameTable,
    /// Adds a column that may be null or has a constant default.
    AddColumn,
    /// Adds a column `NOT NULL` without a default.
    AddColumnNotNull,
    /// Adds a column with a default that is worked out for each row.
    AddColumnVolatileDefault,
    /// `DROP COLUMN`
    DropColumn,
    /// `RENAME COLUMN`
    RenameColumn,
    /// Changes a column's type.
    ChangeType,
    /// `SET NOT NULL`
    SetNotNull,
    /// `CREATE INDEX` without `CONCURRENTLY`
    CreateIndex,
    /// `CREATE INDEX CONCURRENTLY`
    CreateIndexConcurrently,
    /// `DROP INDEX`
    DropIndex,
    /// A foreign key that is checked at once.
    AddForeignKey,
    /// A foreign key `NOT VALID`.
    AddForeignKeyNotValid,
    /// A check that is checked at once.
    AddCheck,
    /// A check `NOT VALID`.
    AddCheckNotValid,
    /// A unique constraint or index on existing rows.
    AddUnique,
    /// `DROP CONSTRAINT`
    DropConstraint,
    /// `UPDATE` or `DELETE` without a bound.
    UpdateAll,
    /// `UPDATE` or `DELETE` of a bounded batch.
    UpdateBatch,
    /// `TRUNCATE`
    Truncate,
}
