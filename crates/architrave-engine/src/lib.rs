//! Decides: an operation, a caller and the stored rows in; an answer, changes and journal records out.
//! No sockets, no files, no clock: time, randomness and storage come through [`ports`].
//!
//! Start reading at [`Engine`], then [`ports::Store`] and [`ports::Decide`]. The rooms:
//!
//! - `engine`: the front door; requests become reads, or jobs that the store runs inside a transaction
//! - `input`: strict JSON becomes typed members; every mistake with its pointer
//! - `decide`: what a write comes to, one file per kind of operation, pure
//! - `evaluate`: the interpreter of rules and computations; notes which rows it still needs
//! - `query`: lists, cursors, selections, words
//! - `show`: rows and values as JSON bytes, the same from every source; tags
//! - `prepared`: look-ups worked out once from the plan
//! - `ports`: what the world has to offer
//! - `simulation`: a world in memory, for tests and for the seeded simulation
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod caller;
mod decide;
mod engine;
mod evaluate;
mod fault;
mod input;
pub mod ports;
mod prepared;
mod problem;
mod query;
mod row;
pub mod show;
pub mod simulation;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use caller::{Caller, Credentials};
pub use engine::{
    Engine, EngineSettings, Failure, ReadReply, ReadRequest, SignIn, Sweep, Swept, WriteRequest,
};
pub use evaluate::Judge;
pub use fault::Fault;
pub use input::{Json, parse_date, parse_list, read_json, step};
pub use problem::{Problem, ProblemDetail};
pub use query::{Tokens, search_tokens, tokens};
pub use row::{Row, RowKey, Rows};
