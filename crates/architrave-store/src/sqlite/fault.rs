//! What SQLite's errors mean to an operator.

use architrave_engine::Fault;
use rusqlite::{Error, ErrorCode};

/// A fault in the operator's words: what was being done, what SQLite said, what to do.
pub(super) fn fault(doing: &str, error: &Error) -> Fault {
    let (help, is_transient) = match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            ("make room on the disk; reading goes on and writing recovers by itself", true)
        }
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
    let mut fault = Fault::new(format!("{doing}: {error}"), help);
    fault.is_transient = is_transient;
    fault
}

/// Turns SQLite's result into ours.
pub(super) trait OrFault<T> {
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
