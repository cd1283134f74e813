//! Growth that is compounded month by month, in whole numbers: the same day on every machine.

use architrave_model::graph::Graph;

use crate::facts::{FactValue, fact};

/// Microseconds of a month: a year of 365 days has twelve.
const MONTH_US: i64 = 31_536_000_000_000 / 12;
/// Thousandths of a day in a month.
const MONTH_MILLIDAYS: u64 = 30_417;
/// Nobody plans further ahead: a hundred years.
const MONTHS_MAX: u32 = 1_200;

/// Growth in parts per million per month, and whether it was assumed.
#[must_use]
pub fn growth_ppm(graph: &Graph) -> (u64, bool) {
    match graph.needs.growth_ppm_per_month.value() {
        Some(ppm) => (u64::from(*ppm), false),
        None => (default_of("growth"), true),
    }
}

/// Months for which it is planned, and whether that was assumed.
#[must_use]
pub fn months_of_horizon(graph: &Graph) -> (u32, bool) {
    let months = |us: i64| u32::try_from((us / MONTH_US).max(1)).unwrap_or(MONTHS_MAX);
    match graph.needs.horizon_us.value() {
        Some(us) => (months(*us).min(MONTHS_MAX), false),
        None => (months(i64::try_from(default_of("horizon")).unwrap_or(MONTH_US)), true),
    }
}

/// How many times the load after so many months, in thousandths.
#[must_use]
pub fn factor_after(growth_ppm: u64, months: u32) -> u64 {
    let mut factor: u128 = 1_000_000_000;
    for _ in 0..months.min(MONTHS_MAX) {
        factor = factor.saturating_mul(1_000_000 + u128::from(growth_ppm)) / 1_000_000;
        if factor > u128::from(u64::MAX) {
            return u64::MAX;
        }
    }
    u64::try_from(factor / 1_000_000).unwrap_or(u64::MAX)
}

/// Days until the load has grown by a factor in thousandths; none where it never does or only after a hundred years.
#[must_use]
pub fn days_until(growth_ppm: u64, factor_permille: u64) -> Option<u32> {
    let target = u128::from(factor_permille) * 1_000_000;
    let mut factor: u128 = 1_000_000_000;
    for month in 0..MONTHS_MAX {
        let next = factor.saturating_mul(1_000_000 + u128::from(growth_ppm)) / 1_000_000;
        if target <= factor {
            return Some(days(month, 0));
        }
        if target <= next && next > factor {
            let part = (target - factor) * 1_000 / (next - factor);
            return Some(days(month, u64::try_from(part).unwrap_or(0)));
        }
        factor = next;
    }
    None
}

fn days(months: u32, permille_of_next: u64) -> u32 {
    let millidays =
        u64::from(months) * MONTH_MILLIDAYS + permille_of_next * MONTH_MILLIDAYS / 1_000;
    u32::try_from(millidays / 1_000).unwrap_or(u32::MAX)
}

fn default_of(name: &str) -> u64 {
    match fact(name).map(|it| it.default) {
        Some(FactValue::Number(number)) => u64::try_from(number).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_compounds() {
        // 1.06^12 = 2.0122, 1.06^24 = 4.0489.
        assert_eq!(factor_after(60_000, 12), 2_012);
        assert_eq!(factor_after(60_000, 24), 4_048);
        assert_eq!(factor_after(0, 24), 1_000);
        // ln 10 / ln 1.06 = 39.52 months = 1,202 days.
        assert_eq!(days_until(60_000, 10_000), Some(1_201));
        assert_eq!(days_until(60_000, 1_000), Some(0));
        assert_eq!(days_until(60_000, 500), Some(0));
        assert_eq!(days_until(0, 1_001), None);
        assert_eq!(days_until(u64::MAX, u64::MAX), Some(30));
    }
}
