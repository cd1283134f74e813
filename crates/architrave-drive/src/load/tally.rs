//! What a run came to: latencies by class and over time, and how late the generator itself was.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

use super::wire::{Done, Outcome};
use crate::DriveError;

/// Shortest time that is told apart.
const TIME_NS_MIN: u64 = 1_000;
/// Longest time that is told apart: longer than any time-out.
const TIME_NS_MAX: u64 = 600_000_000_000;
/// Significant digits of what verdicts rest on: an error below 0.1 %.
const DIGITS: u8 = 3;
/// Significant digits of what is only drawn.
const DIGITS_DRAWN: u8 = 2;
/// Slices of time that a run is drawn in.
pub const SLICES: usize = 120;

/// Percentiles that are kept of every distribution, in parts per million.
pub const PERCENTILES_PPM: &[u32] =
    &[500_000, 750_000, 900_000, 950_000, 990_000, 999_000, 999_900, 1_000_000];

/// A distribution of times.
#[derive(Debug, Clone)]
pub struct Times(Histogram<u64>);

impl Times {
    fn new(digits: u8) -> Result<Self, DriveError> {
        let made = Histogram::new_with_bounds(TIME_NS_MIN, TIME_NS_MAX, digits);
        made.map(Self).map_err(|error| DriveError::new(format!("no histogram: {error}"), ""))
    }

    /// An empty distribution.
    ///
    /// # Errors
    /// Where there is no memory for it.
    pub fn exact() -> Result<Self, DriveError> {
        Self::new(DIGITS)
    }

    /// Adds a time in nanoseconds; longer than ten minutes counts as ten minutes.
    pub fn add(&mut self, nanoseconds: u64) {
        self.0.saturating_record(nanoseconds);
    }

    /// Adds all times of another distribution of the same kind.
    pub fn append(&mut self, other: &Self) {
        // Both have the same bounds, the only thing that can be wrong.
        let _ = self.0.add(&other.0);
    }

    /// How many times were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time that so many parts per million do not exceed, in nanoseconds; 0 where there are none.
    #[must_use]
    pub fn at_ppm(&self, ppm: u32) -> u64 {
        if self.0.is_empty() { 0 } else { self.0.value_at_quantile(f64::from(ppm) / 1e6) }
    }

    /// [`PERCENTILES_PPM`] in microseconds, rounded up, as measurement files have them.
    #[must_use]
    pub fn percentiles_us(&self) -> Vec<(u32, u64)> {
        PERCENTILES_PPM.iter().map(|ppm| (*ppm, self.at_ppm(*ppm).div_ceil(1_000))).collect()
    }
}

/// A class of requests within a run.
#[derive(Debug, Clone)]
pub struct ClassTally {
    /// Requests that were planned and are over, whether or not they could be sent.
    pub requests: u64,
    /// From the planned start to the end of the answer. What was not answered, or could not even be sent, counts
    /// with the time at which it was given up: failing must not look fast.
    pub latency: Times,
    /// How requests ended.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Bytes of bodies received.
    pub body_bytes: u64,
}

/// A slice of time within a run, by planned starts.
#[derive(Debug, Clone)]
pub struct Slice {
    /// Requests planned in it.
    pub planned: u64,
    /// Answers that came in it.
    pub answered: u64,
    /// Requests planned in it that failed.
    pub failures: u64,
    /// Their latencies.
    pub latency: Times,
}

/// Everything that was counted.
#[derive(Debug, Clone)]
pub struct Tally {
    /// In the order of the classes.
    pub classes: Vec<ClassTally>,
    /// How much later than planned the generator came to its requests: its own error. That a request found no
    /// connection with room is the server's, and part of the latency.
    pub lag: Times,
    /// Slices of equal length.
    pub slices: Vec<Slice>,
    /// Their length in nanoseconds.
    pub slice_ns: u64,
    /// When the last request was over, in nanoseconds since the start.
    pub ended_ns: u64,
}

impl Outcome {
    /// Whether the server failed, or refused for lack of room.
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            Self::Answered(status) => status >= 500 || matches!(status, 408 | 429),
            Self::Lost | Self::Late | Self::NoRoom => true,
        }
    }

    /// Whether the server did as asked.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Answered(200..=399))
    }
}

impl ClassTally {
    /// Requests that failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.sum(Outcome::is_failure)
    }

    /// Requests that were refused by design, such as a conflict on a busy row.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.sum(|it| !it.is_failure() && !it.is_success())
    }

    fn sum(&self, counts: impl Fn(Outcome) -> bool) -> u64 {
        self.outcomes.iter().filter(|it| counts(*it.0)).map(|it| *it.1).sum()
    }
}

impl Tally {
    pub(super) fn new(classes: usize, duration_ns: u64) -> Result<Self, DriveError> {
        let class = || {
            Ok(ClassTally {
                requests: 0,
                latency: Times::new(DIGITS)?,
                outcomes: BTreeMap::new(),
                body_bytes: 0,
            })
        };
        let slice = || {
            let latency = Times::new(DIGITS_DRAWN)?;
            Ok(Slice { planned: 0, answered: 0, failures: 0, latency })
        };
        Ok(Self {
            classes: (0..classes).map(|_| class()).collect::<Result<_, DriveError>>()?,
            lag: Times::new(DIGITS)?,
            slices: (0..SLICES).map(|_| slice()).collect::<Result<_, DriveError>>()?,
            slice_ns: (duration_ns / SLICES as u64).max(1),
            ended_ns: 0,
        })
    }

    /// Takes the end of a request.
    pub(super) fn add(&mut self, done: &Done) {
        let due = done.sent.due;
        let latency_ns = done.ended_ns.saturating_sub(due.planned_ns);
        self.lag.add(due.taken_ns.saturating_sub(due.planned_ns));
        self.ended_ns = self.ended_ns.max(done.ended_ns);
        if let Some(class) = self.classes.get_mut(due.class) {
            class.requests += 1;
            class.latency.add(latency_ns);
            *class.outcomes.entry(done.outcome).or_default() += 1;
            class.body_bytes += done.body_bytes;
        }
        if let Some(slice) = slice_at(&mut self.slices, self.slice_ns, due.planned_ns) {
            slice.planned += 1;
            slice.failures += u64::from(done.outcome.is_failure());
            slice.latency.add(latency_ns);
        }
        let is_answer = matches!(done.outcome, Outcome::Answered(_));
        if let Some(slice) = slice_at(&mut self.slices, self.slice_ns, done.ended_ns)
            && is_answer
        {
            slice.answered += 1;
        }
    }

    /// Requests that are over.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.classes.iter().map(|it| it.requests).sum()
    }

    /// Answers, whatever they said.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.classes.iter().map(|it| it.sum(|it| matches!(it, Outcome::Answered(_)))).sum()
    }

    /// Requests that failed.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.classes.iter().map(ClassTally::failures).sum()
    }
}

fn slice_at(slices: &mut [Slice], slice_ns: u64, at_ns: u64) -> Option<&mut Slice> {
    slices.get_mut(usize::try_from(at_ns / slice_ns).unwrap_or(usize::MAX))
}
