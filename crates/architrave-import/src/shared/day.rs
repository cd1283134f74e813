//! Days as text.

use architrave_model::civil::day_of;

/// Days since 1970 of `2026-11-21`, and of what begins with it.
pub(crate) fn day(text: &str) -> Option<i32> {
    day_of(text.get(..10)?)
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
