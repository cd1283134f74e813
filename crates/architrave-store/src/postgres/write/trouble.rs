//! What it means when the database refuses something of a batch.

use architrave_engine::{Fault, ports::Conflict};
use tokio_postgres::{Error, error::SqlState};

use crate::postgres::{Address, fault, read::LoadError};

/// Why a batch came to nothing. Nothing of it was stored.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The database refused a change of the only job.
    Conflict(Conflict),
    /// The database refused a change of one of many jobs.
    OneOfMany,
    /// Some jobs have to go without others; which is written in their turns.
    Apart,
    /// Others were in the way: rows moved, or two transactions waited for each other.
    Moved,
    /// The session is gone.
    Lost(Fault),
    /// The world failed.
    Fault(Fault),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// What an error means that has nothing to do with what is stored.
pub(super) fn trouble(error: &Error, address: &Address) -> Trouble {
    let fault = fault::fault(error, address);
    let Some(code) = error.code() else {
        // An answer that cannot be read or a value that cannot be sent is a mistake of ours.
        return if error.is_closed() || error.to_string().contains("communicating") {
            Trouble::Lost(Fault { is_transient: true, ..fault })
        } else {
            Trouble::Fault(Fault { is_transient: false, ..fault })
        };
    };
    let is = |all: &[&SqlState]| all.contains(&code);
    if is(&[
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::LOCK_NOT_AVAILABLE,
        // Said on purpose where somebody else took an idempotency key meanwhile.
        &SqlState::DIVISION_BY_ZERO,
    ]) {
        Trouble::Moved
    } else if is(&[
        &SqlState::ADMIN_SHUTDOWN,
        &SqlState::CRASH_SHUTDOWN,
        &SqlState::CANNOT_CONNECT_NOW,
        // The server became a standby: another one writes now.
        &SqlState::READ_ONLY_SQL_TRANSACTION,
        &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ]) || code.code().starts_with("08")
    {
        Trouble::Lost(Fault { is_transient: true, ..fault })
    } else {
        Trouble::Fault(fault)
    }
}

/// What an error while loading means.
pub(super) fn loading(error: LoadError, address: &Address) -> Trouble {
    match error {
        LoadError::Database(error) => trouble(&error, address),
        LoadError::Fault(fault) => Trouble::Fault(fault),
    }
}
