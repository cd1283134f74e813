//! Answers: statuses, headers, problems.

mod cors;
mod fixed;
mod problem;
mod refusal;

pub(crate) use cors::Cors;
pub(crate) use fixed::{Cache, Channel, Parts, finish, insert_text};
pub(crate) use problem::{Asked, fault_problem, problem_body, problem_parts, text};
pub(crate) use refusal::refusal_for_status_line;

/// Header names that are ours or that `http` does not know.
pub(crate) mod names {
    use http::HeaderName;

    pub(crate) static IDEMPOTENCY_REPLAYED: HeaderName =
        HeaderName::from_static("idempotency-replayed");
    pub(crate) static POSITION: HeaderName = HeaderName::from_static("architrave-position");
    pub(crate) static PREFERENCE_APPLIED: HeaderName =
        HeaderName::from_static("preference-applied");
    pub(crate) static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
    pub(crate) static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
    pub(crate) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    pub(crate) static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
}
