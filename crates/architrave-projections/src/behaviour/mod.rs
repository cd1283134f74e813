//! What happens when: commands, states.

mod commands;
mod reactions;
mod sequence;
mod states;

pub(crate) use commands::PROJECTION as COMMANDS;
pub(crate) use states::PROJECTION as STATES;
