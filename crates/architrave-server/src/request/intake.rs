//! The headers we understand, gathered in one pass; each of them is taken at most once.

use architrave_engine::{Problem, ProblemDetail, show::Tags};
use http::{HeaderMap, HeaderValue};

use super::media::{accepts_json, prefers_count};

/// The headers of one request that mean something to us.
#[derive(Debug, Default)]
pub(crate) struct Intake<'a> {
    pub(crate) authorization: Option<&'a HeaderValue>,
    pub(crate) api_key: Option<&'a HeaderValue>,
    pub(crate) content_type: Option<&'a HeaderValue>,
    pub(crate) content_length: Option<&'a HeaderValue>,
    pub(crate) content_encoding: Option<&'a HeaderValue>,
    pub(crate) transfer_encoding: Option<&'a HeaderValue>,
    pub(crate) host: Option<&'a HeaderValue>,
    pub(crate) idempotency_key: Option<&'a HeaderValue>,
    pub(crate) if_match: Option<&'a HeaderValue>,
    pub(crate) if_none_match: Option<&'a HeaderValue>,
    pub(crate) min_position: Option<&'a HeaderValue>,
    pub(crate) origin: Option<&'a HeaderValue>,
    pub(crate) preflight_method: Option<&'a HeaderValue>,
    pub(crate) request_id: Option<&'a HeaderValue>,
    pub(crate) traceparent: Option<&'a HeaderValue>,
    /// `Prefer: count=exact`.
    pub(crate) counts_exactly: bool,
    /// No `Accept`, or one that admits JSON.
    pub(crate) accepts_json: bool,
    /// Headers that came twice although one value is all they may have.
    repeated: Vec<&'static str>,
}

/// Puts a header's value in its place, or notes that it came again.
macro_rules! once {
    ($intake:ident, $value:ident, $field:ident, $name:literal) => {
        if $intake.$field.replace($value).is_some() {
            $intake.repeated.push($name);
        }
    };
}

impl<'a> Intake<'a> {
    /// Gathers the headers.
    pub(crate) fn gather(headers: &'a HeaderMap) -> Self {
        let mut it = Self { accepts_json: true, ..Self::default() };
        let mut has_accept = false;
        for (name, value) in headers {
            match name.as_str() {
                "authorization" => once!(it, value, authorization, "Authorization"),
                "x-api-key" => once!(it, value, api_key, "X-API-Key"),
                "content-type" => once!(it, value, content_type, "Content-Type"),
                "content-length" => once!(it, value, content_length, "Content-Length"),
                "content-encoding" => once!(it, value, content_encoding, "Content-Encoding"),
                "transfer-encoding" => once!(it, value, transfer_encoding, "Transfer-Encoding"),
                "host" => once!(it, value, host, "Host"),
                "idempotency-key" => once!(it, value, idempotency_key, "Idempotency-Key"),
                "if-match" => once!(it, value, if_match, "If-Match"),
                "if-none-match" => once!(it, value, if_none_match, "If-None-Match"),
                "architrave-min-position" => {
                    once!(it, value, min_position, "Architrave-Min-Position");
                }
                "origin" => once!(it, value, origin, "Origin"),
                "access-control-request-method" => {
                    once!(it, value, preflight_method, "Access-Control-Request-Method");
                }
                // A second one of these is not worth a refusal: they only name the request.
                "x-request-id" => it.request_id = Some(value),
                "traceparent" => it.traceparent = Some(value),
                "prefer" => it.counts_exactly |= prefers_count(value),
                "accept" => {
                    it.accepts_json = accepts_json(value) || (has_accept && it.accepts_json);
                    has_accept = true;
                }
                _ => {}
            }
        }
        it
    }

    /// Refuses what came twice.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.repeated.is_empty() {
            return Ok(());
        }
        let errors = self.repeated.iter().map(|name| ProblemDetail {
            pointer: None,
            parameter: Some((*name).to_owned()),
            code: "repeated".to_owned(),
            detail: format!("`{name}` may be sent once."),
        });
        let problem = Problem::of("malformed-request", "A header came more than once.");
        Err(problem.with(errors.collect()))
    }

    /// `Idempotency-Key`: 1 to 255 visible ASCII characters.
    pub(crate) fn idempotency_key(&self) -> Result<Option<String>, Problem> {
        let Some(value) = self.idempotency_key else { return Ok(None) };
        let bytes = value.as_bytes();
        if (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic) {
            return Ok(value.to_str().ok().map(str::to_owned));
        }
        Err(header_problem(
            "Idempotency-Key",
            "invalid",
            "`Idempotency-Key` takes 1 to 255 visible ASCII characters, e.g. a UUID.",
        ))
    }

    /// `If-Match` as sent: `*`, or entity tags separated by commas (RFC 9110, 13.1.1).
    pub(crate) fn if_match(&self) -> Result<Option<String>, Problem> {
        let Some(value) = self.if_match else { return Ok(None) };
        let _ = tags(value, "If-Match")?;
        Ok(value.to_str().ok().map(str::to_owned))
    }

    /// `If-None-Match` of a read. RFC 9110 leaves open what becomes of a text that is no tag; it is refused like
    /// every header that cannot be read, since whoever sends it waits for a 304 that would never come.
    pub(crate) fn if_none_match(&self) -> Result<Option<Tags<'a>>, Problem> {
        self.if_none_match.map(|it| tags(it, "If-None-Match")).transpose()
    }

    /// A write under a condition that we do not check must not take place (RFC 9110, 13.1.2).
    pub(crate) fn refuse_if_none_match(&self) -> Result<(), Problem> {
        let Some(_) = self.if_none_match else { return Ok(()) };
        let detail = "`If-None-Match` is for reads; changes take `If-Match`.";
        Err(header_problem("If-None-Match", "not-supported", detail))
    }
}

fn tags<'a>(value: &'a HeaderValue, name: &str) -> Result<Tags<'a>, Problem> {
    value.to_str().ok().and_then(Tags::read).ok_or_else(|| {
        header_problem(name, "invalid", &format!("`{name}` takes `*`, or tags in quotes."))
    })
}

/// A malformed or missing header.
pub(crate) fn header_problem(name: &str, code: &str, detail: &str) -> Problem {
    Problem::of("malformed-request", detail).with(vec![ProblemDetail {
        pointer: None,
        parameter: Some(name.to_owned()),
        code: code.to_owned(),
        detail: detail.to_owned(),
    }])
}
