//! A store on SQLite that is read as a whole, or filled.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use architrave_engine::Fault;
use architrave_plan::sql::{quoted, search::ROW_NUMBER};
use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row, ToSql,
    config::DbConfig,
    params, params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use uuid::Uuid;

use super::{copy::StoredRow, moved::Moved, sum::Sum};
use crate::{
    shared::stored::Stored,
    sqlite::{FILE, fault::OrFault, open},
};

const DOING: &str = "the store cannot be moved";

/// A database file, and its folder where this process has it to itself.
pub(super) struct Local {
    pub(super) connection: Connection,
    pub(super) folder: PathBuf,
    /// None while a server runs on the folder.
    pub(super) lock: Option<File>,
}

/// An aggregate that changed: its table's number in the journal, its tenant (nil for none), its id.
pub(super) type Touched = (i64, Uuid, Uuid);

impl Local {
    /// Opens the database of a folder, or the file itself, which may be served meanwhile.
    pub(super) fn open(path: &Path) -> Result<Self, Fault> {
        let (folder, file) = match path.is_dir() {
            true => (path.to_owned(), path.join(FILE)),
            false => (path.parent().unwrap_or(Path::new(".")).to_owned(), path.to_owned()),
        };
        if !file.is_file() {
            return Err(Fault::new(
                format!("there is no store at {}", path.display()),
                "name the data folder of a server, or the database file in it",
            ));
        }
        let lock = open::lock(&folder).ok();
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE)
            .or_fault(&format!("the database {} cannot be opened", file.display()))?;
        open::check_ours(&connection, &file)?;
        connection.busy_timeout(std::time::Duration::from_secs(5)).or_fault(DOING)?;
        connection.pragma_update(None, "synchronous", "FULL").or_fault(DOING)?;
        // The server's checkpointer does that, if there is one; we add next to nothing.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, lock.is_none())
            .or_fault(DOING)?;
        Ok(Self { connection, folder, lock })
    }

    pub(super) fn begin(&self) -> Result<(), Fault> {
        self.connection.execute_batch("BEGIN").or_fault(DOING)
    }

    pub(super) fn end(&self) -> Result<(), Fault> {
        self.connection.execute_batch("COMMIT").or_fault(DOING)
    }

    /// What the store notes under a name.
    pub(super) fn meta<T: rusqlite::types::FromSql>(&self, name: &str) -> Result<Option<T>, Fault> {
        let sql = "SELECT value FROM _meta WHERE name = ?1";
        self.connection.query_row(sql, [name], |row| row.get(0)).optional().or_fault(DOING)
    }

    /// Notes something, or with no value takes the note away.
    pub(super) fn set_meta(&self, name: &str, value: Option<&dyn ToSql>) -> Result<(), Fault> {
        let connection = &self.connection;
        match value {
            Some(value) => connection.execute(
                "INSERT OR REPLACE INTO _meta (name, value) VALUES (?1, ?2)",
                params![name, value],
            ),
            None => connection.execute("DELETE FROM _meta WHERE name = ?1", [name]),
        }
        .or_fault(DOING)?;
        Ok(())
    }

    /// The last number of the journal.
    pub(super) fn head(&self) -> Result<i64, Fault> {
        let sql = "SELECT COALESCE(MAX(seq), 0) FROM _journal_tx";
        self.connection.query_row(sql, [], |row| row.get(0)).or_fault(DOING)
    }

    /// Names of tables and their numbers in the journal.
    pub(super) fn numbers(&self) -> Result<Vec<(String, i64)>, Fault> {
        let mut statement =
            self.connection.prepare("SELECT name, number FROM _table").or_fault(DOING)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).or_fault(DOING)?;
        rows.collect::<Result<_, _>>().or_fault(DOING)
    }

    /// Number of rows.
    pub(super) fn count(&self, moved: &Moved) -> Result<u64, Fault> {
        let sql = format!("SELECT COUNT(*) FROM {}", quoted(&moved.name));
        let count: i64 = self.connection.query_row(&sql, [], |row| row.get(0)).or_fault(DOING)?;
        Ok(count.unsigned_abs())
    }

    /// The next rows of an entity's table behind a row number, and the number of the last one.
    pub(super) fn rows_behind(
        &self,
        moved: &Moved,
        after: i64,
        count_max: usize,
    ) -> Result<(Vec<StoredRow>, i64), Fault> {
        let number = quoted(ROW_NUMBER);
        let sql = format!(
            "SELECT {}, {number} FROM {} WHERE {number} > ?1 ORDER BY {number} LIMIT ?2",
            moved.sqlite_columns(),
            quoted(&moved.name)
        );
        let mut last = after;
        let width = moved.columns.len();
        let rows = self.query(
            &sql,
            params![after, i64::try_from(count_max).unwrap_or(i64::MAX)],
            |row| {
                last = row.get(width)?;
                stored(row, width)
            },
        )?;
        Ok((rows, last))
    }

    /// The next rows of one of the store's own tables behind a row, in the order of its key.
    pub(super) fn own_rows_behind(
        &self,
        moved: &Moved,
        after: Option<&StoredRow>,
        until_seq: i64,
        count_max: usize,
    ) -> Result<Vec<StoredRow>, Fault> {
        let names: Vec<String> = moved.key_columns().iter().map(|it| quoted(&it.sqlite)).collect();
        let places: Vec<String> = (1..=moved.key).map(|it| format!("?{it}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        let mut conditions = Vec::new();
        if after.is_some() {
            conditions.push(format!("({names}) > ({places})"));
        }
        if moved.is_journal() {
            conditions.push(format!("seq <= {until_seq}"));
        }
        let condition = match conditions.is_empty() {
            true => String::new(),
            false => format!("WHERE {}", conditions.join(" AND ")),
        };
        let sql = format!(
            "SELECT {} FROM {} {condition} ORDER BY {names} LIMIT {count_max}",
            moved.sqlite_columns(),
            quoted(&moved.name)
        );
        let key = after.into_iter().flatten().take(moved.key).map(Bound);
        self.query(&sql, params_from_iter(key), |row| stored(row, moved.columns.len()))
    }

    /// Count and checksum of a table; of the journal's, behind a number and up to another.
    pub(super) fn sum(&self, moved: &Moved, between: (i64, i64)) -> Result<Sum, Fault> {
        let condition = moved.condition(between);
        let (columns, table) = (moved.sqlite_columns(), quoted(&moved.name));
        let sql = format!("SELECT {columns} FROM {table} {condition}");
        let mut sum = Sum::default();
        let mut statement = self.connection.prepare(&sql).or_fault(DOING)?;
        let mut rows = statement.query([]).or_fault(DOING)?;
        while let Some(row) = rows.next().or_fault(DOING)? {
            sum.add(&stored(row, moved.columns.len()).or_fault(DOING)?);
        }
        Ok(sum)
    }

    /// Aggregates that events with these numbers are about, each once.
    pub(super) fn touched(&self, after: i64, until: i64) -> Result<Vec<Touched>, Fault> {
        let sql = "SELECT DISTINCT entity, tenant, id FROM _journal_event WHERE seq > ?1 AND seq <= ?2 \
                   ORDER BY entity, tenant, id";
        self.query(sql, [after, until], |row| {
            let (tenant, id): ([u8; 16], [u8; 16]) = (row.get(1)?, row.get(2)?);
            Ok((row.get(0)?, Uuid::from_bytes(tenant), Uuid::from_bytes(id)))
        })
    }

    /// Rows whose columns have these values.
    pub(super) fn rows_with(
        &self,
        moved: &Moved,
        values: &[(&str, Uuid)],
    ) -> Result<Vec<StoredRow>, Fault> {
        let conditions: Vec<String> = (1..)
            .zip(values)
            .map(|(number, (name, _))| format!("{} = ?{number}", quoted(name)))
            .collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {}",
            moved.sqlite_columns(),
            quoted(&moved.name),
            conditions.join(" AND ")
        );
        let bound = values.iter().map(|(_, id)| ToSqlOutput::from(id.as_bytes().as_slice()));
        self.query(&sql, params_from_iter(bound), |row| stored(row, moved.columns.len()))
    }

    /// Writes rows; one with the same key is replaced.
    pub(super) fn insert(&self, moved: &Moved, rows: &[StoredRow]) -> Result<(), Fault> {
        let places: Vec<String> = (1..=moved.columns.len()).map(|it| format!("?{it}")).collect();
        let sql = format!(
            "INSERT OR REPLACE INTO {} ({}) VALUES ({})",
            quoted(&moved.name),
            moved.sqlite_columns(),
            places.join(", ")
        );
        let mut statement = self.connection.prepare_cached(&sql).or_fault(DOING)?;
        for row in rows {
            statement.execute(params_from_iter(row.iter().map(Bound))).or_fault(DOING)?;
        }
        Ok(())
    }

    fn query<T, P: rusqlite::Params>(
        &self,
        sql: &str,
        params: P,
        read: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, Fault> {
        let mut statement = self.connection.prepare_cached(sql).or_fault(DOING)?;
        let rows = statement.query_map(params, read).or_fault(DOING)?;
        rows.collect::<Result<_, _>>().or_fault(DOING)
    }
}

fn stored(row: &Row<'_>, width: usize) -> Result<StoredRow, rusqlite::Error> {
    (0..width)
        .map(|at| {
            Ok(match row.get_ref(at)? {
                ValueRef::Null | ValueRef::Real(_) => Stored::Null,
                ValueRef::Integer(it) => Stored::Integer(it),
                ValueRef::Text(it) => Stored::Text(String::from_utf8_lossy(it).into_owned().into()),
                ValueRef::Blob(it) => Stored::Bytes(it.to_vec().into()),
            })
        })
        .collect()
}

/// A stored value as a parameter.
struct Bound<'a>(&'a Stored<'static>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, rusqlite::Error> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Stored::Null => ValueRef::Null,
            Stored::Integer(it) => ValueRef::Integer(*it),
            Stored::Text(it) => ValueRef::Text(it.as_bytes()),
            Stored::Bytes(it) => ValueRef::Blob(it),
        }))
    }
}
