//! Computes: numbers that several rules and documents rest on. Pure, and bounded whatever the graph: paths end at
//! cycles, sums saturate.

pub mod assumed;
pub mod assumptions;
pub mod availability;
pub mod call_time;
pub mod capacity;
pub mod continents;
pub mod cost;
pub mod data;
pub mod increments;
pub mod latency;
pub mod lifecycle;
pub mod names;
pub mod paths;
pub mod prices;
pub mod recovery;
pub mod running;
pub mod stages;
pub mod support;
pub use architrave_model::words;
