//! Answers writes.

use architrave_engine::{Caller, Failure, Problem, WriteRequest, ports::Written};
use architrave_plan::{Idempotency, Operation, OperationId, OperationKind};
use http::{HeaderValue, StatusCode, header};
use hyper::body::{Body, Incoming};

use super::desk::Desk;
use crate::{
    answer::{Asked, Cache, Parts, insert_text, names, problem_parts},
    request::{BodyKind, Intake, Trace, check_media, header_problem, read_body},
    router::is_empty_query,
};

/// A write as it came in.
pub(crate) struct Sent<'a> {
    pub(crate) id: OperationId,
    pub(crate) operation: &'a Operation,
    pub(crate) caller: &'a Caller,
    pub(crate) row: Option<&'a str>,
    pub(crate) query: Option<&'a str>,
    pub(crate) body: &'a mut Incoming,
}

/// Reads everything that a write needs from its request.
pub(crate) async fn receive(
    desk: &Desk,
    sent: Sent<'_>,
    intake: &Intake<'_>,
    trace: &Trace,
) -> Result<WriteRequest, Problem> {
    if !intake.accepts_json {
        return Err(Problem::of("not-acceptable", "This is served as `application/json`."));
    }
    if !is_empty_query(sent.query) {
        return Err(Problem::of("unknown-parameter", "This takes no query parameters."));
    }
    let idempotency_key = key(sent.operation, intake)?;
    let if_match = intake.if_match()?;
    intake.refuse_if_none_match()?;
    let kind = body_kind(sent.operation.kind);
    check_media(intake, kind, sent.body.is_end_stream())?;
    let bytes_max = desk.engine.plan().body_bytes_max;
    let body = read_body(intake, sent.body, bytes_max, desk.bounds.body_time_max).await?;
    if kind == BodyKind::None && !body.is_empty() {
        return Err(Problem::of("malformed-request", "This operation takes no body."));
    }
    let Trace { request_id, traceparent } = trace.clone();
    Ok(WriteRequest {
        operation: sent.id,
        caller: sent.caller.clone(),
        id: sent.row.map(str::to_owned),
        body,
        idempotency_key,
        if_match,
        request_id,
        traceparent,
    })
}

/// Runs a write and turns what was written into an answer.
pub(crate) async fn run(
    desk: &Desk,
    request: WriteRequest,
    asked: Asked<'_>,
) -> Result<Parts, Failure> {
    Ok(answer(desk.engine.write(request).await?, asked))
}

/// The idempotency key, as far as the operation takes one.
fn key(operation: &Operation, intake: &Intake<'_>) -> Result<Option<String>, Problem> {
    let key = intake.idempotency_key()?;
    match operation.idempotency {
        Idempotency::None => Ok(None),
        Idempotency::Required if key.is_none() => Err(header_problem(
            "Idempotency-Key",
            "required",
            "This operation takes place only with an `Idempotency-Key`.",
        )),
        _ => Ok(key),
    }
}

fn body_kind(kind: OperationKind) -> BodyKind {
    match kind {
        OperationKind::Create | OperationKind::Command(_) | OperationKind::Batch => BodyKind::Json,
        OperationKind::Update => BodyKind::MergePatch,
        // A restoration takes nothing, but clients that always send `{}` are welcome.
        OperationKind::Restore => BodyKind::Json,
        _ => BodyKind::None,
    }
}

fn answer(written: Written, asked: Asked<'_>) -> Parts {
    let answer = written.answer;
    let mut parts = match &answer.problem {
        Some(problem) => problem_parts(problem, asked),
        None => {
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            Parts::json(status, answer.body)
        }
    };
    if let Some(etag) = &answer.etag {
        insert_text(&mut parts.headers, &header::ETAG, etag);
        parts.cache = Cache::Revalidate;
    }
    if let Some(location) = &answer.location {
        insert_text(&mut parts.headers, &header::LOCATION, location);
    }
    if answer.is_replayed {
        let replayed = HeaderValue::from_static("true");
        parts.headers.insert(names::IDEMPOTENCY_REPLAYED.clone(), replayed);
    }
    if let Some(position) = written.position {
        insert_text(&mut parts.headers, &names::POSITION, &position.to_string());
    }
    parts
}
