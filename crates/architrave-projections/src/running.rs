//! Which crossings of boundaries are declared and do not run yet.

use architrave_model::{Crossing, CrossingKind, System};
use architrave_plan::pending;

/// "Not run yet are flows 2, 6 and 9"; none where all run.
pub(crate) fn waiting(system: &System, crossings: &[Crossing]) -> Option<String> {
    let pending = pending(system);
    let waits = |kind: CrossingKind| {
        let block = match kind {
            CrossingKind::Call | CrossingKind::Callback => "integration",
            CrossingKind::Webhook => "webhook",
            CrossingKind::Message => "notification",
            CrossingKind::Callers
            | CrossingKind::Administration
            | CrossingKind::SignIn
            | CrossingKind::Store => return false,
        };
        pending.iter().any(|it| it.kind == block)
    };
    let numbers: Vec<String> = crossings
        .iter()
        .enumerate()
        .filter(|(_, it)| waits(it.kind))
        .map(|(at, _)| (at + 1).to_string())
        .collect();
    match numbers.as_slice() {
        [] => None,
        [only] => Some(format!("Not run yet is flow {only}")),
        [first @ .., last] => {
            Some(format!("Not run yet are the flows {} and {last}", first.join(", ")))
        }
    }
}
