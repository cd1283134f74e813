//! What `architrave load` needs of the world: the server under test as a process of its own, and the machine.

mod child;

pub use child::{Child, Settings};
