//! Days as text.

/// Days since 1970 of `2026-11-21` (and of what begins with it). Howard Hinnant's `days_from_civil`.
pub(crate) fn day(text: &str) -> Option<i32> {
    let mut parts = text.get(..10)?.split('-').map(|it| it.parse::<i32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9_999).contains(&year) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::day;

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01T00:00:00Z"), Some(11_017));
        assert_eq!(day("2026-11-21"), Some(20_778));
        assert_eq!(day("soon"), None);
        assert_eq!(day("2026-13-01"), None);
    }
}
