//! Shows rows: JSON bytes, the same from a row in memory and from the columns of a statement.

pub mod scalar;
mod tag;
pub(crate) mod time;

pub(crate) use time::DAY_US;
pub use tag::{etag, if_match};
