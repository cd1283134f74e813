//! The journal of many nodes: who may read how far, and which history it is.
//!
//! Numbers are drawn by inserts and become visible when their transactions commit, which is another order. So nobody
//! reads further than a mark that one of the nodes moves (`follow`), by a rule that is proven and simulated
//! (`publisher`). Nodes tell each other that there is something new; what they tell is a hint, and each looks for
//! itself in any case (`pace`). `epoch` finds out when history was rewritten.

pub(super) mod epoch;
mod follow;
mod pace;
mod publisher;
#[cfg(test)]
mod simulation;
mod statements;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use architrave_engine::{Fault, ports::Position};
use tokio::sync::Notify;
use uuid::Uuid;

pub(super) use follow::{follow, settle};

use super::session::Session;

/// What this node knows of the journal.
#[derive(Default)]
pub(super) struct Journal {
    seen: Mutex<Option<Position>>,
    written: AtomicU64,
    /// This node wrote something.
    wrote: Notify,
    /// Somebody said that there is something new.
    heard: Arc<Notify>,
    trouble: Mutex<Option<Fault>>,
}

impl Journal {
    /// How far readers may go; none before the first look.
    pub(super) fn seen(&self) -> Option<Position> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called by the writer behind every commit: has it published soon.
    pub(super) fn wrote(&self, seq: u64) {
        self.written.fetch_max(seq, Relaxed);
        self.wrote.notify_one();
    }

    /// Why nothing can be said of the journal at the moment.
    pub(super) fn why_unknown(&self) -> Option<Fault> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The greatest number that this node wrote.
    fn written(&self) -> u64 {
        self.written.load(Relaxed)
    }

    /// Readers may go as far as this. Whether that is news.
    fn reached(&self, position: Position) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.replace(position) != Some(position)
    }

    fn trouble(&self, fault: Option<&Fault>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = fault.cloned();
    }
}

/// Lets another node publish at once, rather than when the lease ends.
pub(super) async fn leave(session: &Session, node: Uuid) {
    // It ends by itself soon.
    let _ = statements::give_back(session.client(), node).await;
}
