//! Opening: the folder's lock, the file's identity, what SQLite must be able to do.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use architrave_engine::Fault;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, config::DbConfig};

use super::{SqliteSettings, fault::OrFault, own};
use crate::transfer::note::{MOVED_TO, MOVING, moved_to, not_whole};

/// 3.53.0: the first release after the fix of a bug that could damage databases with a write-ahead log
/// (3.7.0 to 3.51.2; 3.52.0 was withdrawn).
const SQLITE_VERSION_MIN: i32 = 3_053_000;

/// Takes the data folder for this process.
pub(crate) fn lock(folder: &Path) -> Result<File, Fault> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Fault::new(
            format!("the data folder {} cannot be made: {error}", folder.display()),
            "name a folder that may be written",
        )
    })?;
    let path = folder.join("store.lock");
    let unwritable = |error: std::io::Error| {
        Fault::new(
            format!("the data folder {} cannot be written: {error}", folder.display()),
            "name a folder that may be written by this user",
        )
    };
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Fault::new(
            format!("the data folder {} is in use by another process", folder.display()),
            "stop the other server, or name another folder",
        )),
        Err(TryLockError::Error(error)) => Err(unwritable(error)),
    }
}

/// The connection that writes. A new file gets the store's own tables.
pub(super) fn writer(path: &Path, settings: &SqliteSettings) -> Result<Connection, Fault> {
    assert_version()?;
    let connection = Connection::open(path)
        .or_fault(&format!("the database {} cannot be opened", path.display()))?;
    // The first statement reads the file: what is no database is found here.
    configure(&connection, settings)
        .map_err(|it| Fault { what: format!("{}: {}", path.display(), it.what), ..it })?;
    identify(&connection, path)?;
    let doing = "the database cannot be prepared for writing";
    connection.pragma_update(None, "journal_mode", "WAL").or_fault(doing)?;
    sync_folder(path)?;
    // FULL: an acknowledged write is on disk, also when the power goes.
    connection.pragma_update(None, "synchronous", "FULL").or_fault(doing)?;
    // The checkpointer has a thread of its own: a writer that copies pages makes everyone wait.
    connection.pragma_update(None, "wal_autocheckpoint", 0).or_fault(doing)?;
    connection.pragma_update(None, "foreign_keys", true).or_fault(doing)?;
    if let Some(bytes_max) = settings.database_bytes_max {
        let page: i64 =
            connection.pragma_query_value(None, "page_size", |row| row.get(0)).or_fault(doing)?;
        let pages_max = bytes_max.cast_signed() / page.max(1);
        connection.pragma_update(None, "max_page_count", pages_max).or_fault(doing)?;
    }
    assert_settings(&connection)?;
    Ok(connection)
}

/// The connection that copies the write-ahead log into the database.
pub(super) fn checkpointer(path: &Path, settings: &SqliteSettings) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .or_fault(&format!("the database {} cannot be opened", path.display()))?;
    configure(&connection, settings)?;
    let doing = "the database cannot be prepared for checkpoints";
    // Emptying the log waits for readers and holds the writer up meanwhile: not for long.
    connection.busy_timeout(std::time::Duration::from_millis(100)).or_fault(doing)?;
    connection.pragma_update(None, "synchronous", "FULL").or_fault(doing)?;
    connection.pragma_update(None, "wal_autocheckpoint", 0).or_fault(doing)?;
    Ok(connection)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path, settings: &SqliteSettings) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .or_fault(&format!("the database {} cannot be opened for reading", path.display()))?;
    configure(&connection, settings)?;
    connection.set_prepared_statement_cache_capacity(settings.statements_max);
    connection
        .pragma_update(None, "query_only", true)
        .or_fault("a connection cannot be limited to reading")?;
    Ok(connection)
}

fn configure(connection: &Connection, settings: &SqliteSettings) -> Result<(), Fault> {
    let doing = "the database connection cannot be configured";
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true).or_fault(doing)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false).or_fault(doing)?;
    // A misspelt name must be an error, not a text.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).or_fault(doing)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false).or_fault(doing)?;
    // A statement's plan must not depend on what is bound to it. Otherwise SQLite prepares it anew each time
    // a value of some conditions changes, which costs more than the statement itself.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).or_fault(doing)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).or_fault(doing)?;
    connection.pragma_update(None, "mmap_size", settings.mmap_bytes_max).or_fault(doing)?;
    let cache_kib = -(settings.cache_bytes_max / 1024);
    connection.pragma_update(None, "cache_size", cache_kib).or_fault(doing)?;
    connection.pragma_update(None, "temp_store", "MEMORY").or_fault(doing)
}

