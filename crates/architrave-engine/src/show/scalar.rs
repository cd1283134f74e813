//! Writers of single values as JSON. Stores call them column by column, so that a response's bytes do
//! not depend on where a row came from.

use architrave_model::{Scalar, Value};
use architrave_plan::{
    InputKind, JsonKind,
    civil::{DAY_US, civil_from_days},
};
use uuid::Uuid;

/// How money of the system is written.
#[derive(Debug, Clone, Copy)]
pub struct Currency<'a> {
    /// ISO 4217.
    pub code: &'a str,
    /// Digits of the minor unit.
    pub digits: u8,
}

/// `null`
pub fn write_null(out: &mut Vec<u8>) {
    out.extend_from_slice(b"null");
}

/// `true` or `false`
pub fn write_bool(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// `12`
pub fn write_int(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// `"text"`, with the shortest escapes of RFC 8259.
pub fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    // Most texts need no escape: the scan finds none and one copy does it.
    while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
        let (plain, tail) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, tail)) = tail.split_first() else { break };
        write_escape(out, *byte);
        rest = tail;
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

fn write_escape(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' => b'"',
        b'\\' => b'\\',
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            let digit = |nibble: u8| if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
            out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 0xf)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// `"0190f3c2-…"`
pub fn write_uuid(out: &mut Vec<u8>, id: &Uuid) {
    let mut buffer = [0; uuid::fmt::Hyphenated::LENGTH];
    out.push(b'"');
    out.extend_from_slice(id.hyphenated().encode_lower(&mut buffer).as_bytes());
    out.push(b'"');
}

/// `"12.50"`
pub fn write_decimal(out: &mut Vec<u8>, unscaled: i64, scale: u8) {
    out.push(b'"');
    append_decimal(out, unscaled, scale);
    out.push(b'"');
}

/// `{"amount":"12.50","currency":"EUR"}`
pub fn write_money(out: &mut Vec<u8>, minor: i64, currency: Currency<'_>) {
    out.extend_from_slice(b"{\"amount\":");
    write_decimal(out, minor, currency.digits);
    out.extend_from_slice(b",\"currency\":");
    write_text(out, currency.code);
    out.push(b'}');
}

/// `"2026-01-31T12:00:00Z"`; a fraction only where it is not zero, without trailing zeros.
pub fn write_timestamp(out: &mut Vec<u8>, at_us: i64) {
    out.push(b'"');
    append_timestamp(out, at_us);
    out.push(b'"');
}

/// `"2026-01-31"`
pub fn write_date(out: &mut Vec<u8>, days: i32) {
    out.push(b'"');
    append_date(out, i64::from(days));
    out.push(b'"');
}

/// `"PT1H30M"`
pub fn write_duration(out: &mut Vec<u8>, us: i64) {
    out.push(b'"');
    append_duration(out, us);
    out.push(b'"');
}

/// `{"url":"…"}`
pub fn write_file(out: &mut Vec<u8>, key: &str) {
    out.extend_from_slice(b"{\"url\":");
    write_text(out, key);
    out.push(b'}');
}

/// `12.50`, without quotes.
pub fn append_decimal(out: &mut Vec<u8>, unscaled: i64, scale: u8) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(unscaled.unsigned_abs()).as_bytes();
    if unscaled < 0 {
        out.push(b'-');
    }
    let scale = usize::from(scale);
    let whole = digits.len().saturating_sub(scale);
    let (before, after) = digits.split_at(whole);
    out.extend_from_slice(if before.is_empty() { b"0" } else { before });
    if scale > 0 {
        out.push(b'.');
        out.resize(out.len() + scale.saturating_sub(after.len()), b'0');
        out.extend_from_slice(after);
    }
}

/// `2026-01-31T12:00:00.5Z`, without quotes.
pub fn append_timestamp(out: &mut Vec<u8>, at_us: i64) {
    append_date(out, at_us.div_euclid(DAY_US));
    let of_day = at_us.rem_euclid(DAY_US);
    let seconds = of_day / 1_000_000;
    out.push(b'T');
    append_two_digits(out, seconds / 3_600);
    out.push(b':');
    append_two_digits(out, seconds / 60 % 60);
    out.push(b':');
    append_two_digits(out, seconds % 60);
    append_fraction(out, of_day % 1_000_000);
    out.push(b'Z');
}

