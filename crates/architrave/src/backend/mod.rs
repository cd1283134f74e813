//! The parts of a running backend, put together.

mod folder;

pub use folder::{DataFolder, write_private, write_public};
