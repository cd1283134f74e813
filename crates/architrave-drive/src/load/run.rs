//! Runs on one thread: requests at their planned times whether or not answers come (an open loop), or one
//! after the other by so many clients (a closed loop).

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Instant,
};

use super::{
    schedule::{Drawn, Schedule},
    tally::Tally,
    wire::{Done, Due, Outcome, Sent, Wire, WireLimits},
};
use crate::DriveError;

/// Requests that are sent before answers have their turn, where the generator is behind: an answer that waits
/// to be read would look slow.
const SENT_AT_ONCE_MAX: usize = 16;
/// How long before a planned start the generator stops to sleep and looks at the clock instead: waking up takes
/// about that long.
const WAKE_NS: u64 = 20_000;
/// How long a server may refuse all connections before clients that wait for their answers give up: longer than a
/// restart, shorter than anybody's patience.
const GONE_NS: u64 = 5_000_000_000;

/// Where requests come from.
pub trait Requests {
    /// Writes the next request of a class behind what is there; answers whether there was one.
    fn write(&mut self, class: usize, out: &mut Vec<u8>) -> bool;
}

/// Figures of a run that is under way, for whoever watches from another thread.
#[derive(Debug, Default)]
pub struct Live {
    /// Nanoseconds since the start.
    pub elapsed_ns: AtomicU64,
    /// Requests that are over.
    pub requests: AtomicU64,
    /// Requests that failed.
    pub failures: AtomicU64,
    /// Requests without an answer so far.
    pub in_flight: AtomicU64,
    /// Set to end the run early.
    pub is_stopped: AtomicBool,
}

/// A run's result.
#[derive(Debug, Clone)]
pub struct Run {
    /// What was counted.
    pub tally: Tally,
    /// For how long requests were planned or repeated, in nanoseconds.
    pub duration_ns: u64,
    /// Processor time of the generator's thread; none where the system does not tell.
    pub processor_ns: Option<u64>,
    /// Whether it came to its end; else somebody ended it.
    pub is_whole: bool,
}

/// Sends requests as the schedule says, and waits for their answers.
///
/// # Errors
/// Where connections cannot be opened, nothing is left to wait with, or a class has too few requests.
pub fn open_loop(
    address: SocketAddr,
    limits: WireLimits,
    schedule: Schedule,
    requests: &mut dyn Requests,
    live: &Live,
) -> Result<Run, DriveError> {
    let (classes, duration_ns) = (schedule.classes(), schedule.duration_ns());
    let mut generator = Generator::new(address, limits, classes, duration_ns)?;
    let mut planned = schedule.peekable();
    let mut is_whole = false;
    while !live.is_stopped.load(Relaxed) {
        generator.send_waiting(requests);
        for _ in 0..SENT_AT_ONCE_MAX {
            let taken_ns = generator.wire.now_ns();
            let Some(next) = planned.next_if(|it| it.at_ns <= taken_ns) else { break };
            let due = Due { class: next.class, planned_ns: next.at_ns, taken_ns };
            // In their order: whoever came first is sent first.
            if !generator.waiting.is_empty() || !generator.send(due, requests) {
                generator.waiting.push_back(due);
            }
        }
        if generator.is_exhausted {
            let what = "a class has no request left where one was planned";
            return Err(DriveError::new(what, "prepare as many as the schedule counts"));
        }
        let next_ns = match planned.peek() {
            Some(next) => next.at_ns,
            None if generator.unfinished() == 0 => {
                is_whole = true;
                break;
            }
            None => u64::MAX,
        };
        generator.settle(next_ns, live)?;
    }
    Ok(generator.end(duration_ns, is_whole))
}

/// Clients that each send their next request when the last one is over.
#[derive(Debug, Clone)]
pub struct Closed {
    /// How many.
    pub clients: usize,
    /// For how long, in nanoseconds.
    pub duration_ns: u64,
    /// At most so many requests in all.
    pub requests_max: u64,
    /// How often each class is drawn.
    pub weights: Vec<u64>,
    /// The same seed draws the same classes.
    pub seed: u64,
}

