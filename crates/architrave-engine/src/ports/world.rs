//! Time and randomness.

use uuid::Uuid;

/// Tells the time. The binary brings the real one, tests and the simulation their own.
pub trait Clock: Send + Sync {
    /// Microseconds since 1970, UTC.
    fn now_us(&self) -> i64;
    /// Microseconds of a clock that never goes back, for measuring.
    fn monotonic_us(&self) -> u64;
}

/// Randomness.
pub trait Dice: Send + Sync {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// A UUIDv7 (RFC 9562) for this time; greater than all before it from the same dice.
    fn id(&self, now_us: i64) -> Uuid;
}
