//! What is moved: each table with its columns, as both databases name them.

use architrave_engine::Fault;
use architrave_model::EntityId;
use architrave_plan::{
    Column, ColumnRole, ColumnType, Plan,
    sql::{
        own::postgres::SCHEMA,
        postgres::{ColumnUse, TableSchema, tables},
        quoted,
    },
};

/// A table of a store.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    /// Its name in messages and in the notes of how far a move is; SQLite's.
    pub(crate) name: String,
    /// In PostgreSQL, with its schema, quoted.
    pub(crate) postgres: String,
    /// Its columns.
    pub(crate) columns: Vec<MovedColumn>,
    /// How many columns in front make up the key that the store's own tables are walked by; 0: an entity's table.
    pub(crate) key: usize,
    /// The entity, and the column of PostgreSQL that has its words. SQLite keeps words beside the table.
    pub(crate) entity: Option<(EntityId, Option<String>)>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(crate) struct MovedColumn {
    /// In SQLite.
    pub(crate) sqlite: String,
    /// In PostgreSQL.
    pub(crate) postgres: String,
    /// What it holds.
    pub(crate) kind: Kind,
}

/// What a column holds, as far as the databases write it differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    Decimal(u8),
    /// Microseconds since 1970.
    Timestamp,
    Date,
    Text,
    /// Kept as it was sent.
    Json,
    /// A list of items of this type: PostgreSQL spaces it in its own way.
    List(ColumnType),
    /// A list of texts of the store's own tables.
    Texts,
    Uuid,
    Bytes,
}

impl Moved {
    /// Names of the columns in SQLite, quoted.
    pub(crate) fn sqlite_columns(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|it| quoted(&it.sqlite)).collect();
        names.join(", ")
    }

    /// Whether it is one of the journal's tables.
    pub(crate) fn is_journal(&self) -> bool {
        self.key_columns().first().is_some_and(|it| it.sqlite == "seq")
    }

    /// Which rows: of the journal those behind a number and up to another, of other tables all.
    pub(crate) fn condition(&self, (after, until): (i64, i64)) -> String {
        match self.is_journal() {
            true => format!("WHERE seq > {after} AND seq <= {until}"),
            false => String::new(),
        }
    }

    /// The columns of the key, in order.
    pub(crate) fn key_columns(&self) -> &[MovedColumn] {
        self.columns.get(..self.key).unwrap_or_default()
    }
}

/// Tables of the blueprint, those that others refer to not necessarily first.
///
/// # Errors
/// A plan without SQL.
pub(crate) fn of_plan(plan: &Plan) -> Result<Vec<Moved>, Fault> {
    let all = tables(plan).map_err(|it| Fault::new(it.to_string(), ""))?;
    Ok(all.iter().map(|it| of_table(plan, it)).collect())
}

fn of_table(plan: &Plan, schema: &TableSchema) -> Moved {
    let table = &plan[schema.entity];
    let mut columns = Vec::new();
    let mut words = None;
    for column in &schema.columns {
        let (planned, is_lookup) = match column.holds {
            ColumnUse::Value(id) => (table.column(id), false),
            ColumnUse::Lookup(id) => (table.column(id), true),
            ColumnUse::Words => {
                words = Some(column.name.clone());
                continue;
            }
        };
        let kind = match planned {
            Some(it) if !is_lookup => kind_of(it),
            _ => Kind::Bytes,
        };
        let (sqlite, postgres) = (column.name.clone(), column.name.clone());
        columns.push(MovedColumn { sqlite, postgres, kind });
    }
    Moved {
        name: schema.name.clone(),
        postgres: schema.qualified(),
        columns,
        key: 0,
        entity: Some((schema.entity, words)),
    }
}

fn kind_of(column: &Column) -> Kind {
    if column.encryption.is_some() {
        return Kind::Bytes;
    }
    match &column.ty {
        ColumnType::Bool => Kind::Bool,
        ColumnType::Int | ColumnType::Money | ColumnType::Duration => Kind::Integer,
        ColumnType::Decimal { scale } => Kind::Decimal(*scale),
        ColumnType::Timestamp => Kind::Timestamp,
        ColumnType::Date => Kind::Date,
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::File => Kind::Text,
        ColumnType::Json => Kind::Json,
        ColumnType::List(_) => Kind::List(column.ty.clone()),
        ColumnType::Uuid | ColumnType::Ref(_) => Kind::Uuid,
    }
}

