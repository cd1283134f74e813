//! Quantities as written in quotes: `"30s"`, `"5MB"`, `"99.9%"`, `"900/s"`, `"5.00"`, `"2027-03-01"`.
//!
//! Everything is exact: whole numbers of a small unit, never a float.

use jiff::{Timestamp, civil};

/// Microseconds of one second.
const SECOND_US: i64 = 1_000_000;
/// Seconds of one day.
const DAY_S: i64 = 86_400;

/// Units of a length of time, with their microseconds. A year is 365 days: it is only used for how
/// long something is kept, where a day more or less is no matter; months differ too much and are refused.
const SPANS: [(&str, i64); 7] = [
    ("ms", 1_000),
    ("s", SECOND_US),
    ("m", 60 * SECOND_US),
    ("h", 3_600 * SECOND_US),
    ("d", DAY_S * SECOND_US),
    ("w", 7 * DAY_S * SECOND_US),
    ("y", 365 * DAY_S * SECOND_US),
];

/// How a length of time is written, for messages.
pub(crate) const DURATION_FORM: &str =
    r#"a number and one of ms, s, m, h, d, w, y, as in "30s" or "7d""#;
/// How a share is written.
pub(crate) const PERCENT_FORM: &str =
    r#"a percentage of at most 100 with up to four decimals, as in "99.95%""#;
/// How a size is written.
pub(crate) const SIZE_FORM: &str =
    r#"a number and one of B, KB, MB, GB, KiB, MiB, GiB, as in "5MB""#;
/// How a rate is written.
pub(crate) const RATE_FORM: &str = r#"a number per s, min, h or d, as in "60/min""#;
/// How growth is written.
pub(crate) const GROWTH_FORM: &str = r#"a percentage per month or year, as in "6%/month""#;
/// How a day is written.
pub(crate) const DATE_FORM: &str = r#"a day as year-month-day, as in "2027-03-01""#;
/// How an amount per month is written.
pub(crate) const BUDGET_FORM: &str = r#"an amount, a currency and "/month", as in "600 EUR/month""#;

/// A length of time in microseconds; several units may follow each other, large to small.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    let mut unit_before = i64::MAX;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let unit_us = SPANS.iter().find(|(name, _)| *name == unit)?.1;
        if unit_us >= unit_before {
            return None;
        }
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_us)?)?;
        unit_before = unit_us;
        rest = tail;
    }
    Some(total)
}

/// A share in parts per million, at most 100 %.
pub(crate) fn percent_ppm(text: &str) -> Option<u32> {
    let ppm = decimal(text.trim().strip_suffix('%')?, 4)?;
    u32::try_from(ppm).ok().filter(|it| *it <= 1_000_000)
}

/// Growth in parts per million per month; a year is taken as twelve equal steps.
pub(crate) fn growth_ppm_per_month(text: &str) -> Option<u32> {
    let (share, period) = text.split_once('/')?;
    let ppm = decimal(share.trim().strip_suffix('%')?, 4).filter(|it| *it >= 0)?;
    let months = match period.trim() {
        "month" => 1,
        "year" => 12,
        _ => return None,
    };
    u32::try_from(ppm / months).ok()
}

/// A size in bytes.
pub(crate) fn size_bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let letters = text.find(|it: char| it.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(letters);
    let factor: u64 = match unit {
        "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.trim().parse::<u64>().ok()?.checked_mul(factor).filter(|it| *it > 0)
}

/// So many in such a time: the count and the time in microseconds.
pub(crate) fn rate(text: &str) -> Option<(u32, i64)> {
    let (count, period) = text.split_once('/')?;
    let period_us = match period.trim() {
        "s" => SECOND_US,
        "min" | "m" => 60 * SECOND_US,
        "h" => 3_600 * SECOND_US,
        "d" => DAY_S * SECOND_US,
        _ => return None,
    };
    let count = count.trim().parse::<u32>().ok().filter(|it| *it > 0)?;
    Some((count, period_us))
}

/// A rate in thousandths per second.
pub(crate) fn rate_milli_per_s(text: &str) -> Option<u64> {
    let (count, period_us) = rate(text)?;
    let seconds = u64::try_from(period_us / SECOND_US).ok()?;
    Some(u64::from(count) * 1_000 / seconds.max(1))
}

/// An amount per month: minor units and the currency.
pub(crate) fn budget(text: &str) -> Option<(i64, String)> {
    let (amount, period) = text.split_once('/')?;
    if period.trim() != "month" {
        return None;
    }
    let (number, currency) = amount.trim().split_once(' ')?;
    let digits = crate::currency::digits(currency.trim())?;
    let minor = decimal(number, digits).filter(|it| *it >= 0)?;
    Some((minor, currency.trim().to_owned()))
}

/// A day since 1970-01-01.
pub(crate) fn date(text: &str) -> Option<i32> {
    // jiff also reads week dates and other spellings of ISO 8601; the language has one.
    if text.len() != 10 {
        return None;
    }
    let day: civil::Date = text.parse().ok()?;
    let span = day.since(civil::Date::constant(1970, 1, 1)).ok()?;
    Some(span.get_days())
}

/// An instant in microseconds since 1970, from RFC 3339.
pub(crate) fn timestamp(text: &str) -> Option<i64> {
    let instant: Timestamp = text.parse().ok()?;
    // Microseconds are stored; what is finer is refused, not cut.
    (instant.subsec_nanosecond() % 1_000 == 0).then(|| instant.as_microsecond())
}

/// A decimal number as `unscaled / 10^scale`; nothing if it has more digits than that.
pub(crate) fn decimal(text: &str, scale: u8) -> Option<i64> {
    let text = text.trim();
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_written_well = !whole.is_empty()
        && whole.bytes().chain(fraction.bytes()).all(|it| it.is_ascii_digit())
        && !digits.ends_with('.');
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    if !is_written_well {
        return None;
    }
    let joined = format!("{whole}{fraction}{}", "0".repeat(missing));
    let unscaled: i64 = joined.parse().ok()?;
    Some(if is_negative { -unscaled } else { unscaled })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_exact_or_refused() {
        assert_eq!(duration("30s"), Some(30_000_000));
        assert_eq!(duration("200ms"), Some(200_000));
        assert_eq!(duration("1h30m"), Some(5_400_000_000));
        assert_eq!(duration("0s"), Some(0));
        for wrong in ["", "30", "s", "1.5h", "30m1h", "2 months", "99999999999999y", "-3s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(percent_ppm("99.95%"), Some(999_500));
        assert_eq!(percent_ppm("100.1%"), None);
        assert_eq!(growth_ppm_per_month("6%/month"), Some(60_000));
        assert_eq!(size_bytes("5MB"), Some(5_000_000));
        assert_eq!(rate("60/min"), Some((60, 60_000_000)));
        assert_eq!(rate_milli_per_s("900/s"), Some(900_000));
        assert_eq!(budget("600 EUR/month"), Some((60_000, "EUR".to_owned())));
        assert_eq!(date("1970-01-02"), Some(1));
        assert_eq!(date("2027-02-30"), None);
        assert_eq!(timestamp("1970-01-01T00:00:01Z"), Some(1_000_000));
        assert_eq!(decimal("5.00", 2), Some(500));
        assert_eq!(decimal("-0.5", 2), Some(-50));
        for wrong in ["5.001", "5.", ".5", "5,00", "", "1e3", "99999999999999999999"] {
            assert_eq!(decimal(wrong, 2), None, "{wrong}");
        }
    }
}
