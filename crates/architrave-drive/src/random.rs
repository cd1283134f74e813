//! Repeatable randomness: the same seed gives the same data on every machine.

/// `SplitMix64` (Steele, Lea, Flood 2014): tiny, fast, good enough for data that only has to look real.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Randomness for one purpose: the parts are mixed, so that rows do not depend on each other.
    #[must_use]
    pub fn new(seed: u64, purpose: &str, index: u64) -> Self {
        // FNV-1a; only has to tell purposes apart.
        let hash = purpose.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut mixed = Self { state: seed ^ hash.rotate_left(17) };
        let first = mixed.next();
        Self { state: first ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15) }
    }

    /// The next 64 bits.
    #[expect(clippy::should_implement_trait, reason = "an endless source is no iterator")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 if the bound is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        // The bias is below 2^-32 for the bounds in use.
        self.next().checked_rem(bound).unwrap_or(0)
    }

    /// A number from 0 up to but not 1, evenly.
    pub fn unit(&mut self) -> f64 {
        // 53 bits are what a double can tell apart below 1.
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number within these bounds, both included; the lower one if they are crossed.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = high.saturating_sub(low).saturating_add(1);
        let step = self.below(u64::try_from(width).unwrap_or(1));
        low.saturating_add(i64::try_from(step).unwrap_or(0))
    }

    /// True so many times of a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these; none if there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let index = self.below(items.len() as u64);
        items.get(usize::try_from(index).unwrap_or(0))
    }

    /// One of these words.
    pub fn word<'a>(&mut self, words: &'a [&'a str]) -> &'a str {
        self.pick(words).copied().unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_purpose_others() {
        let numbers = |seed, purpose: &str, index| {
            let mut random = Random::new(seed, purpose, index);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(numbers(1, "catalog.Product", 7), numbers(1, "catalog.Product", 7));
        assert_ne!(numbers(1, "catalog.Product", 7), numbers(1, "catalog.Product", 8));
        assert_ne!(numbers(1, "catalog.Product", 7), numbers(1, "sales.Order", 7));
        assert_ne!(numbers(1, "catalog.Product", 7), numbers(2, "catalog.Product", 7));
    }

    #[test]
    fn bounds_hold() {
        let mut random = Random::new(1, "bounds", 0);
        for _ in 0..1_000 {
            assert!((-3..=4).contains(&random.between(-3, 4)));
            assert!(random.below(3) < 3);
            assert!((0.0..1.0).contains(&random.unit()));
        }
        assert_eq!(random.between(5, 2), 5);
        assert_eq!(random.below(0), 0);
        // A width that does not fit is cut, not a panic.
        assert!(random.between(i64::MIN, i64::MAX) < i64::MAX);
    }
}
