//! The headers we understand, gathered in one pass; each of them is taken at most once.

use architrave_engine::{Problem, ProblemDetail};
use http::{HeaderMap, HeaderValue};

use super::media::{accepts_json, prefers_count};

/// Most characters of `If-Match`: some forty tags of ours.
const IF_MATCH_LENGTH_MAX: usize = 1024;

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
        let text = value.to_str().ok().filter(|it| it.len() <= IF_MATCH_LENGTH_MAX);
        let text = text.filter(|it| *it == "*" || it.split(',').map(str::trim).all(is_tag));
        text.map(|it| Some(it.to_owned())).ok_or_else(|| {
            header_problem("If-Match", "invalid", "`If-Match` takes `*`, or tags in quotes.")
        })
    }
}

/// Whether this is an entity tag of ours or of another kind: quotes around visible ASCII, weak or strong. A tag
/// with a comma, which RFC 9110 allows, is nobody's here.
fn is_tag(text: &str) -> bool {
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    let inner = quoted.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.is_some_and(|it| it.bytes().all(|b| b.is_ascii_graphic() && b != b'"'))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_takes_a_star_or_tags_in_quotes() {
        for (sent, is_taken) in [
            ("*", true),
            ("\"3\"", true),
            ("\"3-9c1185a5c5e9fc54\", \"4\"", true),
            ("W/\"3\"", true),
            ("\"\"", true),
            ("3", false),
            ("", false),
            ("\"3\",", false),
            ("\"3", false),
            ("\"a\"b\"", false),
            ("\"a b\"", false),
            (&*format!("\"{}\"", "x".repeat(1023)), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("if-match", HeaderValue::from_str(sent).unwrap());
            assert_eq!(Intake::gather(&headers).if_match().is_ok(), is_taken, "{sent}");
        }
    }
}
