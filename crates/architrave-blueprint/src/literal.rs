//! Text literals as values: what `"5.00"`, `"2027-03-01"` or `"de"` means where a type is expected.

use architrave_model::{Base, Scalar, Value};
use uuid::Uuid;

use crate::report::listed;
use crate::units;

/// Most characters of a short text; what is longer is a `text`.
pub(crate) const STRING_LENGTH_MAX: u32 = 10_000;
/// Largest whole number that JSON readers keep exact: 2^53 - 1.
pub(crate) const INT_MAX: i64 = 9_007_199_254_740_991;

/// Why a literal does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// How it should be written.
    pub(crate) form: String,
    /// The one that was likely meant.
    pub(crate) nearest: Option<String>,
}

fn misfit(form: impl Into<String>) -> Misfit {
    Misfit { form: form.into(), nearest: None }
}

/// The value of a text where a type of an expression is expected.
pub(crate) fn parse(base: &Base, text: &str, currency_digits: u8) -> Result<Value, Misfit> {
    match base {
        Base::Text | Base::Json | Base::Null | Base::Poison => Ok(Value::Text(text.to_owned())),
        Base::Enum(values) => word(values, text),
        Base::Uuid => parse_scalar(&Scalar::Uuid, text, currency_digits),
        Base::Timestamp => parse_scalar(&Scalar::Timestamp, text, currency_digits),
        Base::Date => parse_scalar(&Scalar::Date, text, currency_digits),
        Base::Duration => parse_scalar(&Scalar::Duration, text, currency_digits),
        Base::Money => parse_scalar(&Scalar::Money, text, currency_digits),
        Base::Decimal { scale } => {
            let scalar = Scalar::Decimal { precision: 18, scale: *scale };
            parse_scalar(&scalar, text, currency_digits)
        }
        _ => Err(misfit("a value of this type")),
    }
}

/// The value of a text where a field's type is expected.
pub(crate) fn parse_scalar(
    scalar: &Scalar,
    text: &str,
    currency_digits: u8,
) -> Result<Value, Misfit> {
    let parsed = match scalar {
        Scalar::String { length_max } => {
            check_text(text, text.chars().count() <= *length_max as usize)
        }
        Scalar::Text => check_text(text, true),
        Scalar::Email => check_text(text, is_email(text)),
        Scalar::Phone => check_text(text, is_phone(text)),
        Scalar::Url => check_text(text, is_url(text)),
        Scalar::Slug => check_text(text, is_slug(text)),
        Scalar::Country => check_text(text, is_country(text)),
        Scalar::Locale => check_text(text, is_locale(text)),
        Scalar::Decimal { scale, .. } => {
            units::decimal(text, *scale).map(|unscaled| Value::Decimal { unscaled, scale: *scale })
        }
        Scalar::Money => units::decimal(text, currency_digits).map(Value::Money),
        Scalar::Uuid => Uuid::parse_str(text).ok().filter(|_| text.len() == 36).map(Value::Uuid),
        Scalar::Timestamp => units::timestamp(text).map(Value::Timestamp),
        Scalar::Date => units::date(text).map(Value::Date),
        Scalar::Duration => units::duration(text).map(Value::Duration),
        Scalar::Enum(values) => return word(values, text),
        Scalar::Int | Scalar::Bool | Scalar::Json | Scalar::File { .. } => None,
    };
    parsed.ok_or_else(|| misfit(form(scalar, currency_digits)))
}

fn word(values: &[String], text: &str) -> Result<Value, Misfit> {
    if values.iter().any(|it| it == text) {
        return Ok(Value::Text(text.to_owned()));
    }
    let names: Vec<&str> = values.iter().map(String::as_str).collect();
    let nearest = crate::resolve::suggest::nearest(text, names.iter().copied());
    Err(Misfit { form: format!("one of {}", listed(&names)), nearest: nearest.map(str::to_owned) })
}

fn check_text(text: &str, is_right: bool) -> Option<Value> {
    is_right.then(|| Value::Text(text.to_owned()))
}

/// How a value of a type is written.
fn form(scalar: &Scalar, currency_digits: u8) -> String {
    match scalar {
        Scalar::String { length_max } => format!("a text of at most {length_max} characters"),
        Scalar::Text => "a text".to_owned(),
        Scalar::Email => r#"an address, as in "someone@example.org""#.to_owned(),
        Scalar::Phone => r#"a number with its country, as in "+4930123456""#.to_owned(),
        Scalar::Url => r#"an address, as in "https://example.org/""#.to_owned(),
        Scalar::Slug => {
            r#"lower-case letters, digits and single hyphens, as in "red-shoes""#.to_owned()
        }
        Scalar::Country => r#"two capitals of ISO 3166-1, as in "DE""#.to_owned(),
        Scalar::Locale => r#"a language tag, as in "en" or "pt-BR""#.to_owned(),
        Scalar::Decimal { scale, .. } => format!("a number with at most {scale} decimals"),
        Scalar::Money => {
            format!("an amount in quotes with at most {currency_digits} decimals, as in \"5\"")
        }
        Scalar::Uuid => "a UUID with hyphens".to_owned(),
        Scalar::Timestamp => {
            r#"an instant of RFC 3339 with at most 6 decimals, as in "2027-03-01T12:00:00Z""#
                .to_owned()
        }
        Scalar::Date => units::DATE_FORM.to_owned(),
        Scalar::Duration => units::DURATION_FORM.to_owned(),
        Scalar::Int => "a whole number without quotes".to_owned(),
        Scalar::Bool => "`true` or `false` without quotes".to_owned(),
        Scalar::Json | Scalar::File { .. } => "nothing: this type has no literals".to_owned(),
        Scalar::Enum(_) => "one of its values".to_owned(),
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let is_domain = domain.contains('.')
        && domain
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b".-".contains(&it));
    text.len() <= 254 && !name.is_empty() && !name.contains(char::is_whitespace) && is_domain
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len())
            && digits.bytes().all(|it| it.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 2_048
        && rest.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace))
}

fn is_slug(text: &str) -> bool {
    text.len() <= 100
        && text.split('-').all(|part| {
            !part.is_empty()
                && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|it| it.is_ascii_uppercase())
}

fn is_locale(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_language = parts.next().is_some_and(|it| {
        (2..=3).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_lowercase())
    });
    is_language
        && parts
            .all(|it| (2..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric()))
}
