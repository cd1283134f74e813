//! Between stores: what a journal adds up to on PostgreSQL, and moving everything from one database to the other.

mod copy;
mod moved;
mod remote;
mod sum;
mod verify;

pub use verify::verify;
