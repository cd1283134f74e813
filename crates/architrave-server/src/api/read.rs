//! Answers reads.

use architrave_engine::{Caller, Failure, Problem, ReadReply, ReadRequest, show::Tags};
use architrave_plan::OperationId;
use http::{HeaderValue, StatusCode, header};

use super::{desk::Desk, position};
use crate::{
    answer::{Cache, Parts, insert_text, names},
    request::Intake,
    router::decode_query,
};

/// Bytes set aside for an answer: most rows fit, lists grow.
const ROOM: usize = 1024;

/// Runs a read and turns its reply into an answer.
pub(crate) async fn read(
    desk: &Desk,
    operation: OperationId,
    caller: &Caller,
    id: Option<&str>,
    query: Option<&str>,
    intake: &Intake<'_>,
) -> Result<Parts, Failure> {
    if !intake.accepts_json {
        return Err(Problem::of("not-acceptable", "This is served as `application/json`.").into());
    }
    let known = intake.if_none_match()?;
    let query = decode_query(query)?;
    position::reach(intake, &**desk.engine.store()).await?;
    let request =
        ReadRequest { operation, caller, id, query: &query, counts_exactly: intake.counts_exactly };
    let mut body = Vec::with_capacity(ROOM);
    let reply = desk.engine.read(&request, &mut body).await?;
    Ok(answer(reply, body, known.as_ref()))
}

fn answer(reply: ReadReply, body: Vec<u8>, known: Option<&Tags<'_>>) -> Parts {
    let is_unchanged = match (&reply.etag, known) {
        (Some(etag), Some(known)) => known.names(etag),
        _ => false,
    };
    let mut parts = if is_unchanged {
        Parts::empty(StatusCode::NOT_MODIFIED)
    } else {
        Parts::json(StatusCode::OK, body)
    };
    if let Some(etag) = &reply.etag {
        insert_text(&mut parts.headers, &header::ETAG, etag);
        parts.cache = Cache::Revalidate;
    }
    if let Some(link) = link(&reply) {
        insert_text(&mut parts.headers, &header::LINK, &link);
    }
    if reply.has_count {
        let applied = HeaderValue::from_static("count=exact");
        parts.headers.insert(names::PREFERENCE_APPLIED.clone(), applied);
    }
    parts
}

/// `Link` (RFC 8288) to the pages beside this one.
fn link(reply: &ReadReply) -> Option<String> {
    let next = reply.next.as_ref().map(|it| format!("<{it}>; rel=\"next\""));
    let prev = reply.prev.as_ref().map(|it| format!("<{it}>; rel=\"prev\""));
    match (next, prev) {
        (Some(next), Some(prev)) => Some(format!("{next}, {prev}")),
        (next, prev) => next.or(prev),
    }
}
