//! The schema of somebody else's database as text, for review and import. Reads only, and never a row.

use std::path::Path;

use architrave_engine::Fault;
use architrave_model::SourceFile;
use rusqlite::{Connection, OpenFlags, config::DbConfig, limits::Limit};

/// What a database file of SQLite begins with (<https://sqlite.org/fileformat.html>).
pub const SQLITE_MAGIC: &[u8] = b"SQLite format 3\0";

/// Most statements of a schema; the largest known applications have a few thousand tables and indexes.
const STATEMENTS_MAX: i64 = 100_000;
/// Largest text of a schema.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// A file may be built to make SQLite work for ever: so many steps of its virtual machine are enough.
const STEPS_MAX: i32 = 50_000_000;

/// The statements that made the tables and indexes of a database, in the order of making. Tables behind
/// full-text indexes and other virtual tables are left out: nobody made them by hand.
///
/// # Errors
/// Where the file cannot be opened or is no database.
pub fn schema_text(path: &Path) -> Result<SourceFile, Fault> {
    let name = path.display().to_string();
    let failed = |error: rusqlite::Error| {
        Fault::new(
            format!("the schema of {name} cannot be read: {error}"),
            "name a database file of SQLite that this user may read",
        )
    };
    let mut connection = open(path).map_err(failed)?;
    guard(&mut connection).map_err(failed)?;
    let mut statement = connection
        .prepare(
            "SELECT sql FROM sqlite_schema \
             WHERE sql IS NOT NULL AND type IN ('table', 'index') AND tbl_name NOT IN \
               (SELECT name FROM pragma_table_list WHERE type = 'shadow') \
             ORDER BY rowid LIMIT ?1",
        )
        .map_err(failed)?;
    let mut rows = statement.query([STATEMENTS_MAX]).map_err(failed)?;
    let mut text = format!("-- SQLite schema of {}\n", one_line(&name));
    while let Some(row) = rows.next().map_err(failed)? {
        let sql: String = row.get(0).map_err(failed)?;
        if text.len() + sql.len() > BYTES_MAX {
            return Err(Fault::new(
                format!("the schema of {name} is larger than {} MB", BYTES_MAX / (1024 * 1024)),
                "give the tables of interest as a file of SQL",
            ));
        }
        text.push_str(&sql);
        text.push_str(";\n");
    }
    Ok(SourceFile { name, text })
}

/// Opens for reading alone. Even a reader makes files beside a database that has a write-ahead log; where none
/// is there, nobody writes and everything is in the database, so that it can be read as if it never changed.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if Path::new(&log).exists() {
        return Connection::open_with_flags(path, flags);
    }
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_') {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri.push_str("?immutable=1");
    Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
}

/// The file may come from anybody: nothing in its schema is run or believed.
fn guard(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(BYTES_MAX).unwrap_or(i32::MAX))?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    let mut steps_left = STEPS_MAX / 1_000;
    connection.progress_handler(
        1_000,
        Some(move || {
            steps_left -= 1;
            steps_left <= 0
        }),
    )?;
    connection.pragma_update(None, "cell_size_check", true)
}

fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_indexes_are_told_in_the_order_of_making() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch(
            "CREATE TABLE b (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
             CREATE TABLE a (b INT REFERENCES b);
             CREATE INDEX a_b ON a (b);
             CREATE VIEW v AS SELECT 1;
             CREATE VIRTUAL TABLE words USING fts5(name);
             INSERT INTO b VALUES (1, 'a secret');",
        )
        .unwrap();
        let file = schema_text(&path).unwrap();
        let lines: Vec<&str> = file.text.lines().skip(1).collect();
        assert_eq!(
            lines,
            [
                "CREATE TABLE b (id INTEGER PRIMARY KEY, name TEXT UNIQUE);",
                "CREATE TABLE a (b INT REFERENCES b);",
                "CREATE INDEX a_b ON a (b);",
                "CREATE VIRTUAL TABLE words USING fts5(name);",
            ]
        );
        assert!(!file.text.contains("secret"), "rows are never read");
    }

    #[test]
    fn nothing_is_left_beside_the_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a b%?#.db");
        let made = Connection::open(&path).unwrap();
        made.pragma_update(None, "journal_mode", "WAL").unwrap();
        made.execute_batch("CREATE TABLE t (id INT)").unwrap();
        // What is still in the log alone is read too.
        assert!(schema_text(&path).unwrap().text.contains("CREATE TABLE t"));
        drop(made);
        assert!(schema_text(&path).unwrap().text.contains("CREATE TABLE t"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_database_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db");
        std::fs::write(&path, [SQLITE_MAGIC, &[7; 4_000]].concat()).unwrap();
        assert!(schema_text(&path).unwrap_err().what.contains("cannot be read"));
        assert!(schema_text(&folder.path().join("none.db")).is_err());
    }
}
