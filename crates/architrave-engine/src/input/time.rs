//! Times as text: RFC 3339 instants, days, ISO 8601 lengths of time.

use architrave_model::{TIMESTAMP_MAX_US, TIMESTAMP_MIN_US};

use architrave_plan::civil::{DAY_US, days_from_civil, days_in_month};

/// Why a text is no time that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTime {
    /// It is written in another way.
    Format,
    /// It is finer than a microsecond, which is what is stored.
    TooPrecise,
}

/// `2026-01-31T12:00:00.5+01:00` → microseconds since 1970. There are no leap seconds.
pub(crate) fn parse_timestamp(text: &str) -> Result<i64, NoTime> {
    let (at_us, is_exact) = timestamp(text).ok_or(NoTime::Format)?;
    if is_exact { Ok(at_us) } else { Err(NoTime::TooPrecise) }
}

/// Microseconds, and whether they are all that the text says.
fn timestamp(text: &str) -> Option<(i64, bool)> {
    let (date, time) = (text.get(..10)?, text.get(11..)?);
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let days = i64::from(parse_date(date)?);
    let (clock, rest) = (time.get(..8)?, time.get(8..)?);
    let [hour, minute, second] = numbers(clock, b':')?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let (fraction, zone) = fraction(rest)?;
    let seconds = hour * 3_600 + minute * 60 + second - offset_seconds(zone)?;
    let at_us = days
        .checked_mul(DAY_US)?
        .checked_add(seconds.checked_mul(1_000_000)?)?
        .checked_add(fraction.us)?;
    let is_in_range = (TIMESTAMP_MIN_US..=TIMESTAMP_MAX_US).contains(&at_us);
    is_in_range.then_some((at_us, fraction.is_exact))
}

/// `2026-01-31` → days since 1970.
#[must_use]
pub fn parse_date(text: &str) -> Option<i32> {
    if text.len() != 10 || text.as_bytes().get(7) != Some(&b'-') {
        return None;
    }
    let year = digits(text.get(..4)?)?;
    let [month, day] = pair(text.get(5..)?, b'-')?;
    if text.as_bytes().get(4) != Some(&b'-') || year < 1 || !(1..=12).contains(&month) {
        return None;
    }
    let (month, day) = (u32::try_from(month).ok()?, u32::try_from(day).ok()?);
    if day < 1 || day > days_in_month(year, month) {
        return None;
    }
    i32::try_from(days_from_civil(year, month, day)).ok()
}

/// `P1DT2H`, `PT0.5S`, `P2W`, `-PT1M` → microseconds. Years and months are no length.
pub(crate) fn parse_duration(text: &str) -> Result<i64, NoTime> {
    let (us, is_exact) = duration(text).ok_or(NoTime::Format)?;
    if is_exact { Ok(us) } else { Err(NoTime::TooPrecise) }
}

/// Microseconds, and whether they are all that the text says.
fn duration(text: &str) -> Option<(i64, bool)> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let text = text.strip_prefix('P')?;
    let (days, time) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (text, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    let (days_us, _) = units(days, &[('W', 7 * DAY_US), ('D', DAY_US)])?;
    let (time_us, is_exact) =
        units(time, &[('H', 3_600_000_000), ('M', 60_000_000), ('S', 1_000_000)])?;
    let total = days_us.checked_add(time_us)?;
    Some((if is_negative { -total } else { total }, is_exact))
}

/// Numbers with units in falling order, each at most once; only seconds have a fraction.
fn units(mut text: &str, units: &[(char, i64)]) -> Option<(i64, bool)> {
    let (mut total, mut is_exact) = (0_i64, true);
    for (unit, us) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        text = rest;
        let (whole, behind) = match number.split_once('.') {
            Some((whole, behind)) if *unit == 'S' => (whole, Some(behind)),
            Some(_) => return None,
            None => (number, None),
        };
        total = total.checked_add(digits(whole)?.checked_mul(*us)?)?;
        if let Some(behind) = behind {
            let fraction = Fraction::read(behind)?;
            total = total.checked_add(fraction.us)?;
            is_exact = fraction.is_exact;
        }
    }
    text.is_empty().then_some((total, is_exact))
}

/// `.5Z` → (half a second, `Z`).
fn fraction(text: &str) -> Option<(Fraction, &str)> {
    let Some(rest) = text.strip_prefix('.') else {
        return Some((Fraction { us: 0, is_exact: true }, text));
    };
    let end = rest.find(|it: char| !it.is_ascii_digit())?;
    Some((Fraction::read(rest.get(..end)?)?, rest.get(end..)?))
}

