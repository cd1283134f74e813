//! Idempotency keys of requests that are being worked on: the same key again is refused until there is an
//! answer to repeat.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use crate::Problem;

/// The keys that are being worked on. As many as writes that wait, which the store's queue bounds.
#[derive(Debug, Default)]
pub(crate) struct InFlight(Mutex<BTreeSet<Vec<u8>>>);

/// A key that is being worked on, until this is dropped. It belongs to the job and not to the request: a client
/// that hangs up does not take its write out of the queue.
#[derive(Debug)]
pub(crate) struct Claim {
    all: Arc<InFlight>,
    key: Vec<u8>,
}

impl InFlight {
    /// Claims a key, as it is remembered under (it holds tenant, caller and operation).
    ///
    /// # Errors
    /// `request-in-flight` where somebody has claimed it.
    pub(crate) fn claim(self: &Arc<Self>, key: &[u8]) -> Result<Claim, Problem> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !keys.insert(key.to_vec()) {
            let detail = "The first request with this idempotency key has no answer yet.";
            return Err(Problem::of("request-in-flight", detail));
        }
        Ok(Claim { all: Arc::clone(self), key: key.to_vec() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_claimed_once_until_it_is_let_go() {
        let all = Arc::new(InFlight::default());
        let first = all.claim(b"one").unwrap();
        assert_eq!(all.claim(b"one").unwrap_err().code, "request-in-flight");
        let other = all.claim(b"two").unwrap();
        drop(first);
        let again = all.claim(b"one").unwrap();
        drop((other, again));
        assert!(all.0.lock().unwrap().is_empty());
    }
}