/// Position of a table's column with this role.
pub(crate) fn position(plan: &Plan, moved: &Moved, role: ColumnRole) -> Option<usize> {
    let (entity, _) = moved.entity.as_ref()?;
    let column = plan[*entity].columns.iter().find(|it| it.role == role)?;
    moved.columns.iter().position(|it| it.sqlite == column.physical)
}

/// A row of the list below: the name in either database, the columns of the key first.
type Own = (&'static str, &'static str, usize, &'static [(&'static str, &'static str, Kind)]);

/// The journal: only ever added to.
const JOURNAL: &[Own] = &[
    (
        "_journal_tx",
        "journal_tx",
        1,
        &[
            ("seq", "seq", Kind::Integer),
            ("kind", "kind", Kind::Integer),
            ("at_us", "at", Kind::Timestamp),
            ("tenant", "tenant", Kind::Uuid),
            ("actor", "actor", Kind::Uuid),
            ("operation", "operation", Kind::Text),
            ("request_id", "request_id", Kind::Text),
            ("traceparent", "traceparent", Kind::Text),
        ],
    ),
    (
        "_journal_event",
        "journal_event",
        2,
        &[
            ("seq", "seq", Kind::Integer),
            ("idx", "idx", Kind::Integer),
            ("tenant", "tenant", Kind::Uuid),
            ("entity", "entity", Kind::Integer),
            ("id", "id", Kind::Uuid),
            ("version", "version", Kind::Integer),
            ("event", "event", Kind::Text),
            ("data", "data", Kind::Json),
        ],
    ),
];

/// What the store keeps beside state and journal. It is small, but for the answers to idempotency keys.
const BESIDE: &[Own] = &[
    ("_key", "key", 1, &[("id", "id", Kind::Integer), ("fingerprint", "fingerprint", Kind::Bytes)]),
    (
        "_identity_link",
        "identity_link",
        3,
        &[
            ("tenant", "tenant", Kind::Uuid),
            ("issuer", "issuer", Kind::Text),
            ("subject", "subject", Kind::Text),
            ("user", "user", Kind::Uuid),
        ],
    ),
    (
        "_api_key",
        "api_key",
        1,
        &[
            ("id", "id", Kind::Text),
            ("uuid", "uuid", Kind::Uuid),
            ("name", "name", Kind::Text),
            ("secret_sha256", "secret_sha256", Kind::Bytes),
            ("tenant", "tenant", Kind::Uuid),
            ("user", "user", Kind::Uuid),
            ("roles", "roles", Kind::Texts),
            ("scopes", "scopes", Kind::Texts),
            ("created_at_us", "created_at", Kind::Timestamp),
            ("expires_at_us", "expires_at", Kind::Timestamp),
            ("revoked_at_us", "revoked_at", Kind::Timestamp),
        ],
    ),
    (
        "_sequence",
        "sequence",
        4,
        &[
            ("tenant", "tenant", Kind::Uuid),
            ("in_table", "in_table", Kind::Text),
            ("name", "name", Kind::Text),
            ("period", "period", Kind::Text),
            ("n", "n", Kind::Integer),
        ],
    ),
    (
        "_idempotency",
        "idempotency",
        1,
        &[
            ("key", "key", Kind::Bytes),
            ("fingerprint", "fingerprint", Kind::Bytes),
            ("status", "status", Kind::Integer),
            ("body", "body", Kind::Bytes),
            ("etag", "etag", Kind::Text),
            ("location", "location", Kind::Text),
            ("problem", "problem", Kind::Bytes),
            ("is_sealed", "is_sealed", Kind::Bool),
            ("epoch", "epoch", Kind::Integer),
            ("seq", "seq", Kind::Integer),
            ("idx", "idx", Kind::Integer),
            ("expires_at_us", "expires_at", Kind::Timestamp),
        ],
    ),
];

/// The journal's tables, transactions first.
pub(crate) fn journal() -> Vec<Moved> {
    JOURNAL.iter().map(of_own).collect()
}

/// The store's other tables.
pub(crate) fn beside() -> Vec<Moved> {
    BESIDE.iter().map(of_own).collect()
}

fn of_own((sqlite, postgres, key, columns): &Own) -> Moved {
    let columns = columns.iter().map(|(sqlite, postgres, kind)| MovedColumn {
        sqlite: (*sqlite).to_owned(),
        postgres: (*postgres).to_owned(),
        kind: kind.clone(),
    });
    Moved {
        name: (*sqlite).to_owned(),
        postgres: format!("{}.{}", quoted(SCHEMA), quoted(postgres)),
        columns: columns.collect(),
        key: *key,
        entity: None,
    }
}
