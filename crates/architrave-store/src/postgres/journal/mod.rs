//! The journal of many nodes: who may read how far, and which history it is.

mod publisher;
#[cfg(test)]
mod simulation;
