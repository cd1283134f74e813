//! Makes realistic, valid requests from the model alone: the same seed, entity and number give the
//! same row on every machine.

mod balance;
mod fields;
mod invariants;
mod pattern;
mod rows;
mod text;
mod words;

pub use rows::{Generator, Pool};
