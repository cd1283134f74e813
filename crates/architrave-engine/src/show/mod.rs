//! Shows rows: JSON bytes, the same from a row in memory and from the columns of a statement.

pub mod scalar;
mod tag;
mod time;

pub use tag::{etag, if_match};
