//! One request's turn: limits, route, caller, budgets, then what was asked for.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use architrave_engine::{Caller, Failure, Problem};
use architrave_plan::{Method, OperationId, OperationKind};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, Version, header, request::Parts as Head};
use http_body_util::Full;
use hyper::body::{Body, Incoming};

use super::{desk::Desk, page, read, write};
use crate::{
    accept::{Bounds, Respond},
    answer::{Asked, Channel, Parts, fault_problem, finish, problem_parts},
    identity::{Arrival, Origin, origin},
    limits::Budget,
    request::{Intake, Trace, header_problem, is_left_over},
    router::{Target, decode_path},
    telemetry::{Gauge, RequestLine},
};

/// One connection to the API.
#[derive(Clone)]
pub(crate) struct ApiConnection {
    desk: Arc<Desk>,
    peer: SocketAddr,
    /// Counts the connection while it lasts.
    _open: Arc<OpenConnection>,
}

struct OpenConnection(Arc<Desk>);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.metrics.connections.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}

impl ApiConnection {
    pub(crate) fn new(desk: &Arc<Desk>, peer: SocketAddr) -> Self {
        desk.metrics.connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let open = Arc::new(OpenConnection(Arc::clone(desk)));
        Self { desk: Arc::clone(desk), peer, _open: open }
    }
}

impl Respond for ApiConnection {
    async fn respond(
        self,
        request: Request<Incoming>,
        lengths: Option<usize>,
    ) -> Response<Full<Bytes>> {
        turn(&self.desk, self.peer, request, lengths).await
    }
}

/// What becomes known in the course of a turn, for headers and log.
#[derive(Default)]
struct Seen {
    target: Option<Target>,
    caller: Option<Caller>,
    budget: Budget,
    allow: Option<HeaderValue>,
    /// A write has been handed to the engine.
    is_writing: bool,
}

/// A request with everything that was read of it.
struct Asking<'a> {
    head: &'a Head,
    intake: &'a Intake<'a>,
    asked: Asked<'a>,
    origin: Origin,
    /// How often the body's length is declared; none where it cannot be told.
    lengths: Option<usize>,
}

async fn turn(
    desk: &Desk,
    peer: SocketAddr,
    request: Request<Incoming>,
    lengths: Option<usize>,
) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let _in_flight = Gauge::up(&desk.metrics.in_flight);
    let (head, mut body) = request.into_parts();
    let intake = Intake::gather(&head.headers);
    let trace = Trace::begin(&intake);
    let origin = origin(peer.ip(), &head.headers, &desk.trusted_proxies);
    let has_credentials = intake.authorization.is_some() || intake.api_key.is_some();
    let asked = Asked { path: head.uri.path(), trace: &trace, has_credentials };
    let asking = Asking { head: &head, intake: &intake, asked, origin, lengths };
    let mut seen = Seen::default();
    let answering = answer(desk, &asking, &mut body, &mut seen);
    let answered = tokio::time::timeout(desk.bounds.request_time_max, answering).await;
    let result = answered.unwrap_or_else(|_| Err(out_of_time(&head.method, &seen).into()));
    let mut parts = result.unwrap_or_else(|failure| refuse(desk, &failure, asked));
    complete(desk, &asking, &mut parts, &mut seen, is_left_over(head.version, &body));
    log(desk, &asking, &parts, &seen, started);
    let varies_by_origin = desk.cors.is_used();
    finish(parts, &trace, Channel { is_secure: origin.is_secure, varies_by_origin })
}

/// A write may still take place after we stopped waiting for it; before that its body was too slow.
fn out_of_time(method: &http::Method, seen: &Seen) -> Problem {
    let code = match (method.is_safe(), seen.is_writing) {
        (true, _) => "unavailable",
        (false, true) => "unknown-outcome",
        (false, false) => "timeout",
    };
    Problem::of(code, "The request took too long.")
}

/// A failure as an answer; faults are told to the operator, not to the caller.
fn refuse(desk: &Desk, failure: &Failure, asked: Asked<'_>) -> Parts {
    match failure {
        Failure::Problem(problem) => problem_parts(problem, asked),
        Failure::Fault(fault) => {
            // A full queue is no news for each request that meets it: its line has the problem.
            if !fault.is_transient {
                desk.log.fault(fault, &[("trace_id", asked.trace.trace_id())]);
            }
            problem_parts(&fault_problem(fault), asked)
        }
    }
}

