//! Replays the journal and compares the result with the tables.

use std::path::Path;

use architrave_engine::Fault;
use architrave_plan::sql::quoted;
use rusqlite::{Connection, OpenFlags, config::DbConfig, types::ValueRef};
use serde_json::{Map, Value as Json};

use super::{fault::OrFault, open::check_ours};
use crate::{
    shared::replay::{Replay, Verified},
    vault::hex,
};

const DOING: &str = "the database cannot be verified";

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

fn check_integrity(connection: &Connection, verified: &mut Verified) -> Result<(), Fault> {
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).or_fault(DOING)?;
    if found != "ok" {
        verified.differ(format!("the file is damaged: {found}"));
    }
    let orphans: i64 = connection
        .query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .or_fault(DOING)?;
    if orphans > 0 {
        verified.differ(format!("{orphans} references lead nowhere"));
    }
    Ok(())
}

fn replay(connection: &Connection, verified: &mut Verified) -> Result<Replay, Fault> {
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
        .query_row("SELECT COUNT(*) FROM _journal_tx WHERE kind NOT IN (1, 3)", [], |row| {
            row.get(0)
        })
        .or_fault(DOING)?;
    verified.transactions = transactions.unsigned_abs();
    let mut replay = Replay::default();
    let mut statement = connection
        .prepare(
            "SELECT t.name, e.id, e.event, e.data FROM _journal_event e \
             JOIN _table t ON t.number = e.entity ORDER BY e.seq, e.idx",
        )
        .or_fault(DOING)?;
    let mut events = statement.query([]).or_fault(DOING)?;
    while let Some(event) = events.next().or_fault(DOING)? {
        let table: String = event.get(0).or_fault(DOING)?;
        let id: [u8; 16] = event.get(1).or_fault(DOING)?;
        let name: String = event.get(2).or_fault(DOING)?;
        let data: String = event.get(3).or_fault(DOING)?;
        replay.event((&table, &id), (&name, &data), verified);
    }
    Ok(replay)
}

fn compare(
    connection: &Connection,
    mut replay: Replay,
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
            let mut stored = Map::new();
            for (position, column) in columns.iter().enumerate() {
                let value = row.get_ref(position).or_fault(DOING)?;
                if value != ValueRef::Null {
                    stored.insert(column.clone(), as_json(value));
                }
            }
            replay.compare(&table, &stored, verified);
        }
    }
    replay.finish(verified);
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
