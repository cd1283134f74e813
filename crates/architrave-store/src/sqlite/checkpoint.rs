//! The checkpointer: copies what is durable in the write-ahead log into the database, beside the writer.
//!
//! When the log has grown long enough, the writer takes the last step itself: it copies what the
//! checkpointer has not seen yet, so that its next transaction starts the log again from the beginning. To
//! truncate the log from here instead was measured and rejected: it gives pages back to the file system that
//! the next commits take again, and makes the writer forget all pages it has in memory. A tenth of the CPU
//! time of an update went there.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::Ordering::Relaxed,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use rusqlite::{Connection, ErrorCode};

use super::{Shared, fault::fault, open};

/// Time between two checkpoints while there are commits.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes that stand before each page in the log (SQLite file format, 4.1).
const FRAME_HEADER_BYTES: u64 = 24;

/// Works until the writer is gone.
pub(super) fn run(shared: &Arc<Shared>, committed: &Receiver<()>) {
    let Ok(connection) = open::checkpointer(&shared.path, &shared.settings) else { return };
    let page_bytes: Result<u32, _> =
        connection.pragma_query_value(None, "page_size", |row| row.get(0));
    let frame_bytes = u64::from(page_bytes.unwrap_or(4096)) + FRAME_HEADER_BYTES;
    while committed.recv().is_ok() {
        pass(shared, &connection, frame_bytes);
        if shared.health.is_storage_full() {
            // Gives back what the log takes, once all of it is in the database.
            checkpoint(shared, &connection, "TRUNCATE");
        }
        // Commits during the pause wake us at its end.
        match committed.recv_timeout(PAUSE) {
            Ok(()) => {
                std::thread::sleep(PAUSE);
                pass(shared, &connection, frame_bytes);
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    checkpoint(shared, &connection, "TRUNCATE");
}

fn pass(shared: &Shared, connection: &Connection, frame_bytes: u64) {
    let frames = checkpoint(shared, connection, "PASSIVE");
    let bytes_max = shared.settings.wal_bytes_max;
    let bytes = frames.saturating_mul(frame_bytes);
    if bytes > bytes_max {
        // Waits for readers and holds the writer up for the length of one copy: rare, and bounded by what
        // came in since the last pass.
        checkpoint(shared, connection, "TRUNCATE");
    } else if bytes > bytes_max / 2 {
        shared.is_log_full.store(true, Relaxed);
    }
}

/// The writer's part, between two transactions of its connection: with nothing left to copy, and no reader in
/// the log, the next one starts it again.
pub(super) fn catch_up(shared: &Shared, connection: &Connection) {
    if shared.is_log_full.swap(false, Relaxed) {
        checkpoint(shared, connection, "PASSIVE");
    }
}

/// The write-ahead log's path.
pub(super) fn wal_path(shared: &Shared) -> PathBuf {
    let mut name = shared.path.clone().into_os_string();
    name.push("-wal");
    PathBuf::from(name)
}

/// Pages in the log afterwards.
fn checkpoint(shared: &Shared, connection: &Connection, mode: &str) -> u64 {
    // (whether it was kept from its work, pages in the log, pages that have been copied)
    let done = connection
        .query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get::<_, i64>(1));
    let code = done.as_ref().err().and_then(rusqlite::Error::sqlite_error_code);
    // Busy, or a full disk: the log keeps everything, and the next pass tries again. An error of the disk
    // itself is as fatal as in a commit: nobody knows what was written.
    match (done, code) {
        (Ok(frames), _) => {
            shared.room.checkpointed(false);
            // Without a log it is -1.
            return u64::try_from(frames).unwrap_or(0);
        }
        (Err(error), Some(ErrorCode::SystemIoFailure)) => {
            (shared.settings.on_fatal)(&fault("a checkpoint failed", &error));
        }
        (Err(error), Some(ErrorCode::DiskFull)) => {
            shared.room.checkpointed(true);
            shared.health.failed(&fault("a checkpoint failed", &error));
        }
        _ => {}
    }
    0
}