async fn answer(
    desk: &Desk,
    asking: &Asking<'_>,
    body: &mut Incoming,
    seen: &mut Seen,
) -> Result<Parts, Failure> {
    check_form(desk, asking)?;
    let path = decode_path(asking.head.uri.path())?;
    let Some((route, row)) = desk.router.find(&path) else {
        return Err(Problem::of("not-found", "Nothing is served at this path.").into());
    };
    if asking.head.method == http::Method::OPTIONS {
        seen.allow = Some(route.allow.clone());
        return Ok(options(desk, asking.intake, &route.allow));
    }
    let Some(target) = route.target(&asking.head.method) else {
        seen.allow = Some(route.allow.clone());
        return Err(Problem::of("method-not-allowed", "`Allow` lists what is offered.").into());
    };
    seen.target = Some(target);
    if asking.head.method.is_safe() && !body.is_end_stream() {
        return Err(Problem::of("malformed-request", "A read takes no body.").into());
    }
    match target {
        Target::Live => Ok(page::live()),
        Target::Ready => Ok(page::ready(&**desk.engine.store(), desk.metrics.is_leaving())),
        Target::Page(position) => Ok(page::page(desk, position, asking.intake)?),
        Target::Operation(id) => operate(desk, asking, id, row, body, seen).await,
    }
}

/// Refuses what could be read in two ways, and what is too long.
fn check_form(desk: &Desk, asking: &Asking<'_>) -> Result<(), Problem> {
    let Asking { head, intake, .. } = asking;
    let uri_bytes = head.uri.path_and_query().map_or(0, |it| it.as_str().len());
    if uri_bytes > desk.bounds.uri_bytes_max {
        return Err(Problem::of("uri-too-long", "The address is longer than 8 KiB."));
    }
    // hyper sees to it in HTTP/1.
    if head.headers.len() > Bounds::HEADER_FIELDS_MAX {
        return Err(Problem::of("headers-too-large", "More than 100 header fields."));
    }
    intake.check()?;
    check_host(head, intake)?;
    if intake.transfer_encoding.is_some_and(|it| !it.as_bytes().eq_ignore_ascii_case(b"chunked")) {
        let detail = "`Transfer-Encoding` takes `chunked`, nothing else.";
        return Err(header_problem("Transfer-Encoding", "not-supported", detail));
    }
    let is_chunked = intake.transfer_encoding.is_some();
    let has_body = is_chunked || intake.content_length.is_some();
    if has_body && head.version < Version::HTTP_2 {
        let lengths_max = usize::from(!is_chunked);
        if asking.lengths.is_none_or(|it| it > lengths_max) {
            let detail = "The body's length must be told in one way, once.";
            return Err(Problem::of("malformed-request", detail));
        }
    }
    Ok(())
}

/// HTTP/1.1 needs a host. HTTP/2 has it in `:authority`, which `Host` may only repeat (RFC 9113, 8.3.1): whoever
/// stands in front of us may have looked at the other one.
fn check_host(head: &Head, intake: &Intake<'_>) -> Result<(), Problem> {
    let Some(host) = intake.host else {
        return match head.version {
            Version::HTTP_11 => Err(Problem::of("malformed-request", "`Host` is missing.")),
            _ => Ok(()),
        };
    };
    let authority = head.uri.authority().filter(|_| head.version == Version::HTTP_2);
    if authority.is_some_and(|it| !host.as_bytes().eq_ignore_ascii_case(it.as_str().as_bytes())) {
        return Err(Problem::of("malformed-request", "`Host` differs from `:authority`."));
    }
    Ok(())
}

fn options(desk: &Desk, intake: &Intake<'_>, allow: &HeaderValue) -> Parts {
    let mut parts = Parts::empty(StatusCode::NO_CONTENT);
    if let (Some(origin), Some(_)) = (intake.origin, intake.preflight_method) {
        desk.cors.preflight(origin, allow, &mut parts.headers);
    }
    parts
}

