//! Sequences: `ORD-{year}-{n}`.

use architrave_plan::civil::{DAY_US, civil_from_days};

/// What a counter is kept for besides its column: the dates in the template, e.g. `2026-01`.
pub(crate) fn period(template: &str, now_us: i64) -> String {
    let (year, month, day) = civil_from_days(now_us.div_euclid(DAY_US));
    let mut period = Vec::new();
    if template.contains("{year}") {
        period.push(format!("{year:04}"));
    }
    if template.contains("{month}") {
        period.push(format!("{month:02}"));
    }
    if template.contains("{day}") {
        period.push(format!("{day:02}"));
    }
    period.join("-")
}

/// The template with everything filled in.
pub(crate) fn text(template: &str, now_us: i64, number: i64) -> String {
    let (year, month, day) = civil_from_days(now_us.div_euclid(DAY_US));
    template
        .replace("{year}", &format!("{year:04}"))
        .replace("{month}", &format!("{month:02}"))
        .replace("{day}", &format!("{day:02}"))
        .replace("{n}", &number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_within_their_period() {
        // 2026-03-09
        let now = 20_521 * DAY_US + 5;
        assert_eq!(period("ORD-{year}-{n}", now), "2026");
        assert_eq!(period("{n}", now), "");
        assert_eq!(period("{year}{month}{day}/{n}", now), "2026-03-09");
        assert_eq!(text("ORD-{year}-{n}", now, 17), "ORD-2026-17");
    }
}
