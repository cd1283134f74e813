//! Who is told how a move goes, and the server that runs on its source.

use architrave_engine::{Fault, ports::Later};

/// Who is told how a move goes.
pub trait Watch: Send + Sync {
    /// A step begins: what it is about, and how many rows (or other things) it has.
    fn begins(&self, step: &str, of: u64);
    /// So many more are done.
    fn done(&self, count: u64);
    /// The step is over.
    fn ended(&self);
}

/// The server that runs on the source while it is moved.
pub trait Running: Send + Sync {
    /// Refuses writes for so many seconds, or until it is stopped; answers when all it had accepted are stored.
    fn hold(&self, for_s: Option<u32>) -> Later<'_, Result<(), Fault>>;
    /// Takes writes again.
    fn release(&self) -> Later<'_, Result<(), Fault>>;
}

/// What was moved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows of entities.
    pub rows: u64,
    /// Transactions of the journal.
    pub transactions: u64,
    /// Events of the journal.
    pub events: u64,
    /// How long a running server refused writes, in milliseconds; 0: none ran.
    pub held_ms: u64,
}
