//! Media types and preferences: what a body is, and what the client takes.

use architrave_engine::Problem;
use http::HeaderValue;

use super::Intake;

/// What an operation takes as its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// Nothing.
    None,
    /// `application/json`
    Json,
    /// `application/merge-patch+json` or `application/json`
    MergePatch,
}

/// Whether a client that sent this `Accept` takes JSON.
pub(crate) fn accepts_json(accept: &HeaderValue) -> bool {
    accept.to_str().is_ok_and(admits_json)
}

/// Whether an `Accept` list (RFC 9110, 12.5.1) admits JSON: the most specific range that matches decides.
pub(crate) fn admits_json(list: &str) -> bool {
    let mut best: Option<(u8, bool)> = None;
    for range in list.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default();
        let specificity = match media {
            "*/*" => 1,
            "application/*" => 2,
            _ if media.eq_ignore_ascii_case("application/json") => 3,
            _ => continue,
        };
        let is_refused = parts.any(|it| {
            it.strip_prefix("q=")
                .and_then(|q| q.trim().parse::<f32>().ok())
                .is_some_and(|q| q <= 0.0)
        });
        if best.is_none_or(|(so_far, _)| specificity > so_far) {
            best = Some((specificity, !is_refused));
        }
    }
    list.trim().is_empty() || best.is_some_and(|(_, is_admitted)| is_admitted)
}

/// Whether `Prefer` (RFC 7240) asks for an exact count.
pub(crate) fn prefers_count(prefer: &HeaderValue) -> bool {
    prefer.to_str().is_ok_and(|list| {
        list.split(',').any(|it| {
            it.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("count")
                    && value.split(';').next().unwrap_or_default().trim().trim_matches('"')
                        == "exact"
            })
        })
    })
}

/// Checks the media type of a body that is there.
pub(crate) fn check_media(
    intake: &Intake<'_>,
    kind: BodyKind,
    is_empty: bool,
) -> Result<(), Problem> {
    if intake.content_encoding.is_some_and(|it| !it.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Problem::of(
            "unsupported-media-type",
            "Send the body without `Content-Encoding`.",
        ));
    }
    match intake.content_type {
        None if is_empty => Ok(()),
        None => Err(Problem::of("unsupported-media-type", "The body has no `Content-Type`.")),
        Some(value) if is_json(value, kind) => Ok(()),
        Some(_) => Err(Problem::of("unsupported-media-type", expected(kind))),
    }
}

fn expected(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::None => "This operation takes no body.",
        BodyKind::Json => "This operation takes `application/json`.",
        BodyKind::MergePatch => {
            "This operation takes `application/merge-patch+json` or `application/json`."
        }
    }
}

fn is_json(value: &HeaderValue, kind: BodyKind) -> bool {
    let Ok(text) = value.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let is_media = media.eq_ignore_ascii_case("application/json")
        || (kind == BodyKind::MergePatch
            && media.eq_ignore_ascii_case("application/merge-patch+json"));
    // JSON is always UTF-8 (RFC 8259); a declared charset may only say so.
    is_media
        && parts.all(|it| {
            it.split_once('=').is_none_or(|(name, value)| {
                !name.trim().eq_ignore_ascii_case("charset")
                    || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_excludes_json_only_when_it_says_so() {
        for (list, is_admitted) in [
            ("", true),
            ("*/*", true),
            ("application/json", true),
            ("Application/JSON", true),
            ("text/html, application/*;q=0.8", true),
            ("text/html,*/*;q=0.1", true),
            ("text/html", false),
            ("application/xml, text/*", false),
            ("*/*, application/json;q=0", false),
            ("application/json;q=0, */*", false),
            ("application/json; q=0.001", true),
        ] {
            assert_eq!(admits_json(list), is_admitted, "{list}");
        }
    }

    #[test]
    fn json_is_recognised_with_its_parameters() {
        for (value, kind, is_taken) in [
            ("application/json", BodyKind::Json, true),
            ("application/json; charset=utf-8", BodyKind::Json, true),
            ("application/json;charset=\"UTF-8\"", BodyKind::Json, true),
            ("application/json; charset=latin1", BodyKind::Json, false),
            ("application/merge-patch+json", BodyKind::Json, false),
            ("application/merge-patch+json", BodyKind::MergePatch, true),
            ("application/json", BodyKind::MergePatch, true),
            ("text/json", BodyKind::Json, false),
            ("application/jsonp", BodyKind::Json, false),
            ("application/x-www-form-urlencoded", BodyKind::Json, false),
        ] {
            assert_eq!(is_json(&HeaderValue::from_static(value), kind), is_taken, "{value}");
        }
    }

    #[test]
    fn only_an_exact_count_is_preferred() {
        for (value, is_preferred) in [
            ("count=exact", true),
            ("return=minimal, count=\"exact\"", true),
            ("count=estimated", false),
            ("respond-async", false),
        ] {
            assert_eq!(prefers_count(&HeaderValue::from_static(value)), is_preferred, "{value}");
        }
    }
}