/// `2026-01-31`, without quotes; also how dates are stored in SQLite.
pub fn append_date(out: &mut Vec<u8>, days: i64) {
    let (year, month, day) = civil_from_days(days);
    append_padded(out, year, 4);
    out.push(b'-');
    append_two_digits(out, i64::from(month));
    out.push(b'-');
    append_two_digits(out, i64::from(day));
}

/// A number from 0 to 99. Every row has times, and the general way takes several times as long.
fn append_two_digits(out: &mut Vec<u8>, value: i64) {
    let digit = |it: i64| b'0' + u8::try_from(it % 10).unwrap_or_default();
    out.extend_from_slice(&[digit(value / 10), digit(value)]);
}

/// `P1DT2H`, `-PT0.5S`, without quotes. One spelling per length: days, hours, minutes, seconds; no weeks,
/// which ISO 8601 forbids beside other units.
pub fn append_duration(out: &mut Vec<u8>, us: i64) {
    if us == 0 {
        out.extend_from_slice(b"PT0S");
        return;
    }
    if us < 0 {
        out.push(b'-');
    }
    out.push(b'P');
    // The magnitude of i64::MIN does not fit into i64; it is 106,751,991 days and never stored (limit: ±292,000 years).
    let us = i64::try_from(us.unsigned_abs()).unwrap_or(i64::MAX);
    let (days, of_day) = (us / DAY_US, us % DAY_US);
    if days > 0 {
        write_int(out, days);
        out.push(b'D');
    }
    if of_day == 0 {
        return;
    }
    out.push(b'T');
    let seconds = of_day / 1_000_000;
    let fraction = of_day % 1_000_000;
    for (count, unit) in [(seconds / 3_600, b'H'), (seconds / 60 % 60, b'M')] {
        if count > 0 {
            write_int(out, count);
            out.push(unit);
        }
    }
    if seconds % 60 > 0 || fraction > 0 {
        write_int(out, seconds % 60);
        append_fraction(out, fraction);
        out.push(b'S');
    }
}

fn append_fraction(out: &mut Vec<u8>, us: i64) {
    if us == 0 {
        return;
    }
    let (mut digits, mut width) = (us, 6);
    while digits % 10 == 0 {
        digits /= 10;
        width -= 1;
    }
    out.push(b'.');
    append_padded(out, digits, width);
}

fn append_padded(out: &mut Vec<u8>, value: i64, width: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(value).as_bytes();
    out.resize(out.len() + width.saturating_sub(digits.len()), b'0');
    out.extend_from_slice(digits);
}

/// Any value in memory, as its kind says. What does not fit its kind (a row of another table) is `null`.
pub fn write_value(out: &mut Vec<u8>, kind: &JsonKind, value: &Value, currency: Currency<'_>) {
    match (kind, value) {
        (_, Value::Bool(it)) => write_bool(out, *it),
        (_, Value::Int(it)) => write_int(out, *it),
        (_, Value::Decimal { unscaled, scale }) => write_decimal(out, *unscaled, *scale),
        (_, Value::Money(it)) => write_money(out, *it, currency),
        (JsonKind::File, Value::Text(it)) => write_file(out, it),
        (_, Value::Text(it)) => write_text(out, it),
        (_, Value::Uuid(it)) => write_uuid(out, it),
        (_, Value::Timestamp(it)) => write_timestamp(out, *it),
        (_, Value::Date(it)) => write_date(out, *it),
        (_, Value::Duration(it)) => write_duration(out, *it),
        (_, Value::Json(it)) => out.extend_from_slice(it.as_bytes()),
        (JsonKind::List(item), Value::List(items)) => {
            write_list(out, &JsonKind::of(item), items, currency);
        }
        (_, Value::Null | Value::List(_) | Value::Object(_)) => write_null(out),
    }
}

/// `[…]`: how lists are shown, and also how they are stored.
pub fn write_list(out: &mut Vec<u8>, item: &JsonKind, items: &[Value], currency: Currency<'_>) {
    out.push(b'[');
    for (index, value) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_value(out, item, value, currency);
    }
    out.push(b']');
}

