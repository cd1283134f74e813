//! Quantities as deployment files write them.

const US_PER_S: f64 = 1_000_000.0;

/// `1m30s`, `90s`, `500ms`, `10` (seconds) in microseconds.
pub(crate) fn duration_us(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return whole(seconds * US_PER_S);
    }
    let mut rest = text;
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let length = behind.find(|it: char| it.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(length)?;
        total += number.parse::<f64>().ok()? * unit_us(unit)?;
        rest = behind;
    }
    whole(total)
}

fn unit_us(unit: &str) -> Option<f64> {
    Some(match unit {
        "us" | "µs" => 1.0,
        "ms" => 1_000.0,
        "s" => US_PER_S,
        "m" => 60.0 * US_PER_S,
        "h" => 3_600.0 * US_PER_S,
        "d" => 86_400.0 * US_PER_S,
        _ => return None,
    })
}

fn whole(number: f64) -> Option<i64> {
    (number.is_finite() && (0.0..9e18).contains(&number)).then_some(number as i64)
}

/// `512m`, `1.5g`, `64mb` (Docker: powers of 1024), in bytes.
pub(crate) fn docker_bytes(text: &str) -> Option<u64> {
    let lower = text.trim().to_ascii_lowercase();
    let number = lower.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let factor = match lower.get(number.len()..)? {
        "" | "b" => 1.0,
        "k" | "kb" | "ki" | "kib" => 1024.0,
        "m" | "mb" | "mi" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gi" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    whole(number.parse::<f64>().ok()? * factor).and_then(|it| u64::try_from(it).ok())
}

/// `128Mi`, `1G`, `1e9` (Kubernetes), in bytes.
pub(crate) fn kubernetes_bytes(text: &str) -> Option<u64> {
    const SUFFIXES: &[(&str, f64)] = &[
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("m", 1e-3),
    ];
    let text = text.trim();
    let (number, factor) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)))
        .unwrap_or((text, 1.0));
    whole(number.parse::<f64>().ok()? * factor).and_then(|it| u64::try_from(it).ok())
}

/// `250m`, `0.5`, `2`, in thousandths of a processor.
pub(crate) fn cpu_milli(text: &str) -> Option<u64> {
    let text = text.trim();
    let number = match text.strip_suffix('m') {
        Some(milli) => milli.parse::<f64>().ok()?,
        None => text.parse::<f64>().ok()? * 1000.0,
    };
    whole(number).and_then(|it| u64::try_from(it).ok())
}

/// Time between two runs of a schedule, in microseconds: `@daily`, `0 3 * * *`, `*/15 * * * *`, a number of
/// minutes. Nothing where the times differ from day to day.
pub(crate) fn schedule_us(text: &str) -> Option<i64> {
    const MINUTE_US: i64 = 60_000_000;
    let minutes = match text.trim().trim_start_matches('@') {
        "hourly" => 60,
        "daily" | "midnight" => 24 * 60,
        "weekly" => 7 * 24 * 60,
        "monthly" => 31 * 24 * 60,
        number if number.parse::<i64>().is_ok() => number.parse().ok()?,
        other => {
            let fields: Vec<&str> = other.split_whitespace().collect();
            let every =
                |field: &str| field.strip_prefix("*/").and_then(|it| it.parse::<i64>().ok());
            let is_fixed = |field: &str| field.parse::<i64>().is_ok();
            match fields.as_slice() {
                ["*", "*", "*", "*", "*"] => 1,
                [minute, "*", "*", "*", "*"] if is_fixed(minute) => 60,
                [minute, "*", "*", "*", "*"] => every(minute)?,
                [minute, hour, "*", "*", "*"] if is_fixed(minute) && is_fixed(hour) => 24 * 60,
                [minute, hour, "*", "*", "*"] if is_fixed(minute) => 60 * every(hour)?,
                [minute, hour, "*", "*", day]
                    if is_fixed(minute) && is_fixed(hour) && is_fixed(day) =>
                {
                    7 * 24 * 60
                }
                _ => return None,
            }
        }
    };
    minutes.checked_mul(MINUTE_US).filter(|it| *it > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, us) in [
            ("30s", Some(30_000_000)),
            ("1m30s", Some(90_000_000)),
            ("500ms", Some(500_000)),
            ("2h", Some(7_200_000_000)),
            ("10", Some(10_000_000)),
            ("", None),
            ("5 years", None),
            ("s", None),
            ("1e999", None),
        ] {
            assert_eq!(duration_us(text), us, "{text}");
        }
    }

    #[test]
    fn schedules_have_a_period() {
        for (text, hours) in [
            ("@daily", Some(24)),
            ("0 3 * * *", Some(24)),
            ("30 */6 * * *", Some(6)),
            ("0 2 * * 0", Some(168)),
            ("15 * * * *", Some(1)),
            ("0 2 1 * *", None),
            ("soon", None),
        ] {
            assert_eq!(schedule_us(text), hours.map(|it: i64| it * 3_600_000_000), "{text}");
        }
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(docker_bytes("512m"), Some(512 << 20));
        assert_eq!(docker_bytes("1.5G"), Some(3 << 29));
        assert_eq!(docker_bytes("lots"), None);
        assert_eq!(kubernetes_bytes("128Mi"), Some(128 << 20));
        assert_eq!(kubernetes_bytes("1G"), Some(1_000_000_000));
        assert_eq!(kubernetes_bytes("-1"), None);
        assert_eq!(cpu_milli("250m"), Some(250));
        assert_eq!(cpu_milli("0.5"), Some(500));
        assert_eq!(cpu_milli("all"), None);
    }
}
