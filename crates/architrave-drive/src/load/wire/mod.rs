//! A raw HTTP/1.1 client for one thread: many keep-alive connections, requests sent one behind the other on a
//! connection where all are busy. Written for this because a general client spends more on a request than
//! the whole exchange may take.

mod answer;
mod connection;

use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec};

use connection::Connection;

use crate::DriveError;

/// How much the client may have open.
#[derive(Debug, Clone, Copy)]
pub struct WireLimits {
    /// Connections.
    pub connections: usize,
    /// Requests on one connection that wait for their answers.
    pub depth: usize,
    /// Longest wait for an answer, from the sending.
    pub answer_ns_max: u64,
}

impl Default for WireLimits {
    fn default() -> Self {
        Self { connections: 64, depth: 16, answer_ns_max: 10_000_000_000 }
    }
}

impl WireLimits {
    /// Requests that can be in flight at once.
    #[must_use]
    pub fn in_flight_max(&self) -> usize {
        self.connections.saturating_mul(self.depth)
    }
}

/// A request that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    /// Position of its class.
    pub(super) class: usize,
    /// When it was to be sent, in nanoseconds since the start.
    pub(super) planned_ns: u64,
    /// When the generator came to it. What is later than that is the server's doing.
    pub(super) taken_ns: u64,
}

/// A request that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// What was to be sent.
    pub(super) due: Due,
    /// When it was sent.
    pub(super) sent_ns: u64,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It was answered with this status.
    Answered(u16),
    /// Its connection ended, or what came was no answer.
    Lost,
    /// No answer came in time.
    Late,
    /// Every connection was full or closed for the longest wait: it was never sent.
    NoRoom,
}

/// The end of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) sent: Sent,
    /// When the last byte of the answer was there, or it was given up.
    pub(super) ended_ns: u64,
    pub(super) outcome: Outcome,
    /// Bytes of the answer's body.
    pub(super) body_bytes: u64,
}

/// Pause before a connection that failed is opened again.
const REOPEN_AFTER_NS: u64 = 100_000_000;
/// Longest wait for a connection to open.
const OPEN_TIMEOUT: Duration = Duration::from_millis(250);
/// How often answers that do not come are looked for.
const LATE_CHECK_NS: u64 = 10_000_000;

/// All connections to one server.
pub(super) struct Wire {
    address: SocketAddr,
    limits: WireLimits,
    started: Instant,
    slots: Vec<Slot>,
    /// Connections with nothing in flight, the one that waited longest first: all of them are used in turn, since
    /// a server may have bound each to one of its threads.
    idle: VecDeque<usize>,
    in_flight: usize,
    late_checked_ns: u64,
    /// When a connection was open last.
    open_seen_ns: u64,
    /// Where the search for room on a busy connection goes on.
    next_busy: usize,
}

enum Slot {
    Open(Connection),
    /// Not to be opened before.
    Closed(u64),
}

impl Wire {
    /// Opens all connections.
    ///
    /// # Errors
    /// Where one cannot be opened.
    pub(super) fn open(address: SocketAddr, limits: WireLimits) -> Result<Self, DriveError> {
        let mut slots = Vec::new();
        for _ in 0..limits.connections.max(1) {
            let connection = Connection::open(address, OPEN_TIMEOUT).map_err(|error| {
                let what = format!("cannot connect to {address}: {error}");
                DriveError::new(
                    what,
                    "is the server running, and may this program open more files?",
                )
            })?;
            slots.push(Slot::Open(connection));
        }
        let idle = (0..slots.len()).collect();
        let limits = WireLimits { depth: limits.depth.max(1), ..limits };
        Ok(Self {
            address,
            limits,
            started: Instant::now(),
            slots,
            idle,
            in_flight: 0,
            late_checked_ns: 0,
            open_seen_ns: 0,
            next_busy: 0,
        })
    }

    /// Begins to count time.
    pub(super) fn start(&mut self, now: Instant) {
        self.started = now;
    }

