//! Shows rows: JSON bytes, the same from a row in memory and from the columns of a statement.

mod conditional;
mod row;
pub mod scalar;
mod tag;

pub use conditional::Tags;
pub(crate) use row::Viewer;
pub use tag::etag;
pub(crate) use tag::list_etag;
