//! Figures of the server: atomics that are found by position, never by name, while requests run.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use architrave_plan::{Plan, metric};

use super::histogram::Histogram;

/// Statuses that are counted one by one; others go with their class (2 to 5), so that `5..` finds every failure.
pub(crate) const STATUSES: [u16; 29] = [
    200, 201, 202, 204, 207, 304, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 422,
    428, 429, 431, 500, 503, 507, 2, 3, 4, 5,
];

/// Everything that is counted here; the store's figures are read when they are asked for.
#[derive(Debug)]
pub(crate) struct Metrics {
    started: Instant,
    /// Hash of the plan that is served.
    pub(crate) plan: String,
    /// Names of operations by position; the last two are `page` and `none`.
    pub(crate) operations: Vec<String>,
    /// By operation, then by status.
    pub(crate) requests: Vec<[AtomicU64; STATUSES.len()]>,
    /// By operation.
    pub(crate) durations: Vec<Histogram>,
    /// Whether the server was told to stop: it is no longer ready, and asks clients to come back elsewhere.
    pub(crate) is_leaving: AtomicBool,
    pub(crate) in_flight: AtomicI64,
    pub(crate) connections: AtomicI64,
    pub(crate) rate_limited: AtomicU64,
    pub(crate) credentials_refused: AtomicU64,
    pub(crate) faults: AtomicU64,
}

impl Metrics {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut operations: Vec<String> =
            plan.operations.iter().map(|it| it.name.clone()).collect();
        operations.extend(["page".to_owned(), "none".to_owned()]);
        let bounds_us: Arc<[u64]> = metric::duration_bounds_us(&plan.system).into();
        Self {
            started: Instant::now(),
            plan: plan.hash.clone(),
            requests: operations
                .iter()
                .map(|_| std::array::from_fn(|_| AtomicU64::new(0)))
                .collect(),
            durations: operations.iter().map(|_| Histogram::new(&bounds_us)).collect(),
            operations,
            is_leaving: AtomicBool::new(false),
            in_flight: AtomicI64::new(0),
            connections: AtomicI64::new(0),
            rate_limited: AtomicU64::new(0),
            credentials_refused: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        }
    }

    /// Whether the server was told to stop.
    pub(crate) fn is_leaving(&self) -> bool {
        self.is_leaving.load(Relaxed)
    }

    /// Position of pages and health in the lists.
    pub(crate) fn page(&self) -> usize {
        self.operations.len().saturating_sub(2)
    }

    /// Position of requests for which there is no operation.
    pub(crate) fn none(&self) -> usize {
        self.operations.len().saturating_sub(1)
    }

    /// Counts an answered request.
    pub(crate) fn answered(&self, operation: usize, status: u16, duration_us: u64) {
        let find = |wanted: u16| STATUSES.iter().position(|it| *it == wanted);
        let position = find(status).or_else(|| find(status / 100)).unwrap_or(STATUSES.len() - 1);
        if let Some(counter) = self.requests.get(operation).and_then(|it| it.get(position)) {
            counter.fetch_add(1, Relaxed);
        }
        if let Some(histogram) = self.durations.get(operation) {
            histogram.observe(duration_us);
        }
        match status {
            429 => self.rate_limited.fetch_add(1, Relaxed),
            401 => self.credentials_refused.fetch_add(1, Relaxed),
            500 => self.faults.fetch_add(1, Relaxed),
            _ => 0,
        };
    }

    /// Seconds since the start.
    pub(crate) fn uptime_s(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

/// Counts something for as long as it is there.
#[derive(Debug)]
pub(crate) struct Gauge<'a>(&'a AtomicI64);

impl<'a> Gauge<'a> {
    pub(crate) fn up(gauge: &'a AtomicI64) -> Self {
        gauge.fetch_add(1, Relaxed);
        Self(gauge)
    }
}

impl Drop for Gauge<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
