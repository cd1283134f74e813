//! Queries: from decoded parameters to a read that the store can answer.

mod bad;
mod choose;
mod cursor;
mod list;
mod selection;
mod tokens;
mod value;

pub(crate) use bad::Bad;
pub(crate) use cursor::Cursor;
pub(crate) use list::{Asker, ListRequest, page_link, parse_limit};
pub(crate) use selection::{Choice, Selections};
pub use tokens::{Tokens, search_tokens, tokens};
