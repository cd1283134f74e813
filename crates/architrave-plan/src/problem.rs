//! The catalogue of problems: every refusal an API caller can meet. One table for code, manual and OpenAPI.

use serde::Serialize;

/// One kind of refusal (RFC 9457).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ProblemKind {
    /// Stable, kebab-case; the last part of `type`.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Short, the same for every occurrence.
    pub title: &'static str,
    /// When it happens and what to do, for the manual.
    pub explanation: &'static str,
    /// Whether the same request may succeed later without change.
    pub is_retryable: bool,
}

/// Finds a problem by its code.
#[must_use]
pub fn problem(code: &str) -> Option<&'static ProblemKind> {
    ALL_PROBLEMS.iter().find(|it| it.code == code)
}

macro_rules! problems {
    ($($code:literal $status:literal $retry:literal $title:literal $explanation:literal)*) => {
        /// Every kind of refusal, by status. A command's guards add their own codes with status 409.
        pub const ALL_PROBLEMS: &[ProblemKind] = &[$(ProblemKind {
            code: $code, status: $status, title: $title, explanation: $explanation, is_retryable: $retry,
        }),*];
    };
}

problems! {
    "malformed-request" 400 false "The request cannot be read" "The body is not valid JSON, a header or a path is malformed. Send it again in the documented form."
    "unknown-parameter" 400 false "Unknown or repeated query parameter" "Only documented query parameters are taken, each once."
    "invalid-parameter" 400 false "A query parameter has no valid value" "The value does not fit the parameter's type or limits."
    "unreadable-field" 400 false "The query uses a field that cannot be read" "Filter, sort, select and expand only fields that you may read."
    "index-missing" 400 false "No index serves this query" "Only queries that an index serves are answered. The detail names the index to declare in the blueprint."
    "invalid-cursor" 400 false "The cursor does not fit this query" "A cursor belongs to one filter, one sort order and one caller. Start again without it."
    "unauthenticated" 401 false "Credentials are missing or not accepted" "Send a valid bearer token or API key."
    "forbidden" 403 false "You may not do this" "The rule of this operation refuses you."
    "user-incomplete" 403 false "Your sign-in lacks something we need" "A claim that is needed to create your user is missing from the token."
    "not-found" 404 false "Not found" "It does not exist, or you may not see it."
    "tenant-unknown" 404 false "No tenant answers to this request" "Neither the token nor the host name belongs to a tenant."
    "method-not-allowed" 405 false "The method is not offered here" "`Allow` lists the methods that are."
    "not-acceptable" 406 false "No representation fits" "This resource is served as JSON."
    "timeout" 408 true "The request took too long to arrive" "Send headers and body without pauses."
    "conflict" 409 false "The change conflicts with what is stored" "The row is in use or changed meanwhile."
    "transition-refused" 409 false "The state does not allow this" "The lifecycle has no such transition from the current state."
    "not-unique" 409 false "A value is already taken" "`errors` names the fields whose values must be unique."
    "still-referenced" 409 false "Other rows refer to this one" "Remove the references first."
    "request-in-flight" 409 true "A request with this idempotency key is still being worked on" "Wait and repeat it to get its answer."
    "precondition-failed" 412 false "The row has changed" "`If-Match` names another version. Read the row again; the current tag is in `ETag`."
    "position-not-reached" 412 true "The position has not been reached" "`Architrave-Min-Position` is ahead of this node. Try again."
    "body-too-large" 413 false "The body is too large" "The limit is in the description of the operation."
    "uri-too-long" 414 false "The address is too long" "At most 8 KiB."
    "unsupported-media-type" 415 false "The body has another media type than expected" "Send `application/json`, or `application/merge-patch+json` for changes."
    "invalid-body" 422 false "The body does not fit" "`errors` lists every member that does not fit, with a JSON pointer."
    "invariant-violated" 422 false "The row would break a rule of the data" "`errors` names the invariants."
    "idempotency-key-reused" 422 false "The idempotency key was used for something else" "Use a new key for a new request."
    "precondition-required" 428 false "This change needs `If-Match`" "Read the row and send its tag."
    "quota-exceeded" 429 true "Too many requests" "Wait for the time given in `Retry-After`."
    "headers-too-large" 431 false "The headers are too large" "At most 32 KiB and 100 fields."
    "internal-error" 500 true "Something went wrong on our side" "It has been logged under the trace id. Repeating with the same idempotency key is safe."
    "overloaded" 503 true "Too busy" "Try again after `Retry-After`."
    "unknown-outcome" 503 true "The outcome is unknown" "The write may or may not have been stored. Repeat it with the same idempotency key."
    "unavailable" 503 true "Not available right now" "A part that this needs is not answering. Try again after `Retry-After`."
    "storage-full" 507 true "There is no room to store anything" "The server's disk is full: reads go on, and writes work again as soon as its operator has made room. Nothing of the request was stored. Try again after `Retry-After`."
}
