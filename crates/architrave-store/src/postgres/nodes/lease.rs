//! What a node knows of its own fence: the number that it has to write with, and until when it may believe that it
//! still holds it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a node counts as living after its last heartbeat, by the database's clock.
pub(crate) const TIME_TO_LIVE: Duration = Duration::from_secs(15);
/// How often a node gives a heartbeat.
pub(crate) const BEAT_EVERY: Duration = Duration::from_secs(5);
/// How long a node believes in its fence after it sent a heartbeat, by its own clock, which is never asked for the
/// time of day: two thirds, so that it stops before the others think it gone.
const BELIEVED: Duration = Duration::from_secs(10);

/// A fence, held for a while.
#[derive(Debug, Default)]
pub(crate) struct Lease {
    held: Mutex<Option<(i64, Instant)>>,
}

impl Lease {
    /// The fence to write with; none where this node may no longer hold it.
    pub(crate) fn fence(&self, now: Instant) -> Option<i64> {
        let held = *self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.filter(|(_, since)| now.saturating_duration_since(*since) < BELIEVED).map(|it| it.0)
    }

    /// The fence that was granted last, believed in or not.
    pub(crate) fn granted(&self) -> Option<i64> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).map(|it| it.0)
    }

    /// A heartbeat that was sent then was acknowledged.
    pub(crate) fn renew(&self, fence: i64, sent: Instant) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((fence, sent));
    }

    /// The database says that it is gone.
    pub(crate) fn lose(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_is_believed_in_for_less_than_it_lasts() {
        let (lease, sent) = (Lease::default(), Instant::now());
        assert_eq!(lease.fence(sent), None);
        lease.renew(7, sent);
        assert_eq!(lease.fence(sent + BELIEVED / 2), Some(7));
        assert_eq!(lease.fence(sent + BELIEVED), None);
        assert!(BELIEVED < TIME_TO_LIVE && BEAT_EVERY < BELIEVED);
        assert_eq!(lease.granted(), Some(7));
        lease.lose();
        assert_eq!((lease.fence(sent), lease.granted()), (None, None));
    }
}
