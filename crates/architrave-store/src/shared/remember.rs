//! Answers kept for idempotency keys, as bytes. Those that hold encrypted fields are encrypted themselves.

use architrave_engine::{Fault, Problem, ProblemDetail, ports::Answer};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::vault::{Place, Vault};

/// What of an answer is kept as bytes, sealed where it has to be.
pub(crate) struct Kept {
    /// The answer's body.
    pub(crate) body: Vec<u8>,
    /// The refusal, if it was one.
    pub(crate) problem: Option<Vec<u8>>,
}

/// An answer as it is kept.
///
/// # Errors
/// Where it cannot be encrypted.
pub(crate) fn kept(
    vault: &Vault,
    key: &[u8],
    answer: &Answer,
    is_sealed: bool,
) -> Result<Kept, Fault> {
    let sealed = |what, bytes: &[u8]| match is_sealed {
        true => vault.seal(place(key, what), bytes),
        false => Ok(bytes.to_vec()),
    };
    Ok(Kept {
        body: sealed("body", &answer.body)?,
        problem: answer.problem.as_ref().map(|it| sealed("problem", &encode(it))).transpose()?,
    })
}

/// Body and problem of an answer that was kept.
///
/// # Errors
/// Where it cannot be decrypted.
pub(crate) fn opened(
    vault: &Vault,
    key: &[u8],
    kept: Kept,
    is_sealed: bool,
) -> Result<(Vec<u8>, Option<Problem>), Fault> {
    let opened = |what, bytes: Vec<u8>| match is_sealed {
        true => vault.unseal(place(key, what), &bytes),
        false => Ok(bytes),
    };
    let body = opened("body", kept.body)?;
    let problem = kept.problem.map(|it| opened("problem", it)).transpose()?;
    Ok((body, problem.and_then(|it| decode(&it))))
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
