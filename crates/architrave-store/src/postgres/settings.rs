//! What the operator decides of a store on PostgreSQL.

use std::{sync::Arc, time::Duration};

use super::Address;
use crate::OnHealth;

/// Called with a sentence about what happened among the nodes, for the log.
pub type OnNews = Arc<dyn Fn(&str) + Send + Sync>;

/// What the operator decides. [`Default`] is right for almost everyone.
#[derive(Clone)]
pub struct PostgresSettings {
    /// Who prepares the database: owns schemas and tables, and may change them. None: the user of the store's own
    /// address does both, which is for development.
    pub owner: Option<Address>,
    /// Most writes that may wait; one more is refused at once.
    pub queue_length_max: usize,
    /// Most writes that share one commit.
    pub batch_length_max: usize,
    /// Connections that read.
    pub readers: usize,
    /// Prepared statements that a connection keeps.
    pub statements_max: usize,
    /// Longest time to connect and sign in, in milliseconds.
    pub connect_ms_max: u64,
    /// Longest statement, in milliseconds.
    pub statement_ms_max: u64,
    /// Longest statement of a read, in milliseconds.
    pub read_ms_max: u64,
    /// Longest wait for a lock of another transaction, in milliseconds.
    pub lock_ms_max: u64,
    /// Longest silence within a transaction before the server ends it, in milliseconds.
    pub idle_ms_max: u64,
    /// Where people find this node, for what other nodes say of it.
    pub node_address: String,
    /// Called with what happened among the nodes: a new epoch, a transaction that held up the journal.
    pub on_news: OnNews,
    /// Called when writing begins to fail and when it works again, for the log.
    pub on_health: OnHealth,
}

impl PostgresSettings {
    pub(super) fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_ms_max)
    }
}

impl Default for PostgresSettings {
    fn default() -> Self {
        Self {
            owner: None,
            queue_length_max: 4_096,
            batch_length_max: 64,
            readers: 2,
            statements_max: 256,
            connect_ms_max: 5_000,
            statement_ms_max: 30_000,
            read_ms_max: 2_000,
            lock_ms_max: 5_000,
            idle_ms_max: 10_000,
            node_address: format!("process {}", std::process::id()),
            on_news: Arc::new(|_| {}),
            on_health: Arc::new(|_| {}),
        }
    }
}

impl std::fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresSettings")
            .field("owner", &self.owner)
            .field("queue_length_max", &self.queue_length_max)
            .field("batch_length_max", &self.batch_length_max)
            .field("readers", &self.readers)
            .finish_non_exhaustive()
    }
}
