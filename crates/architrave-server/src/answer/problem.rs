//! Problems as JSON (RFC 9457).

use architrave_engine::{Fault, Problem};
use http::{HeaderValue, StatusCode, header};

use super::fixed::{Parts, insert_text};
use crate::request::Trace;

/// What a problem says about the request that it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The request's path.
    pub(crate) path: &'a str,
    pub(crate) trace: &'a Trace,
    /// Whether it came with credentials.
    pub(crate) has_credentials: bool,
}

/// A problem as an answer, with the headers that belong to its status.
pub(crate) fn problem_parts(problem: &Problem, asked: Asked<'_>) -> Parts {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = problem_body(problem, asked.path, asked.trace.trace_id());
    let mut parts = Parts::problem(status, problem.code.clone(), body);
    if status == StatusCode::UNAUTHORIZED {
        // RFC 6750, 3.1: the error is named only where credentials were sent.
        let challenge = if asked.has_credentials {
            "Bearer realm=\"architrave\", error=\"invalid_token\""
        } else {
            "Bearer realm=\"architrave\""
        };
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    if let Some(etag) = &problem.etag {
        insert_text(&mut parts.headers, &header::ETAG, etag);
    }
    let waits = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::INSUFFICIENT_STORAGE
    );
    if let Some(seconds) = problem.retry_after_s.or(waits.then_some(1)) {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    parts
}

/// The body of a problem. `instance` is the request's path, `trace_id` its name in the log.
pub(crate) fn problem_body(problem: &Problem, instance: &str, trace_id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(320);
    out.extend_from_slice(b"{\"type\":");
    text(&mut out, &format!("/problems/{}", problem.code));
    member(&mut out, "title", &problem.title);
    out.extend_from_slice(format!(",\"status\":{}", problem.status).as_bytes());
    member(&mut out, "detail", &problem.detail);
    member(&mut out, "instance", instance);
    member(&mut out, "code", &problem.code);
    member(&mut out, "trace_id", trace_id);
    out.extend_from_slice(b",\"retryable\":");
    out.extend_from_slice(if problem.is_retryable { b"true" } else { b"false" });
    if !problem.errors.is_empty() {
        errors(&mut out, problem);
    }
    out.push(b'}');
    out
}

fn errors(out: &mut Vec<u8>, problem: &Problem) {
    out.extend_from_slice(b",\"errors\":[");
    for (position, error) in problem.errors.iter().enumerate() {
        out.extend_from_slice(if position == 0 { b"{\"code\":" } else { b",{\"code\":" });
        text(out, &error.code);
        if let Some(pointer) = &error.pointer {
            member(out, "pointer", pointer);
        }
        if let Some(parameter) = &error.parameter {
            member(out, "parameter", parameter);
        }
        member(out, "detail", &error.detail);
        out.push(b'}');
    }
    out.push(b']');
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    text(out, value);
}

/// Appends a JSON string.
pub(crate) fn text(out: &mut Vec<u8>, value: &str) {
    // Writing text to memory cannot fail.
    let _ = serde_json::to_writer(out, value);
}

/// Room is made by a person: asking every second would be in vain.
const STORAGE_FULL_RETRY_AFTER_S: u32 = 10;

/// What a caller is told of a fault: nothing but whether to come back.
pub(crate) fn fault_problem(fault: &Fault) -> Problem {
    if fault.is_outcome_unknown {
        Problem::of("unknown-outcome", "Repeat the request with the same idempotency key.")
    } else if fault.is_storage_full {
        let problem = Problem::of("storage-full", "There is no room to store the change.");
        Problem { retry_after_s: Some(STORAGE_FULL_RETRY_AFTER_S), ..problem }
    } else if fault.is_transient {
        Problem::of("overloaded", "The server is busy.")
    } else {
        Problem::of("internal-error", "The request could not be served.")
    }
}
