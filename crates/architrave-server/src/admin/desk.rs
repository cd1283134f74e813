//! One request of the administrator, from its headers to its answer.

use std::{sync::Arc, time::Instant};

use architrave_engine::{Engine, Failure, Problem};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Incoming;
use uuid::Uuid;

use super::{api_keys, hold, rows, status};
use crate::{
    accept::{Bounds, Respond},
    answer::{Asked, Channel, Parts, fault_problem, finish, problem_parts},
    identity::{Identity, sha256},
    request::{BodyKind, Intake, Trace, check_media, is_left_over, read_body},
    router::{decode_path, decode_query},
    serve::AdminConfig,
    telemetry::{Log, Metrics, RequestLine, expose},
};

/// Longest body of a request to the administrator's API, in bytes.
const BODY_BYTES_MAX: u64 = 64 * 1024;

/// What every request of the administrator needs.
pub(crate) struct AdminDesk {
    pub(crate) engine: Arc<Engine>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) environment: String,
    metrics: Arc<Metrics>,
    log: Arc<Log>,
    token_sha256: [u8; 32],
    bounds: Bounds,
}

/// One connection of the administrator.
#[derive(Clone)]
pub(crate) struct AdminConnection {
    desk: Arc<AdminDesk>,
}

/// What is asked of the administrator's API.
pub(crate) struct AdminRequest {
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl AdminRequest {
    /// The ids in these query parameters; refuses others, and what is no id.
    pub(crate) fn ids<const N: usize>(
        &self,
        known: [&str; N],
    ) -> Result<[Option<Uuid>; N], Problem> {
        let mut found = [None; N];
        for (key, value) in &self.query {
            let place = known.iter().zip(&mut found).find(|(name, _)| *name == key);
            let Some((_, place @ None)) = place else {
                let detail = format!("This takes {}, each once.", known.join(", "));
                return Err(Problem::of("unknown-parameter", detail));
            };
            let id = Uuid::try_parse(value)
                .map_err(|_| Problem::of("invalid-parameter", format!("`{key}` is an id.")))?;
            *place = Some(id);
        }
        Ok(found)
    }
}

/// What a path of the administrator's API stands for, and what it offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room<'a> {
    Live,
    Ready,
    Metrics,
    Status,
    Roles,
    Tenants,
    Users,
    Hold,
    ApiKeys,
    ApiKey(&'a str),
}

impl<'a> Room<'a> {
    fn find(path: &'a str) -> Option<Self> {
        Some(match path {
            "/health/live" => Self::Live,
            "/health/ready" => Self::Ready,
            "/metrics" => Self::Metrics,
            "/admin/v1/status" => Self::Status,
            "/admin/v1/roles" => Self::Roles,
            "/admin/v1/tenants" => Self::Tenants,
            "/admin/v1/users" => Self::Users,
            "/admin/v1/hold" => Self::Hold,
            "/admin/v1/api-keys" => Self::ApiKeys,
            _ => {
                let id = path.strip_prefix("/admin/v1/api-keys/")?;
                (!id.is_empty() && !id.contains('/')).then_some(Self::ApiKey(id))?
            }
        })
    }

    fn allow(self) -> &'static str {
        match self {
            Self::Tenants | Self::Users | Self::ApiKeys => "GET, HEAD, POST",
            Self::Hold => "POST, DELETE",
            Self::ApiKey(_) => "DELETE",
            _ => "GET, HEAD",
        }
    }

    /// Whether it may be seen without the token: figures and health hold nothing of anybody.
    fn is_open(self) -> bool {
        matches!(self, Self::Live | Self::Ready | Self::Metrics)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Live => "/health/live",
            Self::Ready => "/health/ready",
            Self::Metrics => "/metrics",
            Self::Status => "/admin/v1/status",
            Self::Roles => "/admin/v1/roles",
            Self::Tenants => "/admin/v1/tenants",
            Self::Users => "/admin/v1/users",
            Self::Hold => "/admin/v1/hold",
            Self::ApiKeys => "/admin/v1/api-keys",
            Self::ApiKey(_) => "/admin/v1/api-keys/{id}",
        }
    }
}

impl AdminDesk {
    pub(crate) fn new(
        engine: Arc<Engine>,
        identity: Arc<Identity>,
        metrics: Arc<Metrics>,
        log: Arc<Log>,
        config: AdminConfig,
        bounds: Bounds,
    ) -> Self {
        let token_sha256 = sha256(&config.token);
        let environment = config.environment;
        Self { engine, identity, environment, metrics, log, token_sha256, bounds }
    }

    /// Whether this is the root token. Hashes are compared, so that neither time nor length tells anything.
    fn admits(&self, intake: &Intake<'_>) -> bool {
        let sent = intake.authorization.and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
        sent.is_some_and(|it| verify_slices_are_equal(&sha256(it), &self.token_sha256).is_ok())
    }
}