/// Runs until the time or the requests are over, or a class has none left.
///
/// # Errors
/// Where connections cannot be opened, or nothing is left to wait with.
pub fn closed_loop(
    address: SocketAddr,
    closed: &Closed,
    requests: &mut dyn Requests,
    live: &Live,
) -> Result<Run, DriveError> {
    let limits = WireLimits { connections: closed.clients, depth: 1, ..WireLimits::default() };
    let classes = closed.weights.len();
    let mut generator = Generator::new(address, limits, classes, closed.duration_ns)?;
    let mut drawn = Drawn::new(closed.seed, &closed.weights);
    let mut left = if drawn.is_empty() { 0 } else { closed.requests_max };
    let mut is_whole = false;
    while !live.is_stopped.load(Relaxed) {
        let is_over =
            generator.wire.now_ns() >= closed.duration_ns || generator.is_exhausted || left == 0;
        while !is_over && left > 0 && generator.wire.in_flight() < closed.clients {
            let now_ns = generator.wire.now_ns();
            let due = Due { class: drawn.next(), planned_ns: now_ns, taken_ns: now_ns };
            if !generator.send(due, requests) {
                break;
            }
            left -= 1;
        }
        if generator.wire.closed_for_ns() >= GONE_NS {
            let what = format!("{address} accepts no connections any more");
            return Err(DriveError::new(what, "see why the server ended"));
        }
        if is_over && generator.wire.in_flight() == 0 {
            is_whole = true;
            break;
        }
        let until_ns = if is_over { u64::MAX } else { closed.duration_ns };
        generator.settle(until_ns, live)?;
    }
    Ok(generator.end(closed.duration_ns, is_whole))
}

struct Generator {
    wire: Wire,
    tally: Tally,
    done: Vec<Done>,
    /// Due, and without a connection that has room for them, the oldest first. A run's schedule bounds them.
    waiting: VecDeque<Due>,
    longest_wait_ns: u64,
    request: Vec<u8>,
    processor_before_ns: Option<u64>,
    is_exhausted: bool,
}

impl Generator {
    fn new(
        address: SocketAddr,
        limits: WireLimits,
        classes: usize,
        duration_ns: u64,
    ) -> Result<Self, DriveError> {
        let tally = Tally::new(classes, duration_ns)?;
        wake_precisely();
        let mut wire = Wire::open(address, limits)?;
        wire.start(Instant::now());
        Ok(Self {
            wire,
            tally,
            done: Vec::new(),
            waiting: VecDeque::new(),
            longest_wait_ns: limits.answer_ns_max,
            request: Vec::new(),
            processor_before_ns: thread_processor_ns(),
            is_exhausted: false,
        })
    }

    /// Sends a request; false where no connection has room for it or its class has none left.
    fn send(&mut self, due: Due, requests: &mut dyn Requests) -> bool {
        let Some(room) = self.wire.room() else { return false };
        self.request.clear();
        if !requests.write(due.class, &mut self.request) {
            self.is_exhausted = true;
            return false;
        }
        self.wire.send(room, due, &self.request);
        true
    }

    /// Sends what found no room before. Whoever waits for the server counts as waiting from the planned start, and
    /// gives up after the longest wait like everybody else.
    fn send_waiting(&mut self, requests: &mut dyn Requests) {
        while let Some(due) = self.waiting.front().copied() {
            let now_ns = self.wire.now_ns();
            if now_ns.saturating_sub(due.planned_ns) >= self.longest_wait_ns {
                let sent = Sent { due, sent_ns: now_ns };
                let outcome = Outcome::NoRoom;
                self.done.push(Done { sent, ended_ns: now_ns, outcome, body_bytes: 0 });
            } else if !self.send(due, requests) {
                break;
            }
            self.waiting.pop_front();
        }
    }

    /// Requests that were due and are not over.
    fn unfinished(&self) -> usize {
        self.wire.in_flight() + self.waiting.len()
    }

    /// Takes answers until the next request is due.
    fn settle(&mut self, next_ns: u64, live: &Live) -> Result<(), DriveError> {
        let wake_ns = next_ns.saturating_sub(WAKE_NS);
        self.wire.wait(wake_ns, &mut self.done)?;
        for done in self.done.drain(..) {
            self.tally.add(&done);
            live.requests.fetch_add(1, Relaxed);
            live.failures.fetch_add(u64::from(done.outcome.is_failure()), Relaxed);
        }
        live.in_flight.store(self.unfinished() as u64, Relaxed);
        live.elapsed_ns.store(self.wire.now_ns(), Relaxed);
        Ok(())
    }

    fn end(self, duration_ns: u64, is_whole: bool) -> Run {
        let before = self.processor_before_ns;
        let processor_ns =
            before.zip(thread_processor_ns()).map(|(from, to)| to.saturating_sub(from));
        Run { tally: self.tally, duration_ns, processor_ns, is_whole }
    }
}

/// Asks the system to wake this thread when it said, not up to 50 µs later as it does to save power.
fn wake_precisely() {
    #[cfg(target_os = "linux")]
    {
        // Where it is refused, the lag says so.
        let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1));
    }
}

/// Time that this thread has run on a processor; none where the system does not tell (elsewhere than on Linux).
fn thread_processor_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
