//! How far a connection is, and until when it may take for that.
//!
//! One timer per connection is enough: the connection's task looks here after every step and moves the
//! timer only when a deadline became earlier, so that a fast request never touches the timer wheel.
//! hyper's own header time-out was rejected because it also runs between requests, where it would cut
//! every kept-alive connection after five seconds.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::{Bounds, heads::Heads};

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first byte of the next request.
    Quiet = 0,
    /// The rest of a request's headers.
    Headers = 1,
    /// Our answer.
    Working = 2,
    /// The client to take the answer.
    Answering = 3,
    /// The client to close its side, after we have closed ours.
    Lingering = 4,
}

/// Shared by the wire, the service and the task of one connection.
#[derive(Debug)]
pub(crate) struct Pace {
    born: Instant,
    bounds: Bounds,
    phase: AtomicU8,
    since_ms: AtomicU64,
    served: AtomicU32,
    working: AtomicU32,
    blocked_since_ms: AtomicU64,
    blocked_bytes: AtomicU64,
    heads: Mutex<Heads>,
}

/// Heads of the greatest length that may wait for their turn. Bodies of known length do not count.
const PIPELINED_HEADS: usize = 2;
/// The client is not behind with taking bytes.
const NOT_BLOCKED: u64 = u64::MAX;

impl Pace {
    pub(crate) fn new(bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            born: Instant::now(),
            bounds,
            phase: AtomicU8::new(Phase::Quiet as u8),
            since_ms: AtomicU64::new(0),
            served: AtomicU32::new(0),
            working: AtomicU32::new(0),
            blocked_since_ms: AtomicU64::new(NOT_BLOCKED),
            blocked_bytes: AtomicU64::new(0),
            heads: Mutex::new(Heads::new(bounds.header_bytes_max * PIPELINED_HEADS)),
        })
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Quiet,
            1 => Phase::Headers,
            2 => Phase::Working,
            3 => Phase::Answering,
            _ => Phase::Lingering,
        }
    }

    fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
        self.since_ms.store(self.now_ms(), Relaxed);
    }

    /// Bytes came in.
    pub(crate) fn received(&self, bytes: &[u8]) {
        if self.phase() == Phase::Quiet {
            self.enter(Phase::Headers);
        }
        self.heads().received(bytes);
    }

    fn heads(&self) -> MutexGuard<'_, Heads> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request's headers are complete, whose body has this length; none where it is not known beforehand. Says how
    /// often an HTTP/1 request declares its length, if it can be told.
    pub(crate) fn begin(&self, body: Option<u64>) -> Option<usize> {
        self.working.fetch_add(1, Relaxed);
        self.enter(Phase::Working);
        self.heads().begin(body)
    }

    /// Our answer is ready to be written.
    pub(crate) fn answered(&self) {
        self.served.fetch_add(1, Relaxed);
        if self.working.fetch_sub(1, Relaxed) <= 1 {
            self.enter(Phase::Answering);
        }
    }

    /// Our side of the connection is closed.
    pub(crate) fn linger(&self) {
        self.unblock();
        self.enter(Phase::Lingering);
    }

    /// Everything we had to write has been written.
    pub(crate) fn flushed(&self) {
        self.unblock();
        if self.phase() == Phase::Answering {
            let is_begun = self.heads().is_begun();
            self.enter(if is_begun { Phase::Headers } else { Phase::Quiet });
        }
    }

    /// The client took bytes while it was behind.
    pub(crate) fn wrote(&self, bytes: usize) {
        if self.blocked_since_ms.load(Relaxed) != NOT_BLOCKED {
            self.blocked_bytes.fetch_add(bytes as u64, Relaxed);
        }
    }

    /// The client does not take more bytes for now.
    pub(crate) fn blocked(&self) {
        if self.blocked_since_ms.load(Relaxed) == NOT_BLOCKED {
            self.blocked_bytes.store(0, Relaxed);
            self.blocked_since_ms.store(self.now_ms(), Relaxed);
        }
    }

    fn unblock(&self) {
        if self.blocked_since_ms.load(Relaxed) != NOT_BLOCKED {
            self.blocked_since_ms.store(NOT_BLOCKED, Relaxed);
        }
    }

    /// Whether requests are being worked on or answered.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.phase(), Phase::Working | Phase::Answering)
    }

    /// Requests answered so far.
    pub(crate) fn served(&self) -> u32 {
        self.served.load(Relaxed)
    }

    /// When the connection is cut unless it gets further.
    pub(crate) fn deadline(&self) -> Instant {
        let bounds = &self.bounds;
        let since = self.born + Duration::from_millis(self.since_ms.load(Relaxed));
        let step = match self.phase() {
            Phase::Quiet if self.served() == 0 => since + bounds.silence_time_max,
            Phase::Quiet => since + bounds.idle_time_max,
            Phase::Headers => since + bounds.headers_time_max,
            // The request itself is timed where it is worked on; this is the net below it.
            Phase::Working => since + bounds.request_time_max + bounds.body_time_max,
            Phase::Answering => since + bounds.idle_time_max,
            Phase::Lingering => since + bounds.linger_time_max,
        };
        let blocked = self.blocked_since_ms.load(Relaxed);
        if blocked == NOT_BLOCKED {
            return step;
        }
        let earned = self.blocked_bytes.load(Relaxed) / Bounds::WRITE_RATE_MIN;
        let write = self.born
            + Duration::from_millis(blocked)
            + bounds.write_time_max
            + Duration::from_secs(earned);
        step.min(write)
    }
}
