//! Who serves beside this node, and whether this node still does: it has a fence, a number that the database grants
//! and looks up in every transaction that writes.

mod beat;
pub(super) mod common;
mod lease;
mod registry;

use std::{sync::Arc, time::Instant};

use tokio::sync::Notify;
use uuid::Uuid;

pub(super) use beat::{enter, keep, leave};
use lease::Lease;
use registry::Card;
pub(super) use registry::{is_fenced_off, lookup};

/// This node.
pub(super) struct Node {
    card: Card,
    lease: Lease,
    doubt: Arc<Notify>,
}

impl Node {
    /// A node that is not registered yet; `address` is where people find it, `plan` the hash of what it serves.
    pub(super) fn new(id: Uuid, address: String, plan: String) -> Self {
        let card = Card { id, address, plan };
        Self { card, lease: Lease::default(), doubt: Arc::default() }
    }

    /// Its id, another one at each start.
    pub(super) fn id(&self) -> Uuid {
        self.card.id
    }

    /// The fence to write with; none while this node may not write.
    pub(super) fn fence(&self) -> Option<i64> {
        self.lease.fence(Instant::now())
    }

    /// To be called when the database refused the fence ([`is_fenced_off`]): has the node register again at once.
    pub(super) fn doubt(&self) {
        self.doubt.notify_one();
    }
}
