//! What it is and what to know first.

mod index;

pub(crate) use index::index;
