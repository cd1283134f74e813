//! Answers that need no caller: pages and health.

use std::fmt::Write;

use architrave_engine::Problem;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::desk::Desk;
use crate::{
    answer::{Cache, Parts, insert_text},
    request::Intake,
};

/// A page, or 304 where the client has it.
pub(crate) fn page(desk: &Desk, position: usize, intake: &Intake<'_>) -> Result<Parts, Problem> {
    let page = desk.pages.get(position);
    let page = page.ok_or_else(|| Problem::of("not-found", "There is no such page."))?;
    let has_it = intake.if_none_match()?.is_some_and(|it| it.names(&page.etag));
    let mut parts = if has_it {
        Parts::empty(StatusCode::NOT_MODIFIED)
    } else {
        Parts::json(StatusCode::OK, page.bytes.clone())
    };
    parts.content_type = page.content_type.clone();
    if let Some(policy) = &page.content_security {
        parts.content_security = policy.clone();
    }
    parts.cache = Cache::Public;
    insert_text(&mut parts.headers, &header::ETAG, &page.etag);
    Ok(parts)
}

/// The process runs.
pub(crate) fn live() -> Parts {
    Parts::json(StatusCode::OK, "{\"status\":\"ok\"}".as_bytes())
}

/// The store can read and write, has room for more writes, and the server was not told to stop.
pub(crate) fn ready(store: &dyn architrave_engine::ports::Store, is_leaving: bool) -> Parts {
    let status = store.status();
    let is_full = status.queue_length_max > 0 && status.queue_length >= status.queue_length_max;
    if status.is_ready && !is_full && !is_leaving {
        return live();
    }
    // The reason may name files of this machine; the log tells it, this page does not.
    let mut body = String::new();
    let word = match (is_leaving, status.is_storage_full, is_full) {
        (true, ..) => "stopping",
        (false, true, _) => "storage-full",
        (false, false, true) => "overloaded",
        (false, false, false) => "unavailable",
    };
    let _ = write!(body, "{{\"status\":\"{word}\"}}");
    let mut parts = Parts::json(StatusCode::SERVICE_UNAVAILABLE, body);
    retry_after(&mut parts.headers, 1);
    parts
}

pub(crate) fn retry_after(headers: &mut HeaderMap, seconds: u32) {
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
}
