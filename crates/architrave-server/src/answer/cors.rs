//! Cross-origin requests: an exact list of origins, nothing else.

use http::{HeaderMap, HeaderValue, header};

/// Origins whose pages may call the API from a browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cors {
    origins: Vec<HeaderValue>,
}

/// What a page may read beside the headers that browsers always show.
const EXPOSED: &str = "ETag, Location, Link, Retry-After, RateLimit, RateLimit-Policy, \
     Idempotency-Replayed, Preference-Applied, Architrave-Position, Deprecation, Sunset, \
     X-Request-Id, traceparent";
/// What a page may send.
const ALLOWED: &str = "Authorization, X-API-Key, Content-Type, Accept, If-Match, If-None-Match, \
     Idempotency-Key, Prefer, Architrave-Min-Position, X-Request-Id, traceparent";
/// Seconds that a browser may remember a preflight.
const MAX_AGE_S: &str = "600";

impl Cors {
    /// Origins as written in the blueprint. `*` and `null` are no origins.
    pub(crate) fn new(origins: &[String]) -> Self {
        let origins = origins.iter().filter(|it| *it != "*" && *it != "null");
        Self { origins: origins.filter_map(|it| HeaderValue::from_str(it).ok()).collect() }
    }

    /// Whether any origin may call, so that answers depend on it.
    pub(crate) fn is_used(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Adds what lets the page of a listed origin read the answer.
    pub(crate) fn apply(&self, origin: &HeaderValue, headers: &mut HeaderMap) -> bool {
        if !self.origins.contains(origin) {
            return false;
        }
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        true
    }

    /// Adds the answer to a preflight of a listed origin.
    pub(crate) fn preflight(
        &self,
        origin: &HeaderValue,
        allow: &HeaderValue,
        headers: &mut HeaderMap,
    ) {
        if self.apply(origin, headers) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, allow.clone());
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE_S));
        }
    }
}
