//! Values from text, normalised so that `==` is exact.

use architrave_model::{Scalar, Value};
use uuid::Uuid;

use super::{
    Misfit, parse_date,
    time::{NoTime, parse_duration, parse_timestamp},
};

/// A value of this type from text: how strings in bodies and query parameters are read. Bounds are
/// checked elsewhere.
pub(crate) fn scalar_from_text(scalar: &Scalar, text: &str) -> Result<Value, Misfit> {
    let format = |what: &str| Misfit::new("format", format!("Must be {what}."));
    // PostgreSQL cannot store it, and a client that sends it hardly means it.
    if text.contains('\0') {
        return Err(Misfit::new("format", "Must not hold the character U+0000."));
    }
    let value = match scalar {
        Scalar::String { .. } | Scalar::Text => Some(Value::Text(text.to_owned())),
        Scalar::Email => email(text).map(Value::Text),
        Scalar::Phone => phone(text).map(Value::Text),
        Scalar::Url => url(text).map(Value::Text),
        Scalar::Slug => slug(text).map(Value::Text),
        Scalar::Country => country(text).map(Value::Text),
        Scalar::Locale => locale(text).map(Value::Text),
        Scalar::Uuid => parse_uuid(text).map(Value::Uuid),
        Scalar::Timestamp => return time(scalar, parse_timestamp(text).map(Value::Timestamp)),
        Scalar::Date => parse_date(text).map(Value::Date),
        Scalar::Duration => return time(scalar, parse_duration(text).map(Value::Duration)),
        Scalar::Decimal { precision: _, scale } => return decimal(text, *scale),
        Scalar::Money => None,
        Scalar::Int => text.parse().ok().map(Value::Int),
        Scalar::Bool => match text {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            _ => None,
        },
        Scalar::Enum(allowed) => return one_of(allowed, text),
        Scalar::Json | Scalar::File { .. } => None,
    };
    value.ok_or_else(|| format(description(scalar)))
}

fn time(scalar: &Scalar, read: Result<Value, NoTime>) -> Result<Value, Misfit> {
    read.map_err(|reason| match reason {
        NoTime::Format => Misfit::new("format", format!("Must be {}.", description(scalar))),
        NoTime::TooPrecise => {
            Misfit::new("too-precise", "Must have at most 6 digits behind the point.")
        }
    })
}

/// What a text of this type looks like.
pub(crate) fn description(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::String { .. } | Scalar::Text | Scalar::Enum(_) => "a string",
        Scalar::Email => "an e-mail address",
        Scalar::Phone => "a phone number with country code, e.g. +493012345678",
        Scalar::Url => "an absolute http or https URL",
        Scalar::Slug => "letters a-z, digits and single hyphens",
        Scalar::Country => "a country code of two letters, e.g. DE",
        Scalar::Locale => "a language tag, e.g. en or pt-BR",
        Scalar::Uuid => "a UUID",
        Scalar::Timestamp => "a time as in RFC 3339, e.g. 2026-01-31T12:00:00Z",
        Scalar::Date => "a day, e.g. 2026-01-31",
        Scalar::Duration => "a length of time as in ISO 8601, e.g. PT1H30M",
        Scalar::Decimal { .. } => "a decimal number in a string, e.g. \"12.50\"",
        Scalar::Money => "an object with amount and currency",
        Scalar::Int => "a whole number",
        Scalar::Bool => "true or false",
        Scalar::Json => "JSON",
        Scalar::File { .. } => "a file",
    }
}

/// An id: only the form with hyphens, which is the one we write.
pub(crate) fn parse_uuid(text: &str) -> Option<Uuid> {
    (text.len() == uuid::fmt::Hyphenated::LENGTH).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// `12.50` with at most `scale` digits behind the point (more only if they are zeros).
pub(crate) fn decimal(text: &str, scale: u8) -> Result<Value, Misfit> {
    let format = || Misfit::new("format", "Must be a decimal number, e.g. 12.50.");
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, behind) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !is_number(whole) || !is_number(behind) {
        return Err(format());
    }
    let behind = behind.trim_end_matches('0');
    if behind.len() > usize::from(scale) {
        let detail = format!("Must have at most {scale} digits behind the point.");
        return Err(Misfit::new("too-precise", detail));
    }
    let width = usize::from(scale);
    let all = format!("{whole}{behind:0<width$}");
    let unscaled: i64 =
        all.parse().map_err(|_| Misfit::new("too-large", "Has too many digits."))?;
    Ok(Value::Decimal { unscaled: sign * unscaled, scale })
}

fn one_of(allowed: &[String], text: &str) -> Result<Value, Misfit> {
    if allowed.iter().any(|it| it == text) {
        return Ok(Value::Text(text.to_owned()));
    }
    Err(Misfit::new("not-allowed", format!("Must be one of: {}.", allowed.join(", "))))
}

/// RFC 5321 without quoted local parts: the domain in lower case, the local part as it is.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let is_plain =
        |it: char| !it.is_control() && !it.is_whitespace() && !"@\"(),:;<>[\\]".contains(it);
    let is_local = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(is_plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let domain = domain.to_ascii_lowercase();
    (is_local && domain.contains('.') && is_host(&domain)).then(|| format!("{local}@{domain}"))
}

/// Labels of letters, digits and inner hyphens (RFC 1123).
fn is_host(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}

