//! Replays the journal and compares the result with the tables.

use std::{collections::BTreeMap, path::Path};

use architrave_engine::Fault;
use architrave_plan::sql::quoted;
use rusqlite::{Connection, OpenFlags, config::DbConfig, types::ValueRef};
use serde_json::{Map, Value as Json};

use super::{fault::OrFault, open::check_ours};
use crate::vault::hex;

const DOING: &str = "the database cannot be verified";
/// Differences that are reported one by one.
const DIFFERENCES_MAX: usize = 20;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Transactions in the journal.
    pub transactions: u64,
    /// Events in the journal.
    pub events: u64,
    /// Rows in the tables.
    pub rows: u64,
    /// What differs, in words; the first twenty.
    pub differences: Vec<String>,
}

/// A row of the replay: (table, id) and its stored columns.
type Rows = BTreeMap<(String, String), Map<String, Json>>;

/// Replays the journal of the database at `path` (the file) from its beginning and compares every row
/// with the tables, encrypted columns by their bytes. Reads only; a running server may go on.
///
/// # Errors
/// The file cannot be read, or its journal does not begin at the beginning.
pub fn verify(path: &Path) -> Result<Verified, Fault> {
    // Not read-only: a copy, or what a power cut left, has a write-ahead log without its index, and only
    // who may write can make one. Nothing is written to the database, and its log stays where it is.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let connection = Connection::open_with_flags(path, flags)
        .or_fault(&format!("the database {} cannot be opened", path.display()))?;
    connection.pragma_update(None, "query_only", true).or_fault(DOING)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).or_fault(DOING)?;
    check_ours(&connection, path)?;
    connection.execute_batch("BEGIN").or_fault(DOING)?;
    let mut verified = Verified::default();
    check_integrity(&connection, &mut verified)?;
    let replayed = replay(&connection, &mut verified)?;
    compare(&connection, replayed, &mut verified)?;
    Ok(verified)
}

fn differ(verified: &mut Verified, what: String) {
    if verified.differences.len() < DIFFERENCES_MAX {
        verified.differences.push(what);
    }
}

fn check_integrity(connection: &Connection, verified: &mut Verified) -> Result<(), Fault> {
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).or_fault(DOING)?;
    if found != "ok" {
        differ(verified, format!("the file is damaged: {found}"));
    }
    let orphans: i64 = connection
        .query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .or_fault(DOING)?;
    if orphans > 0 {
        differ(verified, format!("{orphans} references lead nowhere"));
    }
    Ok(())
}

fn replay(connection: &Connection, verified: &mut Verified) -> Result<Rows, Fault> {
    let floor: i64 = connection
        .query_row(
            "SELECT COALESCE((SELECT value FROM _meta WHERE name = 'floor_seq'), 0)",
            [],
            |row| row.get(0),
        )
        .or_fault(DOING)?;
    if floor > 0 {
        return Err(Fault::new(
            "the journal's beginning has been removed",
            "verify against a snapshot instead",
        ));
    }
    let transactions: i64 = connection
        .query_row("SELECT COUNT(*) FROM _journal_tx WHERE kind <> 3", [], |row| row.get(0))
        .or_fault(DOING)?;
    verified.transactions = transactions.unsigned_abs();
    let mut rows = Rows::new();
    // Rows of parts by aggregate: an image holds all parts that are left.
    let mut parts: BTreeMap<(String, String), Vec<(String, String)>> = BTreeMap::new();
    let mut statement = connection
        .prepare(
            "SELECT t.name, e.id, e.version, e.event, e.data FROM _journal_event e \
             JOIN _table t ON t.number = e.entity ORDER BY e.seq, e.idx",
        )
        .or_fault(DOING)?;
    let mut events = statement.query([]).or_fault(DOING)?;
    while let Some(event) = events.next().or_fault(DOING)? {
        verified.events += 1;
        let table: String = event.get(0).or_fault(DOING)?;
        let id: [u8; 16] = event.get(1).or_fault(DOING)?;
        let name: String = event.get(3).or_fault(DOING)?;
        let data: String = event.get(4).or_fault(DOING)?;
        let aggregate = (table.clone(), hex(&id));
        let Ok(Json::Object(image)) = serde_json::from_str(&data) else {
            differ(verified, format!("a record of {table} {} cannot be read", aggregate.1));
            continue;
        };
        let root = image.get("row").and_then(Json::as_object).cloned().unwrap_or_default();
        for part in parts.remove(&aggregate).unwrap_or_default() {
            rows.remove(&part);
        }
        if is_gone(&name, &root) {
            rows.remove(&aggregate);
            continue;
        }
        let mut own = Vec::new();
        for (table, list) in image.get("parts").and_then(Json::as_object).into_iter().flatten() {
            for part in list.as_array().into_iter().flatten().filter_map(Json::as_object) {
                let id = part.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
                own.push((table.clone(), id.clone()));
                rows.insert((table.clone(), id), part.clone());
            }
        }
        parts.insert(aggregate.clone(), own);
        rows.insert(aggregate, root);
    }
    Ok(rows)
}

