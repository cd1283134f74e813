//! Writes quantities as people read them: "16.9 s", "99.95 %", "1,234".

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

/// A length of time, in its natural unit, with at most two digits behind the point: `250 µs`, `17.4 s`, `15 min`, `10 y`.
#[must_use]
pub fn time(us: i64) -> String {
    // Laws and contracts speak of years; `3650 d` would have to be worked out.
    if us >= 2 * YEAR && us % YEAR == 0 {
        return format!("{} y", us / YEAR);
    }
    let (unit, name) = match us.unsigned_abs() {
        0 => return "0 s".to_owned(),
        1..1_000 => (1, "µs"),
        1_000..1_000_000 => (1_000, "ms"),
        1_000_000..120_000_000 => (1_000_000, "s"),
        120_000_000..7_200_000_000 => (MINUTE, "min"),
        7_200_000_000..172_800_000_000 => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    format!("{} {name}", ratio(us, unit))
}

/// A share in parts per million as per cent: `99.95 %`.
#[must_use]
pub fn percent(ppm: u64) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A rate in thousandths per second: `900/s`.
#[must_use]
pub fn rate(milli_per_s: u64) -> String {
    if milli_per_s < 1_000 && milli_per_s > 0 {
        return format!(
            "{}/min",
            ratio(i64::try_from(milli_per_s * 60).unwrap_or(i64::MAX), 1_000)
        );
    }
    if milli_per_s.is_multiple_of(1_000) {
        return format!("{}/s", grouped(milli_per_s / 1_000));
    }
    format!("{}/s", ratio(i64::try_from(milli_per_s).unwrap_or(i64::MAX), 1_000))
}

/// A whole number with its thousands set apart: `1,234,567`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes: `1.2 GB` (10^9).
#[must_use]
pub fn bytes(number: u64) -> String {
    let (unit, name) = match number {
        0..1_000 => (1, "B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        1_000_000_000..1_000_000_000_000 => (1_000_000_000, "GB"),
        _ => (1_000_000_000_000, "TB"),
    };
    format!("{} {name}", ratio(i64::try_from(number).unwrap_or(i64::MAX), unit))
}

/// How many times something, from thousandths, in at most three digits: `0.85`, `13.3`, `415`.
#[must_use]
pub fn times(permille: u64) -> String {
    let (number, of, digits) = match permille {
        0..10_000 => (permille / 10, 100, 2),
        10_000..100_000 => (permille / 100, 10, 1),
        _ => return grouped(permille / 1_000),
    };
    let text = format!("{}.{:0digits$}", number / of, number % of);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A share in parts per million as per cent, with one digit behind the point, two below one: `3.1 %`.
#[must_use]
pub fn short_percent(ppm: u64) -> String {
    let kept = if ppm < 10_000 { 100 } else { 1_000 };
    percent(ppm / kept * kept)
}

/// A rate in thousandths per second without digits that nobody can rely on: `3,643/s`, `89.5/s`.
#[must_use]
pub fn short_rate(milli_per_s: u64) -> String {
    match milli_per_s {
        0..100_000 => rate(milli_per_s / 10 * 10),
        100_000..10_000_000 => rate(milli_per_s / 1_000 * 1_000),
        _ => rate(milli_per_s / 100_000 * 100_000),
    }
}

/// A short time in nanoseconds, with a tenth of a microsecond: `21.7 µs`.
#[must_use]
pub fn fine_time(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000_000 => format!("{}.{} µs", nanoseconds / 1_000, nanoseconds % 1_000 / 100),
        _ => time(i64::try_from(nanoseconds / 1_000).unwrap_or(i64::MAX)),
    }
}

/// Dollars from millionths: `$141.79`.
#[must_use]
pub fn dollars(micro_usd: u64) -> String {
    let cents = micro_usd / 10_000;
    format!("${}.{:02}", grouped(cents / 100), cents % 100)
}

/// Several names as a person lists them: `a, b and c`.
#[must_use]
pub fn list<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{}`", only.as_ref()),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|it| format!("`{}`", it.as_ref())).collect();
            format!("{} and `{}`", first.join(", "), last.as_ref())
        }
    }
}

/// `number / unit` with at most two digits behind the point, cut rather than rounded up to a promise.
fn ratio(number: i64, unit: i64) -> String {
    let hundredths = i128::from(number) * 100 / i128::from(unit.max(1));
    let text = format!("{}.{:02}", hundredths / 100, (hundredths % 100).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_as_people_read_them() {
        let check = |found: String, expected: &str| assert_eq!(found, expected);
        check(time(17_400_000), "17.4 s");
        check(time(250), "250 µs");
        check(time(15 * MINUTE), "15 min");
        check(time(30 * DAY), "30 d");
        check(time(3_650 * DAY), "10 y");
        check(percent(999_500), "99.95 %");
        check(percent(1_280_000), "128 %");
        check(rate(900_000), "900/s");
        check(rate(50), "3/min");
        check(grouped(1_234_567), "1,234,567");
        check(bytes(1_250_000_000), "1.25 GB");
        check(list(&["a", "b", "c"]), "`a`, `b` and `c`");
        check(list(&["a"]), "`a`");
        check(times(854), "0.85");
        check(times(13_349), "13.3");
        check(times(415_900), "415");
        check(short_percent(31_764), "3.1 %");
        check(short_percent(9_100), "0.91 %");
        check(short_rate(3_643_200), "3,643/s");
        check(short_rate(89_528), "89.52/s");
        check(short_rate(50_412_345), "50,400/s");
        check(fine_time(21_700), "21.7 µs");
        check(dollars(141_790_000), "$141.79");
    }
}
