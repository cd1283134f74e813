//! The headers that every answer carries, and how an answer is put together.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use super::names;
use crate::request::Trace;

/// How an answer may be kept by caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cache {
    /// Private data: not at all.
    Never,
    /// Private data with a tag: by the client alone, asked again every time.
    Revalidate,
    /// The same for everyone, asked again every time.
    Public,
}

/// An answer before the headers that all of them carry.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) content_type: HeaderValue,
    pub(crate) content_security: HeaderValue,
    pub(crate) cache: Cache,
    /// Headers of this answer alone.
    pub(crate) headers: HeaderMap,
    /// Code of the problem, for the log.
    pub(crate) problem: Option<String>,
}

static JSON: HeaderValue = HeaderValue::from_static("application/json");
static PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
static API_CONTENT_SECURITY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
static NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");
static NO_REFERRER: HeaderValue = HeaderValue::from_static("no-referrer");
static NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
static REVALIDATE: HeaderValue = HeaderValue::from_static("private, no-cache");
static PUBLIC: HeaderValue = HeaderValue::from_static("public, no-cache");
static VARY: HeaderValue = HeaderValue::from_static("Authorization, X-API-Key, Prefer");
static VARY_ORIGIN: HeaderValue =
    HeaderValue::from_static("Authorization, X-API-Key, Prefer, Origin");
/// One year: what preload lists ask for is two, but that is the operator's promise to make.
static TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

impl Parts {
    /// An empty answer.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: Bytes::new(),
            content_type: JSON.clone(),
            content_security: API_CONTENT_SECURITY.clone(),
            cache: Cache::Never,
            headers: HeaderMap::with_capacity(24),
            problem: None,
        }
    }

    /// A JSON answer.
    pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::empty(status) }
    }

    /// A problem with this code.
    pub(crate) fn problem(status: StatusCode, code: String, body: Vec<u8>) -> Self {
        Self { content_type: PROBLEM.clone(), problem: Some(code), ..Self::json(status, body) }
    }
}

/// How the connection came about, as far as headers depend on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Channel {
    /// The client speaks TLS (with a proxy that we trust to say so).
    pub(crate) is_secure: bool,
    /// The answer depends on the origin.
    pub(crate) varies_by_origin: bool,
}

/// Adds the headers that every answer carries.
pub(crate) fn finish(parts: Parts, trace: &Trace, channel: Channel) -> Response<Full<Bytes>> {
    let mut headers = parts.headers;
    if !parts.body.is_empty() {
        headers.insert(header::CONTENT_TYPE, parts.content_type);
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, parts.content_security);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF.clone());
    headers.insert(header::REFERRER_POLICY, NO_REFERRER.clone());
    let cache = match parts.cache {
        Cache::Never => &NO_STORE,
        Cache::Revalidate => &REVALIDATE,
        Cache::Public => &PUBLIC,
    };
    headers.insert(header::CACHE_CONTROL, cache.clone());
    let vary = if channel.varies_by_origin { &VARY_ORIGIN } else { &VARY };
    headers.insert(header::VARY, vary.clone());
    if channel.is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TRANSPORT.clone());
    }
    insert_text(&mut headers, &names::REQUEST_ID, &trace.request_id);
    insert_text(&mut headers, &names::TRACEPARENT, &trace.traceparent);
    let mut response = Response::new(Full::new(parts.body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = headers;
    response
}

/// Adds a header whose value is text of our own making; what is no legal value is left out.
pub(crate) fn insert_text(headers: &mut HeaderMap, name: &http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name.clone(), value);
    }
}