/// Digits behind a second's point.
struct Fraction {
    us: i64,
    /// Whether nothing but zeros stands behind the sixth digit.
    is_exact: bool,
}

impl Fraction {
    fn read(digits: &str) -> Option<Self> {
        if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return None;
        }
        let (six, rest) = digits.split_at_checked(6).unwrap_or((digits, ""));
        let us = format!("{six:0<6}").parse().ok()?;
        Some(Self { us, is_exact: rest.bytes().all(|it| it == b'0') })
    }
}

fn offset_seconds(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes] = pair(zone.get(1..)?, b':')?;
    (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// `12:00` → two numbers of two digits.
fn pair(text: &str, separator: u8) -> Option<[i64; 2]> {
    if text.len() != 5 || text.as_bytes().get(2) != Some(&separator) {
        return None;
    }
    Some([digits(text.get(..2)?)?, digits(text.get(3..)?)?])
}

/// `12:00:00` → three numbers of two digits.
fn numbers(text: &str, separator: u8) -> Option<[i64; 3]> {
    if text.len() != 8 || text.as_bytes().get(5) != Some(&separator) {
        return None;
    }
    let [first, second] = pair(text.get(..5)?, separator)?;
    Some([first, second, digits(text.get(6..)?)?])
}

/// Digits only: `parse` alone would also take a sign. At most 18.
fn digits(text: &str) -> Option<i64> {
    let is_number =
        !text.is_empty() && text.len() <= 18 && text.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::scalar;

    #[test]
    fn instants() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T01:00:00+01:00", Some(0)),
            ("1970-01-01t00:00:01.5z", Some(1_500_000)),
            ("1970-01-01T00:00:00.123456000000000000000Z", Some(123_456)),
            ("1969-12-31T23:59:59.999999Z", Some(-1)),
            ("2024-02-29T00:00:00Z", Some(1_709_164_800_000_000)),
            ("2023-02-29T00:00:00Z", None),
            ("1970-01-01T24:00:00Z", None),
            ("1970-01-01T00:00:60Z", None),
            ("1970-01-01 00:00:00Z", None),
            ("1970-01-01T00:00:00", None),
            ("1970-01-01T00:00:00.Z", None),
            ("1970-01-01T00:00:00+1:00", None),
            ("0001-01-01T00:00:00+00:01", None),
            ("9999-12-31T23:59:59.999999Z", Some(TIMESTAMP_MAX_US)),
            ("197é-01-01T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(parse_timestamp(text), expected.ok_or(NoTime::Format), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_a_microsecond_is_not_cut() {
        let too_precise = Err(NoTime::TooPrecise);
        assert_eq!(parse_timestamp("1970-01-01T00:00:00.1234567Z"), too_precise);
        assert_eq!(parse_timestamp("1970-01-01T00:00:00.0000001+01:00"), too_precise);
        assert_eq!(parse_duration("PT0.0000001S"), too_precise);
        assert_eq!(parse_duration("-P1DT1.1234567S"), too_precise);
        assert_eq!(parse_duration("PT0.1234560S"), Ok(123_456));
    }

    #[test]
    fn lengths_of_time() {
        for (text, expected) in [
            ("PT1H30M", Some(5_400_000_000)),
            ("P7D", Some(7 * DAY_US)),
            ("P1W", Some(7 * DAY_US)),
            ("P1DT0.5S", Some(DAY_US + 500_000)),
            ("-PT1M", Some(-60_000_000)),
            ("PT0S", Some(0)),
            ("P", None),
            ("PT", None),
            ("P1M", None),
            ("P1Y", None),
            ("PT1M1H", None),
            ("PT1.5H", None),
            ("PT-1S", None),
            ("1h", None),
            ("P999999999999999999W", None),
        ] {
            assert_eq!(parse_duration(text), expected.ok_or(NoTime::Format), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for at in
            [0, -1, 1, 500_000, DAY_US, TIMESTAMP_MIN_US, TIMESTAMP_MAX_US, 1_763_729_999_123_400]
        {
            let text = |write: fn(&mut Vec<u8>, i64)| {
                let mut out = Vec::new();
                write(&mut out, at);
                String::from_utf8(out).unwrap()
            };
            assert_eq!(parse_timestamp(&text(scalar::append_timestamp)), Ok(at));
            assert_eq!(parse_duration(&text(scalar::append_duration)), Ok(at));
        }
    }
}
