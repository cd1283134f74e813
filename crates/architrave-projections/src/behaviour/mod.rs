//! What happens when: commands, events, what follows by itself, states.

mod commands;
mod events;
mod reactions;
mod sagas;
mod sequence;
mod states;

use architrave_model::System;
use architrave_plan::pending;

pub(crate) use commands::PROJECTION as COMMANDS;
pub(crate) use events::PROJECTION as EVENTS;
pub(crate) use sagas::PROJECTION as SAGAS;
pub(crate) use states::PROJECTION as STATES;

use crate::page::code;

/// What of some kinds of blocks waits for a later version, one sentence; none where nothing does.
fn pending_words(system: &System, kinds: &[&str]) -> Option<String> {
    let waiting: Vec<String> = pending(system)
        .into_iter()
        .filter(|it| kinds.contains(&it.kind))
        .map(|it| {
            let names: Vec<String> = it.names.iter().map(|it| code(it)).collect();
            format!("{} {}", it.kind, names.join(", "))
        })
        .collect();
    (!waiting.is_empty()).then(|| format!("Not run yet: {}.", waiting.join("; ")))
}
