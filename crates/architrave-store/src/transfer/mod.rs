//! Between stores: what a journal adds up to on PostgreSQL, and moving everything from one database to the other.
//!
//! Start reading at [`to_postgres`]. Values pass in the form in which SQLite stores them: what goes into a checksum on
//! one side goes into it on the other.

mod copy;
mod fill;
mod local;
mod moved;
pub(crate) mod note;
mod remote;
mod sum;
mod to_postgres;
mod to_sqlite;
mod verify;
mod watch;
mod words;

pub use to_postgres::{Common, Target, to_postgres};
pub use to_sqlite::to_sqlite;
pub use verify::verify;
pub use watch::{Report, Running, Watch};
