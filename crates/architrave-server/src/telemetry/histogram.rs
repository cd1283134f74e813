//! Counts durations in buckets, without locks.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Durations by bucket.
#[derive(Debug)]
pub(crate) struct Histogram {
    /// Upper bounds in microseconds, ascending; shared by all histograms of the process.
    bounds_us: Arc<[u64]>,
    /// One per bound, and one for what is longer.
    buckets: Box<[AtomicU64]>,
    sum_us: AtomicU64,
}

impl Histogram {
    pub(crate) fn new(bounds_us: &Arc<[u64]>) -> Self {
        Self {
            bounds_us: Arc::clone(bounds_us),
            buckets: (0..=bounds_us.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_us: AtomicU64::new(0),
        }
    }

    pub(crate) fn observe(&self, duration_us: u64) {
        let position = self.bounds_us.partition_point(|it| *it < duration_us);
        if let Some(bucket) = self.buckets.get(position) {
            bucket.fetch_add(1, Relaxed);
        }
        self.sum_us.fetch_add(duration_us, Relaxed);
    }

    /// (upper bound in µs, number up to it) for every bound, then the number of all, then their sum in µs.
    pub(crate) fn read(&self) -> (Vec<(u64, u64)>, u64, u64) {
        let mut count = 0;
        let mut buckets = Vec::with_capacity(self.bounds_us.len());
        for (bound, bucket) in self.bounds_us.iter().zip(&self.buckets) {
            count += bucket.load(Relaxed);
            buckets.push((*bound, count));
        }
        let longer = self.buckets.last().map_or(0, |it| it.load(Relaxed));
        (buckets, count + longer, self.sum_us.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_at_a_bound_is_in_time() {
        let histogram = Histogram::new(&Arc::from([100, 150]));
        for duration_us in [99, 100, 101, 150, 151] {
            histogram.observe(duration_us);
        }
        assert_eq!(histogram.read(), (vec![(100, 2), (150, 4)], 5, 601));
    }
}
