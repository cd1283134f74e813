//! A world in memory: store, clock and dice for tests and for the seeded simulation. The store is the
//! plainest thing that keeps the contract of [`crate::ports::Store`], and it can lose power at will.

mod apply;
mod load;
mod read;
mod store;
mod world;

pub use store::{MemoryStore, Power};
pub use world::{SeededDice, SimulatedClock, wait};

#[cfg(test)]
mod run;
