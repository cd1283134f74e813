//! How often a caller may ask: policies of the blueprint, counted in memory.

mod gcra;
mod policy;

pub use gcra::MemoryLimiter;
pub(crate) use policy::{Budget, Policies};
