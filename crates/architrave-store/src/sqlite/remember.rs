//! Answers kept for idempotency keys. Those that hold encrypted fields are encrypted themselves.

use architrave_engine::{
    Fault, Problem, ProblemDetail,
    ports::{Answer, Position, Remembered},
};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::fault::OrFault;
use crate::vault::{Place, Vault};

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
    let opened = |what, bytes: Vec<u8>| match remembered.is_sensitive {
        true => vault.unseal(place(key, what), &bytes),
        false => Ok(bytes),
    };
    let body = opened("body", body)?;
    let problem = problem.map(|it| opened("problem", it)).transpose()?;
    remembered.answer.body = body;
    remembered.answer.problem = problem.and_then(|it| decode(&it));
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
    let sealed = |what, bytes: &[u8]| match remembered.is_sensitive {
        true => vault.seal(place(&remembered.key, what), bytes),
        false => Ok(bytes.to_vec()),
    };
    let answer = &remembered.answer;
    let body = sealed("body", &answer.body)?;
    let problem = answer.problem.as_ref().map(|it| sealed("problem", &encode(it))).transpose()?;
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

fn place<'a>(key: &[u8], column: &'a str) -> Place<'a> {
    let mut row = [0; 16];
    row.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Place { tenant: None, table: "_idempotency", row: Uuid::from_bytes(row), column }
}

fn encode(problem: &Problem) -> Vec<u8> {
    let errors: Vec<Json> = problem
        .errors
        .iter()
        .map(|it| {
            json!({"pointer": it.pointer, "parameter": it.parameter, "code": it.code, "detail": it.detail})
        })
        .collect();
    json!({
        "code": problem.code, "status": problem.status, "title": problem.title, "detail": problem.detail,
        "retryable": problem.is_retryable, "errors": errors, "etag": problem.etag,
        "retry_after_s": problem.retry_after_s,
    })
    .to_string()
    .into_bytes()
}

fn decode(bytes: &[u8]) -> Option<Problem> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    let text = |of: &Json, name: &str| of.get(name).and_then(Json::as_str).map(str::to_owned);
    let errors = json.get("errors")?.as_array()?.iter().map(|it| {
        Some(ProblemDetail {
            pointer: text(it, "pointer"),
            parameter: text(it, "parameter"),
            code: text(it, "code")?,
            detail: text(it, "detail")?,
        })
    });
    Some(Problem {
        code: text(&json, "code")?,
        status: u16::try_from(json.get("status")?.as_u64()?).ok()?,
        title: text(&json, "title")?,
        detail: text(&json, "detail")?,
        is_retryable: json.get("retryable")?.as_bool()?,
        errors: errors.collect::<Option<_>>()?,
        etag: text(&json, "etag"),
        retry_after_s: json
            .get("retry_after_s")
            .and_then(Json::as_u64)
            .and_then(|it| u32::try_from(it).ok()),
    })
}
