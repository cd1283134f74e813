//! Text to syntax tree and back: tokens, parser, formatter. Knows nothing of meaning.

pub mod ast;
