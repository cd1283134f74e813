//! Decides what a write comes to: one file per kind of operation, all of them pure.
//!
//! The order of refusals is the same everywhere: not visible (404), refused (401, 403), another
//! version (412, 428), state and guards (409), input and invariants (422).

mod aggregate;
mod batch;
mod build;
mod check;
mod command;
mod create;
mod delete;
mod job;
mod memory;
mod sequence;
mod turn;
mod update;

pub(crate) use aggregate::Aggregate;
#[cfg(test)]
pub(crate) use aggregate::new_row;
pub(crate) use batch::answer as batch_answer;
pub(crate) use build::Notes;
pub(crate) use check::invalid;
pub(crate) use job::{Action, Job, Task, problem_answer};
pub(crate) use memory::{Memory, hash, remembered_key};
pub(crate) use turn::{Effect, Ids, Numbers, Refusal, Turn, answer, not_found, refused};
