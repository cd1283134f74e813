//! What `architrave load` needs of the world: the server under test as a process of its own, a target that somebody
//! else runs, and the ways of telling what a run came to.

mod child;
mod target;
mod tell;

pub use child::{Child, Settings};
pub use target::{Target, server};
pub use tell::{json, text};
