//! Text to syntax tree and back: tokens, parser, formatter. Knows nothing of meaning.

pub mod ast;
mod code;
mod decode;
pub mod edit;
mod format;
mod lex;
mod parse;
mod propose;
mod token;

pub use decode::decode;
pub use format::format;
pub(crate) use lex::is_invisible;
pub use parse::parse;
pub use propose::propose;

/// The most bytes one file may have; far above what a person writes, small enough for 32-bit spans.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How many blocks or expressions may stand inside one another.
pub const NESTING_MAX: u32 = 64;

/// How many findings the parser reports for one file; a file with more is not a blueprint, and the
/// rest would be noise.
pub const FINDINGS_MAX: usize = 200;