/// E.164; spaces, hyphens, dots, slashes and brackets between the digits are dropped.
fn phone(text: &str) -> Option<String> {
    let rest = text.trim().strip_prefix('+')?;
    let digits: String = rest.chars().filter(|it| !" -./()".contains(*it)).collect();
    let is_number = digits.bytes().all(|it| it.is_ascii_digit())
        && (2..=15).contains(&digits.len())
        && !digits.starts_with('0');
    is_number.then(|| format!("+{digits}"))
}

/// Scheme and host in lower case, the rest as it is.
fn url(text: &str) -> Option<String> {
    if text.chars().any(|it| it.is_control() || it.is_whitespace() || "<>\"{}|\\^`".contains(it)) {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // Credentials in a URL end up in logs: refused.
    let (host, port) = match authority.strip_prefix('[') {
        Some(inner) => {
            let (address, port) = inner.split_once(']')?;
            address.parse::<std::net::Ipv6Addr>().ok()?;
            (
                authority.get(..address.len() + 2)?,
                port.strip_prefix(':').or(port.is_empty().then_some("80"))?,
            )
        }
        None => authority.split_once(':').unwrap_or((authority, "80")),
    };
    let is_fine = matches!(scheme.as_str(), "http" | "https")
        && (host.starts_with('[') || is_host(&host.to_ascii_lowercase()))
        && port.parse::<u16>().is_ok();
    is_fine.then(|| format!("{scheme}://{}{tail}", authority.to_ascii_lowercase()))
}

fn slug(text: &str) -> Option<String> {
    let slug = text.trim().to_ascii_lowercase();
    let is_slug = slug.split('-').all(|part| {
        !part.is_empty() && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    });
    is_slug.then_some(slug)
}

/// Any two letters: ISO 3166 leaves some to its users (`XK`), and the list changes.
fn country(text: &str) -> Option<String> {
    let is_code = text.len() == 2 && text.bytes().all(|it| it.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

/// BCP 47: language in lower case, script with a capital, region in upper case.
fn locale(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let language = parts.next()?;
    let is_language =
        (2..=8).contains(&language.len()) && language.bytes().all(|it| it.is_ascii_alphabetic());
    let mut canonical = is_language.then(|| language.to_ascii_lowercase())?;
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|it| it.is_ascii_alphanumeric()) {
            return None;
        }
        canonical.push('-');
        let is_letters = part.bytes().all(|it| it.is_ascii_alphabetic());
        let lower = part.to_ascii_lowercase();
        match (part.len(), is_letters) {
            (2, true) => canonical.push_str(&part.to_ascii_uppercase()),
            (4, true) => {
                let (first, rest) = lower.split_at(1);
                canonical.push_str(&first.to_ascii_uppercase());
                canonical.push_str(rest);
            }
            _ => canonical.push_str(&lower),
        }
    }
    Some(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scalar: &Scalar, text: &str, expected: Option<&str>) {
        let found = match scalar_from_text(scalar, text) {
            Ok(Value::Text(it)) => Some(it),
            Ok(other) => panic!("{other:?}"),
            Err(_) => None,
        };
        assert_eq!(found.as_deref(), expected, "{scalar:?} {text}");
    }

    #[test]
    fn texts_are_normalised() {
        check(&Scalar::Email, "Ann.B+x@Example.COM", Some("Ann.B+x@example.com"));
        check(&Scalar::Email, "ann@localhost", None);
        check(&Scalar::Email, "a b@example.com", None);
        check(&Scalar::Email, ".a@example.com", None);
        check(&Scalar::Email, "@example.com", None);
        check(&Scalar::Phone, "+49 (30) 123-45", Some("+493012345"));
        check(&Scalar::Phone, "030 12345", None);
        check(&Scalar::Phone, "+0301", None);
        check(
            &Scalar::Url,
            "HTTPS://Example.com:8443/A?b#C",
            Some("https://example.com:8443/A?b#C"),
        );
        check(&Scalar::Url, "http://[::1]:80/x", Some("http://[::1]:80/x"));
        check(&Scalar::Url, "https://user:pw@example.com/", None);
        check(&Scalar::Url, "ftp://example.com", None);
        check(&Scalar::Url, "https:///x", None);
        check(&Scalar::Slug, " Red-Shoes-2 ", Some("red-shoes-2"));
        check(&Scalar::Slug, "red--shoes", None);
        check(&Scalar::Country, "de", Some("DE"));
        check(&Scalar::Country, "DEU", None);
        check(&Scalar::Locale, "PT-br", Some("pt-BR"));
        check(&Scalar::Locale, "zh-HANT-tw", Some("zh-Hant-TW"));
        check(&Scalar::Locale, "e", None);
        check(&Scalar::Text, "a\0b", None);
    }

    #[test]
    fn decimals_are_exact() {
        let scale = 2;
        for (text, expected) in [
            ("12.5", Ok(1250)),
            ("-0.05", Ok(-5)),
            ("7", Ok(700)),
            ("1.500", Ok(150)),
            ("1.005", Err("too-precise")),
            ("99999999999999999999", Err("too-large")),
            ("1e3", Err("format")),
            (".5", Err("format")),
            ("", Err("format")),
        ] {
            let expected = expected.map(|unscaled| Value::Decimal { unscaled, scale });
            assert_eq!(decimal(text, scale).map_err(|it| it.code), expected, "{text}");
        }
    }
}
