//! Answers kept for idempotency keys. Those that hold encrypted fields are encrypted themselves.

use architrave_engine::{
    Fault,
    ports::{Answer, Position, Remembered},
};
use rusqlite::{Connection, OptionalExtension, params};

use super::fault::OrFault;
use crate::{
    shared::remember::{Kept, kept, opened},
    vault::Vault,
};

/// Most expired answers that one sweep removes.
const SWEEP_MAX: i64 = 500;

/// The answer to a key, unless its time is over.
pub(super) fn find(
    connection: &Connection,
    vault: &Vault,
    key: &[u8],
    now_us: i64,
) -> Result<Option<Remembered>, Fault> {
    let doing = "remembered answers cannot be read";
    let sql = "SELECT fingerprint, status, body, etag, location, problem, is_sealed, epoch, seq, idx, \
               expires_at_us FROM _idempotency WHERE key = ?1 AND expires_at_us > ?2";
    let mut statement = connection.prepare_cached(sql).or_fault(doing)?;
    let found = statement
        .query_row(params![key, now_us], |row| {
            let position = match (row.get(7)?, row.get::<_, Option<i64>>(8)?, row.get(9)?) {
                (Some(epoch), Some(seq), Some(idx)) => {
                    Some(Position { epoch, seq: seq.unsigned_abs(), idx })
                }
                _ => None,
            };
            let body: Vec<u8> = row.get(2)?;
            let problem: Option<Vec<u8>> = row.get(5)?;
            let remembered = Remembered {
                key: key.to_vec(),
                fingerprint: row.get(0)?,
                answer: Answer {
                    status: row.get(1)?,
                    body: Vec::new(),
                    etag: row.get(3)?,
                    location: row.get(4)?,
                    problem: None,
                    is_replayed: false,
                },
                expires_at_us: row.get(10)?,
                is_sensitive: row.get(6)?,
                position,
            };
            Ok((remembered, body, problem))
        })
        .optional()
        .or_fault(doing)?;
    let Some((mut remembered, body, problem)) = found else { return Ok(None) };
    let (body, problem) = opened(vault, key, Kept { body, problem }, remembered.is_sensitive)?;
    remembered.answer.body = body;
    remembered.answer.problem = problem;
    Ok(Some(remembered))
}

/// Keeps an answer; one whose time is over makes room.
pub(super) fn keep(
    connection: &Connection,
    vault: &Vault,
    remembered: &Remembered,
    position: Option<Position>,
) -> Result<(), Fault> {
    let doing = "an answer cannot be remembered";
    let answer = &remembered.answer;
    let Kept { body, problem } = kept(vault, &remembered.key, answer, remembered.is_sensitive)?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO _idempotency (key, fingerprint, status, body, etag, location, problem, \
             is_sealed, epoch, seq, idx, expires_at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )
        .and_then(|mut it| {
            it.execute(params![
                remembered.key,
                remembered.fingerprint,
                answer.status,
                body,
                answer.etag,
                answer.location,
                problem,
                remembered.is_sensitive,
                position.map(|it| it.epoch),
                position.map(|it| it.seq.cast_signed()),
                position.map(|it| it.idx),
                remembered.expires_at_us,
            ])
        })
        .or_fault(doing)?;
    Ok(())
}

/// Removes some answers whose time is over; how many.
pub(super) fn sweep(connection: &Connection, now_us: i64) -> Result<usize, Fault> {
    connection
        .execute(
            "DELETE FROM _idempotency WHERE key IN \
             (SELECT key FROM _idempotency WHERE expires_at_us <= ?1 ORDER BY expires_at_us LIMIT ?2)",
            params![now_us, SWEEP_MAX],
        )
        .or_fault("expired answers cannot be removed")
}
