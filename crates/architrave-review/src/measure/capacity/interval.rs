//! How far the error of the demands moves a number: drawn many times, each demand anew within its spread.
//!
//! Demands of classes err independently, so their errors partly cancel; taking every one at its worst would not tell
//! one node from three. The draws come from a fixed seed: the same interval on every machine.

/// So many draws give the 5th and 95th percentile to about one in a hundred.
const DRAWS: usize = 1_000;
/// Any number but 0; this one is the golden ratio in 64 bits.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;

/// A part of a sum: its value, and how far it may be off in parts per million of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) value: u64,
    pub(super) spread_ppm: u64,
}

/// The 5th and the 95th percentile of the sum, each part being anywhere within its spread with equal chance.
pub(super) fn interval(parts: &[Part]) -> (u64, u64) {
    let mut random = SEED;
    let mut sums: Vec<u128> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let mut sum = 0_u128;
        for part in parts {
            random = next(random);
            // From 0 to 2 x spread, so that 1,000,000 - spread + this is within the spread of one.
            let spread = part.spread_ppm.min(1_000_000);
            let within = u128::from(random >> 32) * u128::from(2 * spread) / u128::from(u32::MAX);
            let times = u128::from(1_000_000 - spread) + within;
            sum = sum.saturating_add(u128::from(part.value) * times / 1_000_000);
        }
        sums.push(sum);
    }
    sums.sort_unstable();
    let at = |percent: usize| {
        let found = sums.get(DRAWS * percent / 100).copied().unwrap_or(0);
        u64::try_from(found).unwrap_or(u64::MAX)
    };
    (at(5), at(95))
}

/// xorshift64 (Marsaglia, 2003): enough for draws that decide nothing.
fn next(mut state: u64) -> u64 {
    state ^= state << 13;
    state ^= state >> 7;
    state ^ (state << 17)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_many_parts_cancel_in_part() {
        let part = |value, spread_ppm| Part { value, spread_ppm };
        assert_eq!(interval(&[part(1_000, 0)]), (1_000, 1_000));
        let one = interval(&[part(1_000_000, 300_000)]);
        // Uniform between 0.7 and 1.3: 5 % below 0.73, 5 % above 1.27.
        assert!((720_000..740_000).contains(&one.0), "{one:?}");
        assert!((1_260_000..1_280_000).contains(&one.1), "{one:?}");
        let four = interval(&[part(250_000, 300_000); 4]);
        assert!(four.0 > one.0 && four.1 < one.1, "{four:?}");
        assert_eq!(interval(&[]), (0, 0));
        assert_eq!(
            interval(&[part(u64::MAX, 1_000_000); 3]),
            interval(&[part(u64::MAX, 1_000_000); 3])
        );
    }
}
