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
