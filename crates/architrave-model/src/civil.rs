//! The calendar: days since 1970 and the dates that they are. Written here because it runs for every time that is shown,
//! in crates that take no calendar library.

/// Days since 1970 → (year, month, day), proleptic Gregorian (Howard Hinnant's `civil_from_days`).
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, u32::try_from(month).unwrap_or(1), u32::try_from(day).unwrap_or(1))
}

/// (year, month, day) → days since 1970. The day must exist.
#[must_use]
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = i64::from(if month > 2 { month - 3 } else { month + 9 });
    let day_of_year = (153 * month_index + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// How many days a month has; `month` is 1 to 12.
#[must_use]
pub fn days_in_month(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `2026-01-31`: days since 1970 as text (years 0000 to 9999).
#[must_use]
pub fn day_text(days: i64) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Days since 1970 of `2026-01-31`; none for anything else, such as the 30th of February.
#[must_use]
pub fn day_of(text: &str) -> Option<i32> {
    let mut parts = text.split('-').map(|it| it.parse::<u16>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_day = parts.next().is_none()
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && year <= 9_999;
    let days = || days_from_civil(i64::from(year), u32::from(month), u32::from(day));
    let exists = |days: &i64| civil_from_days(*days).2 == u32::from(day);
    is_day.then(days).filter(exists).and_then(|it| i32::try_from(it).ok())
}

/// Microseconds of a day.
pub const DAY_US: i64 = 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (text, days) in [
            ("1970-01-01", Some(0)),
            ("2000-03-01", Some(11_017)),
            ("2026-11-21", Some(20_778)),
            ("soon", None),
            ("2026-13-01", None),
            ("2026-01-32", None),
            ("2026-02-29", None),
            ("2024-02-29", Some(19_782)),
            ("2026-01-01-01", None),
        ] {
            assert_eq!(day_of(text), days, "{text}");
        }
    }

    #[test]
    fn days_are_written_as_in_iso_8601() {
        for (days, text) in [(0, "1970-01-01"), (-719_162, "0001-01-01"), (19_782, "2024-02-29")] {
            assert_eq!(day_text(days), text);
        }
    }

    #[test]
    fn days_and_dates_agree_over_all_years() {
        let mut days = days_from_civil(1, 1, 1);
        assert_eq!(days * DAY_US, crate::TIMESTAMP_MIN_US);
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in [1, days_in_month(year, month)] {
                    let at = days_from_civil(year, month, day);
                    assert_eq!(civil_from_days(at), (year, month, day));
                    assert!(at >= days);
                    days = at;
                }
            }
        }
        assert_eq!((days + 1) * DAY_US - 1, crate::TIMESTAMP_MAX_US);
    }
}
