//! The real clock and real randomness, which everything below takes as arguments.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use architrave_engine::ports::{Clock, Dice};
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn now_us(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

/// The day it is, in UTC, as days since 1970.
#[must_use]
pub fn today() -> i32 {
    const DAY_US: i64 = 86_400_000_000;
    i32::try_from(SystemClock::default().now_us() / DAY_US).unwrap_or(i32::MAX)
}

/// Randomness of the operating system, through the cryptographic library's generator.
#[derive(Debug, Default)]
pub struct SystemDice {
    /// Milliseconds and their fraction (12 bits) of the last id.
    last: AtomicU64,
}

impl Dice for SystemDice {
    #[expect(clippy::panic, reason = "no request may be served with predictable keys")]
    fn fill(&self, buffer: &mut [u8]) {
        if aws_lc_rs::rand::fill(buffer).is_err() {
            panic!("the operating system gives no random bytes");
        }
    }

    /// UUIDv7 with a fraction of the millisecond in `rand_a` (RFC 9562, method 3). Where two ids share
    /// it, or the clock went back, the later one counts on: ids of one process strictly grow.
    fn id(&self, now_us: i64) -> Uuid {
        let now_us = u64::try_from(now_us).unwrap_or(0);
        let fraction = (now_us % 1_000) * 4_096 / 1_000;
        let tick = ((now_us / 1_000) << 12) | fraction;
        let next = |last: u64| Some(tick.max(last.saturating_add(1)));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let tick = tick.max(last.unwrap_or(0).saturating_add(1));
        let mut random = [0; 8];
        self.fill(&mut random);
        let high = ((tick >> 12) << 16) | 0x7000 | (tick & 0xfff);
        let low = (u64::from_be_bytes(random) >> 2) | (1 << 63);
        Uuid::from_u64_pair(high, low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_grow_even_when_the_clock_goes_back() {
        let dice = SystemDice::default();
        let mut last = Uuid::nil();
        for step in 0..10_000_i64 {
            let id = dice.id(1_700_000_000_000_000 + (step % 7) * 500 - step);
            assert_eq!(id.get_version_num(), 7, "{id}");
            assert_eq!(id.get_variant(), uuid::Variant::RFC4122, "{id}");
            assert!(id > last, "{id} does not follow {last}");
            last = id;
        }
    }

    #[test]
    fn an_id_tells_its_millisecond() {
        let id = SystemDice::default().id(1_700_000_000_123_456);
        assert_eq!(id.as_u128() >> 80, 1_700_000_000_123);
    }
}
