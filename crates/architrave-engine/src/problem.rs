//! A refusal as one caller meets it.

use architrave_plan::{ProblemKind, problem};

/// One refusal (RFC 9457). The server adds `type`, `instance` and `trace_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code: of the catalogue, or of a command's guard.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// Short, the same for every occurrence.
    pub title: String,
    /// What happened this time; names nothing that the caller may not see.
    pub detail: String,
    /// Whether the same request may succeed later.
    pub is_retryable: bool,
    /// Every single thing that does not fit.
    pub errors: Vec<ProblemDetail>,
    /// The row's current tag, for `precondition-failed`.
    pub etag: Option<String>,
    /// Seconds to wait before trying again.
    pub retry_after_s: Option<u32>,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemDetail {
    /// JSON pointer (RFC 6901) into the body, e.g. `/lines/0/quantity`.
    pub pointer: Option<String>,
    /// Query parameter or header.
    pub parameter: Option<String>,
    /// Stable code, e.g. `required`, `unknown-member`, `too-long`, `not-found`.
    pub code: String,
    /// In words, with the bound that was missed.
    pub detail: String,
}

impl Problem {
    /// A problem of the catalogue.
    #[must_use]
    pub fn of(code: &'static str, detail: impl Into<String>) -> Self {
        // The catalogue is a constant and a test looks every code up that the engine names.
        let fallback = ProblemKind {
            code: "internal-error",
            status: 500,
            title: "Something went wrong on our side",
            explanation: "",
            is_retryable: true,
        };
        let kind = problem(code).copied().unwrap_or(fallback);
        Self {
            code: kind.code.to_owned(),
            status: kind.status,
            title: kind.title.to_owned(),
            detail: detail.into(),
            is_retryable: kind.is_retryable,
            errors: Vec::new(),
            etag: None,
            retry_after_s: None,
        }
    }

    /// Adds single things that do not fit.
    #[must_use]
    pub fn with(mut self, errors: Vec<ProblemDetail>) -> Self {
        self.errors = errors;
        self
    }
}
