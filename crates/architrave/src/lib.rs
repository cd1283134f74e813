//! Wires: one file per command, the real clock and randomness, and the parts of a running backend put
//! together. Holds no logic of its own.
//!
//! Start reading at [`commands`], then [`backend`].

pub mod backend;
pub mod commands;
pub mod console;
pub mod dev;
pub mod exit;
pub mod source;
pub mod world;