impl AdminConnection {
    pub(crate) fn new(desk: Arc<AdminDesk>) -> Self {
        Self { desk }
    }
}

impl Respond for AdminConnection {
    async fn respond(self, request: Request<Incoming>, _: Option<usize>) -> Response<Full<Bytes>> {
        turn(&self.desk, request).await
    }
}

async fn turn(desk: &AdminDesk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let started = Instant::now();
    let (head, mut body) = request.into_parts();
    let intake = Intake::gather(&head.headers);
    let trace = Trace::begin(&intake);
    let path = decode_path(head.uri.path()).unwrap_or_default();
    let room = Room::find(&path);
    let asked = Asked {
        path: head.uri.path(),
        trace: &trace,
        has_credentials: intake.authorization.is_some(),
    };
    let result = match room {
        Some(room) => answer(desk, room, &head, &intake, &mut body).await,
        None => Err(Problem::of("not-found", "Nothing is served at this path.").into()),
    };
    let mut parts = result.unwrap_or_else(|failure| match failure {
        Failure::Problem(problem) => problem_parts(&problem, asked),
        Failure::Fault(fault) => {
            desk.log.fault(&fault, &[("trace_id", trace.trace_id())]);
            problem_parts(&fault_problem(&fault), asked)
        }
    });
    if let Some(room) = room.filter(|_| parts.status == StatusCode::METHOD_NOT_ALLOWED) {
        parts.headers.insert(header::ALLOW, HeaderValue::from_static(room.allow()));
    }
    if is_left_over(head.version, &body) {
        parts.headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if room.is_none_or(|it| !it.is_open()) {
        let line = RequestLine {
            trace: &trace,
            method: head.method.as_str(),
            route: room.map_or("", Room::name),
            operation: "admin",
            status: parts.status.as_u16(),
            duration_us: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
            bytes: parts.body.len() as u64,
            caller: None,
            problem: parts.problem.as_deref(),
        };
        line.write(&desk.log);
    }
    finish(parts, &trace, Channel { is_secure: false, varies_by_origin: false })
}

async fn answer(
    desk: &AdminDesk,
    room: Room<'_>,
    head: &http::request::Parts,
    intake: &Intake<'_>,
    body: &mut Incoming,
) -> Result<Parts, Failure> {
    intake.check()?;
    if !room.is_open() && !desk.admits(intake) {
        return Err(Problem::of("unauthenticated", "Send the root token as a bearer token.").into());
    }
    // A page of some browser must not act with a token that it does not know, but be stopped early.
    // Reads of the page's own host, which a name that was pointed here makes of ours, have no `Origin`.
    if intake.origin.is_some() || head.headers.contains_key("sec-fetch-site") {
        return Err(Problem::of("forbidden", "The admin listener is not for browsers.").into());
    }
    let query = decode_query(head.uri.query())?;
    check_media(intake, BodyKind::Json, hyper::body::Body::is_end_stream(body))?;
    let body = read_body(intake, body, BODY_BYTES_MAX, desk.bounds.body_time_max).await?;
    let request = AdminRequest { query, body };
    let method = if head.method == Method::HEAD { &Method::GET } else { &head.method };
    let figures = || {
        let figures = expose(&desk.metrics, &desk.engine.store().status(), desk.log.dropped());
        let mut parts = Parts::json(StatusCode::OK, figures);
        parts.content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
        parts
    };
    match (room, method) {
        (Room::Live, &Method::GET) => Ok(crate::api::live()),
        (Room::Ready, &Method::GET) => {
            Ok(crate::api::ready(&**desk.engine.store(), desk.metrics.is_leaving()))
        }
        (Room::Metrics, &Method::GET) => Ok(figures()),
        (Room::Status, &Method::GET) => Ok(status::status(&desk.engine)),
        (Room::Roles, &Method::GET) => Ok(status::roles(&desk.engine)),
        (Room::Tenants, &Method::GET) => rows::list_tenants(desk, &request).await,
        (Room::Users, &Method::GET) => rows::list_users(desk, &request).await,
        (Room::Tenants, &Method::POST) => rows::create_tenant(desk, request).await,
        (Room::Users, &Method::POST) => rows::create_user(desk, request).await,
        (Room::Hold, &Method::POST) => hold::begin(&desk.engine, &request).await,
        (Room::Hold, &Method::DELETE) => hold::end(&desk.engine).await,
        (Room::ApiKeys, &Method::GET) => api_keys::list(desk, &request).await,
        (Room::ApiKeys, &Method::POST) => api_keys::create(desk, &request).await,
        (Room::ApiKey(id), &Method::DELETE) => api_keys::revoke(desk, id).await,
        _ => Err(Problem::of("method-not-allowed", "`Allow` lists what is offered.").into()),
    }
}
