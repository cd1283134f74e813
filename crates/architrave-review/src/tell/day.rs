//! Days as text.

/// `2026-07-01`, from days since 1970. Howard Hinnant's `civil_from_days`, exact for all days of the calendar.
pub(crate) fn written(day: i32) -> String {
    let shifted = i64::from(day) + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day_of_month = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn days_are_dates() {
        for (day, date) in
            [(0, "1970-01-01"), (20_635, "2026-07-01"), (-1, "1969-12-31"), (11_016, "2000-02-29")]
        {
            assert_eq!(written(day), date);
        }
    }
}
