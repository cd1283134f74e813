//! Tables, columns, indexes, and how they are read.

use super::{Known, Node, Origin};

/// A table and the entity kept in it.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// `table:sales.Order` (blueprint) or `table:public.orders` (SQL).
    pub node: Node,
    /// Id of the module that owns it.
    pub module: Option<String>,
    /// Id of the store that holds it.
    pub store: Option<String>,
    /// In order.
    pub columns: Vec<Column>,
    /// Names of its primary key's columns; absent: it has none.
    pub primary_key: Known<Vec<String>>,
    /// References to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// All indexes, those of unique constraints among them, without the primary key.
    pub indexes: Vec<IndexSpec>,
    /// Expected number of rows.
    pub rows: Known<u64>,
    /// Rows that arrive per second at the busiest time, in thousandths.
    pub inserts_milli_per_s: Known<u64>,
    /// How long rows are kept, in microseconds; absent: for ever.
    pub retention_us: Known<i64>,
    /// Whether it is split by time or key.
    pub is_partitioned: Known<bool>,
    /// Name of the column with the tenant; absent: rows belong to no tenant.
    pub tenant_column: Known<String>,
    /// Whether it must have one: several tenants share the store and rows are a tenant's.
    pub needs_tenant: Known<bool>,
    /// Name of the column that marks a row as deleted.
    pub soft_delete_column: Known<String>,
    /// Id of the table above, for parts of an aggregate.
    pub part_of: Option<String>,
    /// Who may do what with its rows.
    pub access: TableAccess,
    /// How it is read.
    pub patterns: Vec<AccessPattern>,
    /// Whose data it is: how to find the person (a path), absent where nobody said.
    pub subject: Known<String>,
    /// Whether each person's data is encrypted with a key that can be destroyed.
    pub has_subject_key: Known<bool>,
    /// Whether changes are kept with actor and time.
    pub is_audited: Known<bool>,
    /// Combinations that the author calls the row's key in the real world.
    pub natural_keys: Vec<(Vec<String>, Origin)>,
    /// Ids of services that write it.
    pub writers: Vec<(String, Origin)>,
}

/// Who may do what with a table's rows.
#[derive(Debug, Clone, Default)]
pub struct TableAccess {
    /// Names of the columns that nobody but commands or the store may write.
    pub read_only_columns: Vec<String>,
    /// Names of the columns that never leave the store.
    pub hidden_columns: Vec<String>,
    /// Columns that only some readers may see.
    pub restricted_columns: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// As written, e.g. `ship_to.city` or `ship_to_city`.
    pub name: String,
    /// Where it was found.
    pub origin: Origin,
    /// What it holds.
    pub kind: Known<ColumnKind>,
    /// Type as written, e.g. `numeric(10,2)`.
    pub type_text: String,
    /// Whether it may be null.
    pub is_nullable: Known<bool>,
    /// Whether its values are unique (alone).
    pub is_unique: Known<bool>,
    /// The texts that it may have, for enumerations; empty where that is not known.
    pub values: Vec<String>,
    /// Smallest number that is accepted, as written.
    pub at_least: Option<String>,
    /// Longest text in characters, largest list in items; absent: unbounded.
    pub length_max: Known<u64>,
    /// Personal data.
    pub personal: Known<PersonalData>,
    /// Whether it is a credential.
    pub is_secret: Known<bool>,
    /// Whether it is encrypted by itself.
    pub is_encrypted: Known<bool>,
    /// Whether it is built in (id, version, times, tenant).
    pub is_built_in: bool,
    /// Default as written.
    pub default_text: Known<String>,
    /// Whether it is worked out from others.
    pub is_computed: bool,
    /// Whether clients of the API may write it.
    pub is_client_writable: Known<bool>,
}

/// Classed personal data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// As the author calls it, e.g. `contact`, `health`.
    pub category: String,
}

/// What a column holds, whatever its dialect calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnKind {
    /// Short text.
    Text,
    /// 16-bit or 32-bit whole number.
    SmallInteger,
    /// 64-bit whole number.
    Integer,
    /// Exact decimal.
    Decimal,
    /// Binary floating point.
    Float,
    /// An amount of money, stored exactly.
    Money,
    /// Yes or no.
    Boolean,
    /// RFC 9562, ordered by time (version 7).
    UuidOrdered,
    /// RFC 9562 of any or unknown version.
    Uuid,
    /// An instant with its zone (or always UTC).
    Instant,
    /// A date and time without a zone.
    LocalTime,
    /// A day.
    Date,
    /// A length of time.
    Duration,
    /// One of a few texts.
    Enumeration,
    /// JSON.
    Json,
    /// Bytes.
    Binary,
    /// A list.
    List,
    /// A file kept elsewhere.
    File,
    /// A row of another table.
    Reference,
}

/// A reference to another table.
#[derive(Debug, Clone, Default)]
pub struct ForeignKey {
    /// Where it was found.
    pub origin: Origin,
    /// Columns here.
    pub columns: Vec<String>,
    /// Id of the other table.
    pub to: String,
    /// Columns there.
    pub to_columns: Vec<String>,
    /// Whether the database enforces it.
    pub is_enforced: bool,
    /// Whether deletion there deletes here.
    pub cascades: bool,
}

/// An index.
#[derive(Debug, Clone, Default)]
pub struct IndexSpec {
    /// Where it was found.
    pub origin: Origin,
    /// Its name, if it has one.
    pub name: String,
    /// Columns in order; (name, descending).
    pub columns: Vec<(String, bool)>,
    /// Whether it is unique.
    pub is_unique: bool,
    /// Condition as written, for partial indexes.
    pub condition: Option<String>,
    /// Whether it serves full-text search rather than order.
    pub is_full_text: bool,
    /// Whether it compares by rules of its own (an operator class, `varchar_pattern_ops`), so that it serves other
    /// conditions than another index over the same columns.
    pub has_own_comparison: bool,
    /// Whether it was written by an author (as against one that follows from a key or a reference).
    pub is_declared: bool,
}

/// A way in which a table is read.
#[derive(Debug, Clone, Default)]
pub struct AccessPattern {
    /// Where it was found.
    pub origin: Origin,
    /// What asks, in words, e.g. `list by category, newest first`.
    pub name: String,
    /// Columns compared for equality; the tenant's is added by the store.
    pub equalities: Vec<String>,
    /// Column compared for order, if any.
    pub range: Option<String>,
    /// Sort; (name, descending).
    pub sort: Vec<(String, bool)>,
    /// Whether an index of the table serves it; worked out where it is known.
    pub is_served: Known<bool>,
}
