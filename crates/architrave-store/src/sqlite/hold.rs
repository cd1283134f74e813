//! Holding writes while the store is moved elsewhere.

use architrave_engine::{
    Fault, Rows,
    ports::{Answer, Conflict, Decide, Decision, Outcome},
};
use uuid::Uuid;

/// What writes are refused with meanwhile: whoever tries again a little later is served.
pub(super) fn held() -> Fault {
    Fault {
        is_transient: true,
        ..Fault::new("writes are held while the store is moved", "try again in a moment")
    }
}

/// A write that changes nothing: once it is answered, all that stood before it in the queue are done.
pub(super) struct Nothing;

impl Decide for Nothing {
    fn tenant(&self) -> Option<Uuid> {
        None
    }

    fn decide(&mut self, _: &Rows, _: i64) -> Decision {
        Decision::Done(Box::new(nothing()))
    }

    fn conflicted(&mut self, _: Conflict) -> Outcome {
        nothing()
    }
}

fn nothing() -> Outcome {
    let answer = Answer {
        status: 204,
        body: Vec::new(),
        etag: None,
        location: None,
        problem: None,
        is_replayed: false,
    };
    Outcome { changes: Vec::new(), journal: None, remember: None, answer }
}
