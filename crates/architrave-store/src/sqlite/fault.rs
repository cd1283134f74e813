//! What SQLite's errors mean to an operator.

use architrave_engine::Fault;
use rusqlite::{
    Error, ErrorCode,
    ffi::{
        SQLITE_IOERR_CLOSE, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC, SQLITE_IOERR_TRUNCATE,
        SQLITE_IOERR_WRITE,
    },
};

use super::room;

/// What an operator does about a disk that fails.
pub(super) const CHECK_THE_DISK: &str = "check the disk; a restart finds out what was stored";

/// A fault in the operator's words: what was being done, what SQLite said, what to do.
pub(super) fn fault(doing: &str, error: &Error) -> Fault {
    let (help, is_transient) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => (room::HELP, true),
        Some(ErrorCode::SystemIoFailure) if is_failed_write(error) => (CHECK_THE_DISK, true),
        Some(ErrorCode::SystemIoFailure) => ("check the disk and the log of the system", false),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            ("check that the data folder may be written by this user", false)
        }
        Some(ErrorCode::OperationInterrupted) => {
            ("the read took too long and was stopped; narrow it or declare an index", true)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("another process uses the database; stop it", true)
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            ("the file is damaged or not ours; restore it from a backup", false)
        }
        _ => ("", false),
    };
    let mut fault = Fault::new(format!("{doing}: {error}{}", which(error)), help);
    fault.is_transient = is_transient;
    fault.is_storage_full = error.sqlite_error_code() == Some(ErrorCode::DiskFull);
    fault.is_outcome_unknown = is_failed_write(error);
    fault
}

/// Which of its thirty kinds an "I/O error" is: <https://sqlite.org/rescode.html#extrc>.
fn which(error: &Error) -> String {
    match error {
        Error::SqliteFailure(it, _) if it.code == ErrorCode::SystemIoFailure => {
            format!(" (SQLite's code {})", it.extended_code)
        }
        _ => String::new(),
    }
}

/// Whether the disk failed to take something: from then on nobody knows what it holds, and the system may
/// have dropped what it could not write, so that a second attempt would only seem to succeed.
pub(super) fn is_failed_write(error: &Error) -> bool {
    let Error::SqliteFailure(it, _) = error else { return false };
    matches!(
        it.extended_code,
        SQLITE_IOERR_WRITE
            | SQLITE_IOERR_FSYNC
            | SQLITE_IOERR_DIR_FSYNC
            | SQLITE_IOERR_TRUNCATE
            | SQLITE_IOERR_CLOSE
    )
}

/// Turns SQLite's result into ours.
pub(crate) trait OrFault<T> {
    /// Says what was being done when it failed.
    fn or_fault(self, doing: &str) -> Result<T, Fault>;
}

impl<T> OrFault<T> for Result<T, Error> {
    fn or_fault(self, doing: &str) -> Result<T, Fault> {
        self.map_err(|error| fault(doing, &error))
    }
}

/// A rule without SQL: a mistake of ours, said as such.
pub(super) fn uncompilable(error: &architrave_plan::sql::Uncompilable) -> Fault {
    Fault::new(
        format!("a rule cannot be run by the database: {error}"),
        "please report this blueprint",
    )
}
