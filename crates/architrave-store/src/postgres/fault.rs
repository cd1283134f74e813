//! What PostgreSQL and the way to it answer when they refuse, as a fault with what to do.

use architrave_engine::Fault;
use tokio_postgres::{Error, error::SqlState};

use super::Address;

/// What went wrong, in the operator's words.
pub(crate) fn fault(error: &Error, address: &Address) -> Fault {
    match error.as_db_error() {
        Some(answer) => answered(answer, address),
        None => unanswered(error, address),
    }
}

/// The server did not answer within so many milliseconds.
pub(super) fn too_slow(address: &Address, doing: &str, timeout_ms: u128) -> Fault {
    let what = format!("{}: {doing} took longer than {timeout_ms} ms", address.shown());
    transient(what, "look whether the server is busy or a firewall swallows the connection")
}

fn answered(answer: &tokio_postgres::error::DbError, address: &Address) -> Fault {
    let shown = address.shown();
    let user = address.config.get_user().unwrap_or("of this process");
    let message = answer.message();
    match *answer.code() {
        SqlState::INVALID_PASSWORD => Fault::new(
            format!("{shown}: the password of user {user} is not accepted"),
            "give the right one in PGPASSWORD or in ~/.pgpass",
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION if wants_encryption(message) => Fault::new(
            format!("{shown}: the server refuses connections without TLS"),
            "add ?sslmode=require, or better ?sslmode=verify-full",
        ),
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Fault::new(
            format!("{shown}: user {user} may not sign in: {message}"),
            "look at the user and at the server's pg_hba.conf",
        ),
        SqlState::INVALID_CATALOG_NAME => Fault::new(
            format!("{shown}: there is no such database"),
            "look at the name behind the last /",
        ),
        SqlState::TOO_MANY_CONNECTIONS => transient(
            format!("{shown}: all connections of the server are in use"),
            "try again later, or raise max_connections",
        ),
        SqlState::CANNOT_CONNECT_NOW | SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => {
            transient(
                format!("{shown}: the server is starting or stopping, or ended the session"),
                "try again in a moment",
            )
        }
        SqlState::DISK_FULL => Fault {
            is_storage_full: true,
            ..transient(
                format!("{shown}: the server has no room left: {message}"),
                "make room on the server's disk; writing goes on by itself",
            )
        },
        SqlState::OUT_OF_MEMORY => transient(
            format!("{shown}: the server has no memory left: {message}"),
            "try again later, or give the server more memory",
        ),
        SqlState::READ_ONLY_SQL_TRANSACTION => transient(
            format!("{shown}: the server takes no writes, as a standby does"),
            "name all servers (host1,host2) with target_session_attrs=read-write in the address",
        ),
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => transient(
            format!("{shown}: the server ended a session that was silent within a transaction"),
            "look whether this machine is overloaded or was paused",
        ),
        SqlState::QUERY_CANCELED => transient(
            format!("{shown}: a statement took longer than it may"),
            "try again when the server is less busy",
        ),
        SqlState::LOCK_NOT_AVAILABLE => transient(
            format!("{shown}: somebody is changing the schema right now"),
            "try again when the change is done",
        ),
        ref code => Fault::new(format!("{shown}: {message} (SQLSTATE {})", code.code()), ""),
    }
}

fn unanswered(error: &Error, address: &Address) -> Fault {
    let shown = address.shown();
    let text = error.to_string();
    let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    if text.contains("TLS") {
        let help = if cause.contains("does not support") {
            "switch TLS on at the server, or say ?sslmode=disable where nobody can listen"
        } else {
            "let sslrootcert name the server's authority, and write the host as its certificate does"
        };
        return Fault::new(format!("{shown}: no encrypted connection: {cause}"), help);
    }
    if text.contains("invalid configuration") && cause.contains("password missing") {
        return Fault::new(
            format!("{shown}: the server asks for a password and there is none"),
            "give it in PGPASSWORD or in ~/.pgpass",
        );
    }
    let why = if cause.is_empty() { text } else { cause };
    transient(
        format!("{shown}: cannot connect: {why}"),
        "look whether the server runs, and at host and port",
    )
}

/// What `pg_hba.conf` answers to a connection that is not encrypted: PostgreSQL 14 and newer, and older ones.
fn wants_encryption(message: &str) -> bool {
    message.contains("no encryption") || message.contains("SSL off")
}

/// A rule without SQL: a mistake of ours, said as such.
pub(super) fn uncompilable(error: &architrave_plan::sql::Uncompilable) -> Fault {
    Fault::new(
        format!("a rule cannot be run by the database: {error}"),
        "please report this blueprint",
    )
}

fn transient(what: String, help: &str) -> Fault {
    Fault { is_transient: true, ..Fault::new(what, help) }
}
