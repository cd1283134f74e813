//! Time and chance that a seed decides.

use std::{
    future::Future,
    pin::pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use uuid::Uuid;

use crate::ports::{Clock, Dice};

/// A clock that goes on only when it is told to.
#[derive(Debug)]
pub struct SimulatedClock(AtomicI64);

impl SimulatedClock {
    /// A clock at this time, in microseconds since 1970.
    #[must_use]
    pub fn new(now_us: i64) -> Self {
        Self(AtomicI64::new(now_us))
    }

    /// Lets time pass.
    pub fn advance(&self, us: i64) {
        self.0.fetch_add(us, Ordering::Relaxed);
    }
}

impl Clock for SimulatedClock {
    fn now_us(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.now_us()).unwrap_or_default()
    }
}

/// Randomness from a seed (SplitMix64): small, and the same everywhere for ever.
#[derive(Debug)]
pub struct SeededDice(Mutex<(u64, u64)>);

impl SeededDice {
    /// Dice with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new((seed, 0)))
    }

    /// A number below `bound`; 0 where the bound is 0.
    #[must_use]
    pub fn below(&self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or_default()
    }

    fn next(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 = state.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Dice for SeededDice {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        }
    }

    fn id(&self, now_us: i64) -> Uuid {
        // 48 bits of milliseconds, then a counter, then chance: greater than all before it.
        let millis = u128::try_from(now_us.div_euclid(1_000)).unwrap_or_default() & ((1 << 48) - 1);
        let counter = {
            let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.1 += 1;
            u128::from(state.1)
        };
        let chance = u128::from(self.next()) & 0xffff_ffff;
        let variant = 0b10_u128 << 62;
        let counter = ((counter >> 30) & 0xfff) << 64 | variant | (counter & 0x3fff_ffff) << 32;
        Uuid::from_u128(millis << 80 | 7 << 76 | counter | chance)
    }
}

/// Runs a future that never has to wait: everything in this world answers on the spot.
///
/// # Panics
/// Never; a future that does wait is polled again until it is done.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
