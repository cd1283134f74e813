//! Queries: from decoded parameters to a read that the store can answer.

mod tokens;

pub use tokens::{Tokens, search_tokens, tokens};
