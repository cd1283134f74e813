//! Wires: one file per command, the real clock and randomness, and the parts of a running backend put
//! together. Holds no logic of its own.
//!
//! Start reading at [`commands`], then [`backend`].

pub mod agent_kit;
pub mod answering;
pub mod backend;
pub mod banner;
pub mod checked;
pub mod commands;
pub mod console;
pub mod dev;
pub mod documents;
pub mod existing;
pub mod exit;
pub mod load;
pub mod lock_file;
pub mod mcp;
pub mod own_tables;
pub mod records;
pub mod review;
pub mod source;
pub mod world;
