//! Queries: from decoded parameters to a read that the store can answer.

mod selection;
mod tokens;

pub(crate) use selection::{Choice, Selections};
pub use tokens::{Tokens, search_tokens, tokens};