/// A deletion takes the row away, unless it is soft: then the image says when it was hidden.
fn is_gone(event: &str, root: &Map<String, Json>) -> bool {
    match event {
        "purged" => true,
        "deleted" => !root.contains_key("deleted_at"),
        _ => false,
    }
}

fn compare(
    connection: &Connection,
    mut replayed: Rows,
    verified: &mut Verified,
) -> Result<(), Fault> {
    let mut tables = connection.prepare("SELECT name FROM _table").or_fault(DOING)?;
    let names = tables.query_map([], |row| row.get::<_, String>(0)).or_fault(DOING)?;
    for table in names {
        let table = table.or_fault(DOING)?;
        let columns = value_columns(connection, &table)?;
        let names: Vec<String> = columns.iter().map(|it| quoted(it)).collect();
        let mut statement = connection
            .prepare(&format!("SELECT {} FROM {}", names.join(", "), quoted(&table)))
            .or_fault(DOING)?;
        let mut rows = statement.query([]).or_fault(DOING)?;
        while let Some(row) = rows.next().or_fault(DOING)? {
            verified.rows += 1;
            let mut stored = Map::new();
            for (position, column) in columns.iter().enumerate() {
                let value = row.get_ref(position).or_fault(DOING)?;
                if value != ValueRef::Null {
                    stored.insert(column.clone(), as_json(value));
                }
            }
            let id = stored.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
            match replayed.remove(&(table.clone(), id.clone())) {
                None => differ(verified, format!("{table} {id} is stored and not in the journal")),
                Some(expected) if expected != stored => {
                    let names: Vec<&String> = stored
                        .keys()
                        .chain(expected.keys())
                        .filter(|it| stored.get(*it) != expected.get(*it))
                        .collect();
                    differ(verified, format!("{table} {id} differs from the journal in {names:?}"));
                }
                Some(_) => {}
            }
        }
    }
    for (table, id) in replayed.keys() {
        differ(verified, format!("{table} {id} is in the journal and not stored"));
    }
    Ok(())
}

/// Columns of a table without the keyed hashes, which the journal does not repeat.
fn value_columns(connection: &Connection, table: &str) -> Result<Vec<String>, Fault> {
    let mut statement = connection
        .prepare("SELECT name FROM _column WHERE in_table = ?1 AND is_lookup = 0")
        .or_fault(DOING)?;
    let names = statement.query_map([table], |row| row.get(0)).or_fault(DOING)?;
    names.collect::<Result<_, _>>().or_fault(DOING)
}

fn as_json(value: ValueRef<'_>) -> Json {
    match value {
        ValueRef::Integer(it) => Json::from(it),
        ValueRef::Text(it) => Json::from(String::from_utf8_lossy(it)),
        ValueRef::Blob(it) => Json::from(hex(it)),
        ValueRef::Null | ValueRef::Real(_) => Json::Null,
    }
}