/// A value that came in, as its input says: plain, a list, or a value object without what is secret.
pub fn write_input(out: &mut Vec<u8>, kind: &InputKind, value: &Value, currency: Currency<'_>) {
    match (kind, value) {
        (InputKind::Object { shape, .. }, Value::Object(values)) => {
            out.push(b'{');
            let shown = shape.members.iter().filter(|it| !it.is_secret);
            for (position, member) in shown.enumerate() {
                if position > 0 {
                    out.push(b',');
                }
                write_text(out, &member.name);
                out.push(b':');
                let value = values.get(member.field).unwrap_or(&Value::Null);
                write_input(out, &member.kind, value, currency);
            }
            out.push(b'}');
        }
        (InputKind::List { item, .. }, Value::List(items)) => {
            write_list(out, &scalar_kind(item), items, currency);
        }
        (InputKind::Scalar(scalar), _) => write_value(out, &scalar_kind(scalar), value, currency),
        (_, Value::Uuid(_)) => write_value(out, &JsonKind::Uuid, value, currency),
        _ => write_null(out),
    }
}

/// Only files are written otherwise than their value says.
fn scalar_kind(scalar: &Scalar) -> JsonKind {
    match scalar {
        Scalar::File { .. } => JsonKind::File,
        _ => JsonKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use architrave_plan::ColumnType;

    use super::*;

    const EUR: Currency<'static> = Currency { code: "EUR", digits: 2 };

    #[track_caller]
    fn check(kind: &JsonKind, value: &Value, expected: &str) {
        let mut out = Vec::new();
        write_value(&mut out, kind, value, EUR);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn values_are_written_as_documented() {
        let text = |it: &str| Value::Text(it.to_owned());
        check(&JsonKind::Bool, &Value::Bool(true), "true");
        check(&JsonKind::Int, &Value::Int(-12), "-12");
        check(&JsonKind::Int, &Value::Null, "null");
        let scale = 2;
        let decimal = JsonKind::Decimal { scale };
        for (unscaled, expected) in
            [(1250, "12.50"), (-5, "-0.05"), (0, "0.00"), (100, "1.00"), (-1234, "-12.34")]
        {
            check(&decimal, &Value::Decimal { unscaled, scale }, &format!("\"{expected}\""));
        }
        check(&JsonKind::Decimal { scale: 0 }, &Value::Decimal { unscaled: 7, scale: 0 }, "\"7\"");
        check(&JsonKind::Money, &Value::Money(1250), r#"{"amount":"12.50","currency":"EUR"}"#);
        check(&JsonKind::Text, &text("a\"\\\n\u{1}ü/"), r#""a\"\\\n\u0001ü/""#);
        check(&JsonKind::File, &text("k"), r#"{"url":"k"}"#);
        check(&JsonKind::Date, &Value::Date(20_484), "\"2026-01-31\"");
        check(&JsonKind::Timestamp, &Value::Timestamp(0), "\"1970-01-01T00:00:00Z\"");
        check(&JsonKind::Timestamp, &Value::Timestamp(-1), "\"1969-12-31T23:59:59.999999Z\"");
        check(&JsonKind::Timestamp, &Value::Timestamp(1_500_000), "\"1970-01-01T00:00:01.5Z\"");
        check(
            &JsonKind::Timestamp,
            &Value::Timestamp(architrave_model::TIMESTAMP_MIN_US),
            "\"0001-01-01T00:00:00Z\"",
        );
        let list = JsonKind::List(Box::new(ColumnType::Text));
        check(&list, &Value::List(vec![text("a"), text("b")]), r#"["a","b"]"#);
        check(&JsonKind::Json, &Value::Json("{\"a\":1}".into()), "{\"a\":1}");
    }

    #[test]
    fn durations_have_one_spelling() {
        for (us, expected) in [
            (0, "PT0S"),
            (5_400_000_000, "PT1H30M"),
            (7 * DAY_US, "P7D"),
            (DAY_US + 500_000, "P1DT0.5S"),
            (-60_000_000, "-PT1M"),
            (61_000_001, "PT1M1.000001S"),
        ] {
            check(&JsonKind::Duration, &Value::Duration(us), &format!("\"{expected}\""));
        }
    }

    #[test]
    fn text_is_what_serde_json_writes() {
        let every: String = (0..0x250).filter_map(char::from_u32).collect();
        check(
            &JsonKind::Text,
            &Value::Text(every.clone()),
            &serde_json::to_string(&every).unwrap(),
        );
    }
}
