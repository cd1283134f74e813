//! Figures for metrics and health, kept without locks where the writer counts.

use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// What the writer counts and the status reads.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) queue_length: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) transactions: AtomicU64,
    pub(crate) batch_sizes: [AtomicU64; 9],
    pub(crate) commit_us: AtomicU64,
    pub(crate) writer_us: AtomicU64,
    /// Bytes of the database, where only the server knows them.
    pub(crate) database_bytes: AtomicU64,
    pub(crate) position: Mutex<Option<architrave_engine::ports::Position>>,
}

impl Counters {
    pub(crate) fn committed(&self, transactions: usize, took_us: u64) {
        self.commits.fetch_add(1, Relaxed);
        self.transactions.fetch_add(transactions as u64, Relaxed);
        self.commit_us.fetch_add(took_us, Relaxed);
        // 1, 2, up to 4, up to 8, … up to 256.
        let class = transactions.max(1).next_power_of_two().trailing_zeros() as usize;
        if let Some(it) = self.batch_sizes.get(class.min(8)) {
            it.fetch_add(1, Relaxed);
        }
    }
}
