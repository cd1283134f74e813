//! Counts requests by the generic cell rate algorithm: one number per key, the time at which its budget
//! would be full again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use architrave_engine::{
    Fault,
    ports::{LimitKey, Limiter, Step, Taken},
};

/// Locks: more than cores, so that they rarely meet.
const SHARDS: usize = 64;
/// Most keys of a shard's generation: 64 × 2 × 4,096 keys of 32 bytes are 16 MiB.
const KEYS_MAX: usize = 4_096;

/// A limiter in memory: exact on one node.
#[derive(Debug)]
pub struct MemoryLimiter {
    shards: Vec<Mutex<Shard>>,
}

/// Keys of two generations. A key that is used moves to the young one; when that is full, or when every
/// budget of the old one is full again, the old one is forgotten. So memory is bounded and nothing is
/// ever swept.
#[derive(Debug, Default)]
struct Shard {
    young: HashMap<LimitKey, i64>,
    old: HashMap<LimitKey, i64>,
    turned_ns: i64,
    period_ns_max: i64,
}

impl Default for MemoryLimiter {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl MemoryLimiter {
    /// Takes one of `count` per `period_us`, or says how long to wait. `now_us` must not run backwards.
    pub fn take_now(&self, key: &LimitKey, count: u32, period_us: i64, now_us: i64) -> Taken {
        let count = i64::from(count.max(1));
        let period_ns = period_us.max(1).saturating_mul(1_000);
        // Rounded up, so that rounding never gives one too many.
        let interval_ns = (period_ns + count - 1) / count;
        let now_ns = now_us.saturating_mul(1_000);
        let Some(shard) = self.shards.get(shard_of(key)) else { return allowed(0, 0) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        shard.turn(now_ns, period_ns);
        let full_at_ns = shard.get(key).unwrap_or(now_ns).max(now_ns);
        let next_ns = full_at_ns + interval_ns;
        let over_ns = next_ns - now_ns - period_ns.max(interval_ns);
        if over_ns > 0 {
            let mut taken = allowed(0, seconds(full_at_ns - now_ns));
            taken.is_allowed = false;
            taken.retry_after_s = seconds(over_ns);
            return taken;
        }
        shard.young.insert(*key, next_ns);
        let remaining = (period_ns - (next_ns - now_ns)) / interval_ns;
        allowed(u32::try_from(remaining.max(0)).unwrap_or(0), seconds(next_ns - now_ns))
    }
}

impl Shard {
    /// The time at which the budget is full again.
    fn get(&self, key: &LimitKey) -> Option<i64> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    /// Forgets the old generation when it is time.
    fn turn(&mut self, now_ns: i64, period_ns: i64) {
        self.period_ns_max = self.period_ns_max.max(period_ns);
        let is_over = now_ns - self.turned_ns > self.period_ns_max;
        if is_over || self.young.len() >= KEYS_MAX {
            self.old = std::mem::take(&mut self.young);
            self.turned_ns = now_ns;
        }
    }
}

fn allowed(remaining: u32, reset_s: u32) -> Taken {
    Taken { is_allowed: true, remaining, reset_s, retry_after_s: 0 }
}

/// Whole seconds, rounded up.
fn seconds(ns: i64) -> u32 {
    u32::try_from(ns.max(0).saturating_add(999_999_999) / 1_000_000_000).unwrap_or(u32::MAX)
}

/// Spreads keys over shards; addresses and UUIDv7 differ most in their last bytes.
fn shard_of(key: &LimitKey) -> usize {
    let mixed = key.subject.iter().fold(u64::from(key.policy), |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from(mixed >> 32).unwrap_or(0) % SHARDS
}

impl Limiter for MemoryLimiter {
    fn take<'a>(
        &'a self,
        key: &'a LimitKey,
        count: u32,
        period_us: i64,
        now_us: i64,
    ) -> Step<'a, Result<Taken, Fault>> {
        Step::Ready(Ok(self.take_now(key, count, period_us, now_us)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(number: u32) -> LimitKey {
        let mut subject = [0; 16];
        subject[..4].copy_from_slice(&number.to_be_bytes());
        LimitKey { policy: 1, subject }
    }

    #[test]
    fn a_budget_is_taken_and_comes_back() {
        let limiter = MemoryLimiter::default();
        let minute_us = 60_000_000;
        let takes: Vec<Taken> =
            (0..4).map(|_| limiter.take_now(&key(1), 3, minute_us, 1_000)).collect();
        assert_eq!(
            takes.iter().map(|it| it.is_allowed).collect::<Vec<_>>(),
            [true, true, true, false]
        );
        assert_eq!(takes.iter().map(|it| it.remaining).collect::<Vec<_>>(), [2, 1, 0, 0]);
        assert_eq!(takes[3].retry_after_s, 20);
        assert_eq!(takes[2].reset_s, 60);
        assert!(!limiter.take_now(&key(1), 3, minute_us, 20_000_999).is_allowed);
        assert!(limiter.take_now(&key(1), 3, minute_us, 20_001_000).is_allowed);
        assert!(limiter.take_now(&key(2), 3, minute_us, 1_000).is_allowed, "budgets are apart");
    }

    #[test]
    fn memory_is_bounded_whatever_the_number_of_keys() {
        let limiter = MemoryLimiter::default();
        for number in 0..600_000 {
            limiter.take_now(&key(number), 10, 60_000_000, 0);
        }
        let kept: usize = limiter
            .shards
            .iter()
            .map(|it| it.lock().unwrap())
            .map(|it| it.young.len() + it.old.len())
            .sum();
        assert!(kept <= SHARDS * 2 * KEYS_MAX, "{kept}");
    }

    #[test]
    fn stale_keys_are_forgotten() {
        let limiter = MemoryLimiter::default();
        limiter.take_now(&key(1), 10, 1_000_000, 0);
        for now_us in [2_000_000, 4_000_000, 6_000_000] {
            for number in 2..200 {
                limiter.take_now(&key(number), 10, 1_000_000, now_us);
            }
        }
        let shard = limiter.shards[shard_of(&key(1))].lock().unwrap();
        assert_eq!(shard.get(&key(1)), None);
    }

    proptest! {
        /// In every window that begins with a full budget: accepted ≤ burst + rate · t + 1.
        #[test]
        fn never_more_than_burst_and_rate(
            count in 1_u32..50,
            period_us in 1_i64..10_000_000,
            steps in prop::collection::vec(0_i64..500_000, 1..400),
        ) {
            let limiter = MemoryLimiter::default();
            let (mut now_us, mut accepted) = (1_i64, 0_i128);
            for step in steps {
                now_us += step;
                if limiter.take_now(&key(1), count, period_us, now_us).is_allowed {
                    accepted += 1;
                }
                let rate = i128::from(count) * i128::from(now_us) / i128::from(period_us);
                prop_assert!(accepted <= i128::from(count) + rate + 1);
            }
        }

        /// Whoever waits as long as they were told is let in.
        #[test]
        fn waiting_helps(count in 1_u32..50, period_us in 1_i64..100_000_000) {
            let limiter = MemoryLimiter::default();
            let refused = (0..=count)
                .map(|_| limiter.take_now(&key(1), count, period_us, 0))
                .find(|it| !it.is_allowed);
            let wait_us = i64::from(refused.unwrap().retry_after_s) * 1_000_000;
            prop_assert!(limiter.take_now(&key(1), count, period_us, wait_us).is_allowed);
        }
    }
}
