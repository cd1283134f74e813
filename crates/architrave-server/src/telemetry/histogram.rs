//! Counts durations in buckets, without locks.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Upper bounds in microseconds: from a point read to the longest request.
pub(crate) const BOUNDS_US: [u64; 16] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 5_000_000, 30_000_000,
];

/// Durations by bucket.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// One per bound, and one for what is longer.
    buckets: [AtomicU64; BOUNDS_US.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    pub(crate) fn observe(&self, duration_us: u64) {
        let position = BOUNDS_US.partition_point(|it| *it < duration_us);
        if let Some(bucket) = self.buckets.get(position) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum_us.fetch_add(duration_us, Relaxed);
    }

    /// (upper bound in µs, number up to it) for every bound, then the number of all, then their sum in µs.
    pub(crate) fn read(&self) -> (Vec<(u64, u64)>, u64, u64) {
        let mut count = 0;
        let mut buckets = Vec::with_capacity(BOUNDS_US.len());
        for (bound, bucket) in BOUNDS_US.iter().zip(&self.buckets) {
            count += bucket.load(Relaxed);
            buckets.push((*bound, count));
        }
        let longer = self.buckets.last().map_or(0, |it| it.load(Relaxed));
        (buckets, count + longer, self.sum_us.load(Relaxed))
    }
}
