//! From method and path to what is asked for.

mod path;
mod query;
mod table;

pub(crate) use path::decode_path;
pub(crate) use query::{decode_query, is_empty_query};
pub(crate) use table::{Router, Target};
