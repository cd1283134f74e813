//! Availability of what needs several others: the product over hard dependencies (`1 - (1 - a)^replicas`
//! each, for replicas that fail independently).

/// One in parts per billion.
pub const ONE: u64 = 1_000_000_000;

/// Parts per million as parts per billion.
#[must_use]
pub fn from_ppm(ppm: u32) -> u64 {
    u64::from(ppm).saturating_mul(1_000).min(ONE)
}

/// Availability of all together, in parts per billion: each is needed.
#[must_use]
pub fn of_all(each_ppb: &[u64]) -> u64 {
    each_ppb.iter().fold(ONE, |all, one| product(all, (*one).min(ONE)))
}

/// Availability of replicas of which one suffices and which fail independently, in parts per billion.
#[must_use]
pub fn of_any(one_ppb: u64, replicas: u32) -> u64 {
    let down = ONE.saturating_sub(one_ppb.min(ONE));
    // Nine replicas are beyond what nine digits can tell apart.
    let all_down = (0..replicas.min(9)).fold(ONE, |all, _| product(all, down));
    ONE - all_down
}

/// What each of `count` equal dependencies must offer so that all together reach an availability, in parts per
/// billion, rounded up.
#[must_use]
pub fn needed_of_each(all_ppb: u64, count: u32) -> u64 {
    let count = count.max(1);
    let (mut low, mut high) = (0, ONE);
    // Halving nine digits takes 30 rounds.
    while low < high {
        let middle = low + (high - low) / 2;
        let each: Vec<u64> = (0..count.min(1_000)).map(|_| middle).collect();
        if of_all(&each) >= all_ppb { high = middle } else { low = middle + 1 }
    }
    high
}

/// Time that may be lost in a window, in microseconds.
#[must_use]
pub fn budget_us(availability_ppm: u32, window_us: i64) -> i64 {
    let down = 1_000_000_i128 - i128::from(availability_ppm.min(1_000_000));
    i64::try_from(i128::from(window_us) * down / 1_000_000).unwrap_or(i64::MAX)
}

fn product(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b) / u128::from(ONE);
    u64::try_from(product).unwrap_or(ONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_several_is_less_available_than_each_and_replicas_mend_it() {
        // 0.999 x 0.9995 = 0.9985005
        assert_eq!(of_all(&[from_ppm(999_000), from_ppm(999_500)]), 998_500_500);
        assert_eq!(of_all(&[]), ONE);
        // 1 - 0.01^2
        assert_eq!(of_any(from_ppm(990_000), 2), 999_900_000);
        assert_eq!(of_any(from_ppm(990_000), 0), 0);
        // Four dependencies and 99.9 %: the fourth root is 0.999749906…
        assert_eq!(needed_of_each(from_ppm(999_000), 4), 999_749_907);
        // 0.05 % of 30 days are 21.6 minutes.
        assert_eq!(budget_us(999_500, 30 * 86_400_000_000), 1_296_000_000);
    }
}
