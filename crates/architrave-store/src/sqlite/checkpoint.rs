//! The checkpointer: copies what is durable in the write-ahead log into the database, beside the writer.
//! It is the only one who does, apart from the log's reset when it has grown too large.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};

use super::{Shared, fault::fault, open};

/// Time between two checkpoints while there are commits.
const PAUSE: Duration = Duration::from_millis(100);

/// Works until the writer is gone.
pub(super) fn run(shared: &Arc<Shared>, committed: &Receiver<()>) {
    let Ok(connection) = open::checkpointer(&shared.path, &shared.settings) else { return };
    let wal = wal_path(shared);
    while committed.recv().is_ok() {
        checkpoint(shared, &connection, "PASSIVE");
        if std::fs::metadata(&wal).is_ok_and(|it| it.len() > shared.settings.wal_bytes_max) {
            // Waits for readers and holds the writer up for the length of one copy: rare, and bounded by
            // what came in since the last pass.
            checkpoint(shared, &connection, "TRUNCATE");
        }
        if shared.health.is_storage_full() {
            // Gives back what the log takes, once all of it is in the database.
            checkpoint(shared, &connection, "TRUNCATE");
        }
        // Commits during the pause wake us at its end.
        match committed.recv_timeout(PAUSE) {
            Ok(()) => {
                std::thread::sleep(PAUSE);
                checkpoint(shared, &connection, "PASSIVE");
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    checkpoint(shared, &connection, "TRUNCATE");
}

/// The write-ahead log's path.
pub(super) fn wal_path(shared: &Shared) -> PathBuf {
    let mut name = shared.path.clone().into_os_string();
    name.push("-wal");
    PathBuf::from(name)
}

fn checkpoint(shared: &Shared, connection: &Connection, mode: &str) {
    let done = connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()));
    let code = done.as_ref().err().and_then(rusqlite::Error::sqlite_error_code);
    // Busy, or a full disk: the log keeps everything, and the next pass tries again. An error of the disk
    // itself is as fatal as in a commit: nobody knows what was written.
    match (done, code) {
        (Ok(()), _) => shared.room.checkpointed(false),
        (Err(error), Some(ErrorCode::SystemIoFailure)) => {
            (shared.settings.on_fatal)(&fault("a checkpoint failed", &error));
        }
        (Err(error), Some(ErrorCode::DiskFull)) => {
            shared.room.checkpointed(true);
            shared.health.failed(&fault("a checkpoint failed", &error));
        }
        _ => {}
    }
}