async fn operate(
    desk: &Desk,
    asking: &Asking<'_>,
    id: OperationId,
    row: Option<&str>,
    body: &mut Incoming,
    seen: &mut Seen,
) -> Result<Parts, Failure> {
    let Some(operation) = desk.operation(id) else {
        return Err(Problem::of("not-found", "There is no such operation.").into());
    };
    let caller = identify(desk, asking, seen).await?;
    seen.budget = desk.policies.take(id, &caller, monotonic_us(desk)).await?;
    let caller = &*seen.caller.insert(caller);
    if let Some(problem) = seen.budget.problem.take() {
        return Err(problem.into());
    }
    let query = asking.head.uri.query();
    if operation.method == Method::Get {
        return read::read(desk, id, caller, row, query, asking.intake).await;
    }
    let sent = write::Sent { id, operation, caller, row, query, body };
    let request = write::receive(desk, sent, asking.intake, asking.asked.trace).await?;
    if operation.kind == OperationKind::Batch && desk.policies.counts_operations(caller) {
        let batched = desk.engine.batched(&request.body);
        let now_us = monotonic_us(desk);
        desk.policies.take_batched(&batched, caller, now_us, &mut seen.budget).await?;
        if let Some(problem) = seen.budget.problem.take() {
            return Err(problem.into());
        }
    }
    seen.is_writing = true;
    write::run(desk, request, asking.asked).await
}

/// Who asks; a refusal counts against the budget of the address.
async fn identify(desk: &Desk, asking: &Asking<'_>, seen: &mut Seen) -> Result<Caller, Failure> {
    let authority = asking.head.uri.authority().map(http::uri::Authority::as_str);
    let host = authority.or_else(|| asking.intake.host.and_then(|it| it.to_str().ok()));
    let now_us = desk.engine.clock().now_us();
    let arrival = Arrival { address: asking.origin.address, host, now_us };
    let refused = match desk.identity.caller(asking.intake, arrival).await {
        Err(Failure::Problem(problem)) if problem.status == 401 => problem,
        other => return other,
    };
    seen.budget = desk.policies.take_refused(arrival.address, monotonic_us(desk)).await?;
    Err(Failure::Problem(seen.budget.problem.take().map_or(refused, Box::new)))
}

/// Budgets are counted by a clock that is never set back.
fn monotonic_us(desk: &Desk) -> i64 {
    i64::try_from(desk.engine.clock().monotonic_us()).unwrap_or(i64::MAX)
}

/// Adds what depends on the turn as a whole.
fn complete(
    desk: &Desk,
    asking: &Asking<'_>,
    parts: &mut Parts,
    seen: &mut Seen,
    is_left_over: bool,
) {
    seen.budget.write(&mut parts.headers);
    if let Some(allow) = seen.allow.take() {
        parts.headers.insert(header::ALLOW, allow);
    }
    if let Some(origin) = asking.intake.origin {
        desk.cors.apply(origin, &mut parts.headers);
    }
    // What follows a chunked or refused body on the same connection is where smuggled requests hide.
    let is_chunked = asking.intake.transfer_encoding.is_some();
    let is_refused =
        asking.intake.content_length.is_some() && parts.status == StatusCode::BAD_REQUEST;
    let is_http1 = asking.head.version < Version::HTTP_2;
    // HTTP/2 has a frame for it, sent when the connection is finished.
    let is_last = is_http1 && desk.metrics.is_leaving();
    if is_left_over || is_last || ((is_chunked || is_refused) && is_http1) {
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
}

fn log(desk: &Desk, asking: &Asking<'_>, parts: &Parts, seen: &Seen, started: Instant) {
    let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let operation = match seen.target {
        Some(Target::Operation(id)) => desk.operation(id).map(|it| (id.0 as usize, it)),
        _ => None,
    };
    let counted = match (operation, seen.target) {
        (Some((position, _)), _) => position,
        (None, Some(_)) => desk.metrics.page(),
        (None, None) => desk.metrics.none(),
    };
    let status = parts.status.as_u16();
    desk.metrics.answered(counted, status, duration_us);
    if matches!(seen.target, Some(Target::Live | Target::Ready)) {
        // Asked every few seconds by machines; its lines would bury the others.
        return;
    }
    let page = match seen.target {
        Some(Target::Page(position)) => desk.pages.get(position).map(|it| it.path.as_str()),
        _ => None,
    };
    let line = RequestLine {
        trace: asking.asked.trace,
        method: asking.head.method.as_str(),
        route: operation.map(|(_, it)| it.path.as_str()).or(page).unwrap_or_default(),
        operation: operation.map_or("", |(_, it)| it.name.as_str()),
        status,
        duration_us,
        bytes: parts.body.len() as u64,
        caller: seen.caller.as_ref(),
        problem: parts.problem.as_deref(),
    };
    line.write(&desk.log);
}