    /// Requests without an answer so far.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Nanoseconds since the start.
    pub(super) fn now_ns(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// For how long no connection has been open, in nanoseconds.
    pub(super) fn closed_for_ns(&self) -> u64 {
        self.late_checked_ns.saturating_sub(self.open_seen_ns)
    }

    /// Sends a request on a connection that has [room](Self::room) for it.
    pub(super) fn send(&mut self, room: usize, due: Due, request: &[u8]) {
        let sent_ns = self.now_ns();
        if let Some(Slot::Open(connection)) = self.slots.get_mut(room) {
            connection.send(Sent { due, sent_ns }, request);
            self.in_flight += 1;
        }
    }

    /// A connection that takes one more request.
    pub(super) fn room(&mut self) -> Option<usize> {
        while let Some(index) = self.idle.pop_front() {
            if matches!(self.slots.get(index), Some(Slot::Open(it)) if it.in_flight() == 0) {
                return Some(index);
            }
        }
        let count = self.slots.len();
        for _ in 0..count {
            self.next_busy = (self.next_busy + 1) % count.max(1);
            let slot = self.slots.get(self.next_busy);
            if matches!(slot, Some(Slot::Open(it)) if it.in_flight() < self.limits.depth) {
                return Some(self.next_busy);
            }
        }
        None
    }

    /// Waits until something arrives, at most until `until_ns`; appends what ended.
    ///
    /// # Errors
    /// Where the system cannot wait.
    pub(super) fn wait(&mut self, until_ns: u64, done: &mut Vec<Done>) -> Result<(), DriveError> {
        let now_ns = self.now_ns();
        let check_ns = self.late_checked_ns + LATE_CHECK_NS;
        let wait_ns = until_ns.min(check_ns).saturating_sub(now_ns);
        for index in self.ready(wait_ns)? {
            self.exchange(index, done);
        }
        let now_ns = self.now_ns();
        if now_ns >= check_ns {
            self.late_checked_ns = now_ns;
            self.give_up_late(now_ns, done);
            self.reopen(now_ns);
            if self.slots.iter().any(|it| matches!(it, Slot::Open(_))) {
                self.open_seen_ns = now_ns;
            }
        }
        Ok(())
    }

    /// Connections at which something happens, after at most so many nanoseconds.
    fn ready(&self, wait_ns: u64) -> Result<Vec<usize>, DriveError> {
        let mut positions = Vec::with_capacity(self.slots.len());
        let mut waiting = Vec::with_capacity(self.slots.len());
        for (position, slot) in self.slots.iter().enumerate() {
            if let Slot::Open(connection) = slot {
                let mut events = PollFlags::IN;
                events.set(PollFlags::OUT, connection.has_unsent());
                positions.push(position);
                waiting.push(PollFd::new(connection.stream(), events));
            }
        }
        let seconds = i64::try_from(wait_ns / 1_000_000_000).unwrap_or(1);
        let nanoseconds = (wait_ns % 1_000_000_000) as _;
        let timeout = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
        match rustix::event::poll(&mut waiting, Some(&timeout)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(Vec::new()),
            Ok(_) => {}
            Err(error) => {
                return Err(DriveError::new(format!("cannot wait for answers: {error}"), ""));
            }
        }
        let happened = positions.into_iter().zip(waiting);
        Ok(happened.filter(|it| !it.1.revents().is_empty()).map(|it| it.0).collect())
    }

    /// Reads and writes what can be read and written on a connection.
    fn exchange(&mut self, index: usize, done: &mut Vec<Done>) {
        let started = self.started;
        let Some(slot) = self.slots.get_mut(index) else { return };
        let Slot::Open(connection) = slot else { return };
        let before = done.len();
        let stays = connection.flush() && connection.receive(started, done);
        let is_idle = connection.in_flight() == 0;
        if !stays {
            let ended_ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
            connection.abandon(Outcome::Lost, ended_ns, done);
            // A server may end a connection after an answer; only failures make us wait.
            let is_orderly = done.get(before..).is_some_and(|it| {
                !it.is_empty() && it.iter().all(|it| matches!(it.outcome, Outcome::Answered(_)))
            });
            *slot = Slot::Closed(if is_orderly { 0 } else { ended_ns + REOPEN_AFTER_NS });
        } else if is_idle && done.len() > before {
            self.idle.push_back(index);
        }
        self.in_flight -= done.len() - before;
        if !stays {
            self.reopen(self.now_ns());
        }
    }

    /// Gives up what waits for too long, with its connection: answers behind it can no longer be told apart.
    fn give_up_late(&mut self, now_ns: u64, done: &mut Vec<Done>) {
        for slot in &mut self.slots {
            let Slot::Open(connection) = slot else { continue };
            let oldest = connection.oldest_sent_ns();
            if oldest.is_some_and(|it| now_ns.saturating_sub(it) >= self.limits.answer_ns_max) {
                let before = done.len();
                connection.abandon(Outcome::Late, now_ns, done);
                self.in_flight -= done.len() - before;
                *slot = Slot::Closed(now_ns);
            }
        }
    }

    fn reopen(&mut self, now_ns: u64) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if matches!(slot, Slot::Closed(not_before) if *not_before <= now_ns) {
                match Connection::open(self.address, OPEN_TIMEOUT) {
                    Ok(connection) => {
                        *slot = Slot::Open(connection);
                        self.idle.push_back(index);
                    }
                    Err(_) => *slot = Slot::Closed(now_ns + REOPEN_AFTER_NS),
                }
            }
        }
    }
}