/// Makes a new file ours, or refuses one that is not.
fn identify(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let doing = format!("the database {} cannot be read", path.display());
    let (application, layout) = marks(connection, path)?;
    let tables: i64 = connection
        .query_row("SELECT COUNT(*) FROM sqlite_schema", [], |row| row.get(0))
        .or_fault(&doing)?;
    if (application, layout, tables) == (0, 0, 0) {
        let create = format!(
            "BEGIN IMMEDIATE; PRAGMA application_id = {}; PRAGMA user_version = {}; {} COMMIT;",
            own::APPLICATION_ID,
            own::LAYOUT,
            own::CREATE
        );
        return connection.execute_batch(&create).or_fault("the database cannot be created");
    }
    check_ours(connection, path)?;
    check_here(connection, path)
}

/// Refuses a store that is somewhere else now, or not whole yet.
fn check_here(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let doing = format!("the database {} cannot be read", path.display());
    let note = |name: &str| {
        let sql = "SELECT value FROM _meta WHERE name = ?1";
        let found = connection.query_row(sql, [name], |row| row.get::<_, String>(0));
        found.optional().or_fault(&doing)
    };
    if let Some(place) = note(MOVED_TO)? {
        return Err(moved_to(&path.display().to_string(), &place));
    }
    match note(MOVING)? {
        Some(_) => Err(not_whole(&path.display().to_string())),
        None => Ok(()),
    }
}

/// Whose file it is, and of which layout.
fn marks(connection: &Connection, path: &Path) -> Result<(i64, i64), Fault> {
    let number = |name: &str| -> Result<i64, Fault> {
        let doing = format!("the database {} cannot be read", path.display());
        connection.pragma_query_value(None, name, |row| row.get(0)).or_fault(&doing)
    };
    Ok((number("application_id")?, number("user_version")?))
}

/// Refuses a file that is not ours, or of a layout that we do not know, without touching it.
pub(crate) fn check_ours(connection: &Connection, path: &Path) -> Result<(), Fault> {
    let (application, layout) = marks(connection, path)?;
    if application != own::APPLICATION_ID {
        return Err(Fault::new(
            format!("{} is a SQLite database of another program", path.display()),
            "name another data folder; this file has not been touched",
        ));
    }
    if layout > own::LAYOUT {
        return Err(Fault::new(
            format!(
                "{} was written by a newer Architrave (layout {layout}, this one knows {})",
                path.display(),
                own::LAYOUT
            ),
            "use that version or a newer one; this file has not been touched",
        ));
    }
    Ok(())
}

/// SQLite syncs the folder for its log, not for the database, and not after it has deleted the rollback journal
/// that a new file was made with. Without this a power cut soon after the first start could leave a log and
/// nothing it belongs to, or, on a file system that forgets the deletion, bring the journal back: SQLite would
/// then roll everything since back to the file as it was made.
fn sync_folder(path: &Path) -> Result<(), Fault> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|it| it.sync_all()).map_err(|error| {
            Fault::new(
                format!("the folder {} cannot be synced: {error}", folder.display()),
                "put the data folder on a local disk",
            )
        })?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn assert_version() -> Result<(), Fault> {
    if rusqlite::version_number() >= SQLITE_VERSION_MIN {
        return Ok(());
    }
    Err(Fault::new(
        format!("SQLite {} is too old; 3.53.0 or newer is needed", rusqlite::version()),
        "build with the bundled SQLite",
    ))
}

/// What durability and safety rest on, asked back: a pragma that is not understood is silently ignored.
fn assert_settings(connection: &Connection) -> Result<(), Fault> {
    for (name, expected) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("wal_autocheckpoint", "0"),
    ] {
        let found: rusqlite::types::Value = connection
            .pragma_query_value(None, name, |row| row.get(0))
            .or_fault("the database's settings cannot be read")?;
        let found = match found {
            rusqlite::types::Value::Integer(it) => it.to_string(),
            rusqlite::types::Value::Text(it) => it,
            _ => String::new(),
        };
        if found != expected {
            return Err(Fault::new(
                format!("SQLite keeps {name} at {found} where {expected} is needed"),
                "the data folder may be on a file system without shared memory; use a local disk",
            ));
        }
    }
    connection
        .query_row(
            "SELECT unhex('00'), json_valid('[]'), sqlite_compileoption_used('ENABLE_FTS5')",
            [],
            |row| row.get::<_, bool>(2),
        )
        .or_fault("SQLite lacks a function that is needed")?
        .then_some(())
        .ok_or_else(|| {
            Fault::new("SQLite was built without full-text search", "build with the bundled SQLite")
        })
}
