//! Rate limits: who has taken how much.

use super::Step;
use crate::Fault;

/// Counts requests by key (GCRA: one number per key). On one node exact; shared by several nodes later.
pub trait Limiter: Send + Sync {
    /// Takes one of `count` per `period_us` for this key, or says how long to wait.
    fn take<'a>(
        &'a self,
        key: &'a LimitKey,
        count: u32,
        period_us: i64,
        now_us: i64,
    ) -> Step<'a, Result<Taken, Fault>>;
}

/// Whose budget: a policy's position and whom it is counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LimitKey {
    /// Number of the policy within the process.
    pub policy: u32,
    /// Id, or address padded to 16 bytes (IPv6 cut to /64).
    pub subject: [u8; 16],
}

/// What a budget said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Whether the request may go on.
    pub is_allowed: bool,
    /// How many more may follow at once.
    pub remaining: u32,
    /// Seconds until the budget is full again, rounded up.
    pub reset_s: u32,
    /// Seconds until one more is allowed, rounded up; 0 when allowed.
    pub retry_after_s: u32,
}
