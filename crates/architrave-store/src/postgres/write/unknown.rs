//! What came of a commit whose answer never arrived. The database knows: it is asked by the number of the transaction.

use std::time::Duration;

use architrave_engine::Fault;
use tokio::time::{Instant, sleep};
use tokio_postgres::Error;

use crate::postgres::{line::Line, session::Session, value::Bound};

/// How long the database is asked before nobody can say.
const ASK_MAX: Duration = Duration::from_secs(10);
/// Which of its histories a server writes.
const TIMELINE: &str = "substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";
const ASK_EVERY: Duration = Duration::from_millis(50);

/// What came of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It is stored; the journal has come at least as far as this.
    Stored(i64),
    /// It is not, and will not be.
    Gone,
    /// Nobody could say within the time.
    Unknown,
}

/// The history of the server that a session is at; another one after a failover.
pub(super) async fn timeline(session: &Session) -> Result<String, Error> {
    let rows = session.rows(&format!("SELECT {TIMELINE}"), Vec::new()).await?;
    Ok(rows.first().and_then(|it| it.try_get(0).ok()).unwrap_or_default())
}

/// Asks until the database says. After a failover the number may be another transaction's, and nobody can say.
pub(super) async fn settle(line: &Line, transaction: i64, before: &str) -> Settled {
    let until = Instant::now() + ASK_MAX;
    while Instant::now() < until {
        if let Ok(session) = line.session().await {
            match asked(&session, transaction, before).await {
                Ok(Some(settled)) => return settled,
                // Its process still runs, and will notice that nobody is there.
                Ok(None) => {}
                Err(_) => line.leave(&session).await,
            }
        }
        sleep(ASK_EVERY).await;
    }
    Settled::Unknown
}

/// What the database says now; none while the transaction is under way.
async fn asked(
    session: &Session,
    transaction: i64,
    before: &str,
) -> Result<Option<Settled>, Error> {
    let text = format!(
        "SELECT pg_xact_status($1::bigint::text::xid8), (SELECT max(seq) FROM architrave.journal_tx), {TIMELINE}"
    );
    let rows = session.rows(&text, vec![Bound::Int(transaction)]).await?;
    let Some(row) = rows.first() else { return Ok(Some(Settled::Unknown)) };
    let (status, timeline): (Option<&str>, &str) = (row.try_get(0)?, row.try_get(2)?);
    let seq: Option<i64> = row.try_get(1)?;
    Ok(match status {
        _ if timeline != before => Some(Settled::Unknown),
        Some("committed") => Some(Settled::Stored(seq.unwrap_or_default())),
        Some("aborted") => Some(Settled::Gone),
        Some(_) => None,
        // Too long ago, or a number that this server never gave.
        None => Some(Settled::Unknown),
    })
}

/// Said to callers where nobody knows.
pub(super) fn unknown(cause: &Fault) -> Fault {
    let fault = Fault::new(
        format!("the connection broke while a write was being committed: {}", cause.what),
        "send the request again with the same idempotency key: it acts at most once",
    );
    Fault { is_transient: true, is_outcome_unknown: true, ..fault }
}
