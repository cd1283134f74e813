//! Shows rows: JSON bytes, the same from a row in memory and from the columns of a statement.

mod row;
pub mod scalar;
mod tag;

pub(crate) use row::Viewer;
pub(crate) use tag::list_etag;
pub use tag::{etag, if_match};
