//! Refusals of requests that hyper could not read: written as raw bytes, because there is no request to
//! answer, and the connection ends with them.

use architrave_engine::Problem;

use super::problem_body;
use crate::request::{Intake, Trace};

/// Our own words for an answer that hyper made up, told by its status line; none if it is not one of these.
pub(crate) fn refusal_for_status_line(line: &[u8]) -> Option<Vec<u8>> {
    let problem = match line.strip_prefix(b"HTTP/1.")?.get(2..5)? {
        b"400" => Problem::of("malformed-request", "The request is not valid HTTP."),
        b"414" => Problem::of("uri-too-long", "The address is longer than 8 KiB."),
        b"431" => Problem::of("headers-too-large", "The headers exceed 32 KiB or 100 fields."),
        _ => return None,
    };
    Some(raw(&problem))
}

/// A whole HTTP/1.1 answer that ends the connection.
pub(crate) fn raw(problem: &Problem) -> Vec<u8> {
    let headers = http::HeaderMap::new();
    let trace = Trace::begin(&Intake::gather(&headers));
    let body = problem_body(problem, "/", trace.trace_id());
    let status = http::StatusCode::from_u16(problem.status).unwrap_or_default();
    let head = format!(
        "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         connection: close\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\
         content-security-policy: default-src 'none'; frame-ancestors 'none'\r\n\
         referrer-policy: no-referrer\r\n\
         x-request-id: {}\r\ntraceparent: {}\r\n\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or("Error"),
        body.len(),
        trace.request_id,
        trace.traceparent,
    );
    [head.into_bytes(), body].concat()
}
