//! Reads: blueprint text in, [`System`] and findings out. Never fails, never touches a file.
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod check;
pub mod codes;
mod currency;
mod expression;
mod fields;
mod literal;
mod pattern;
mod reader;
pub mod render;
mod report;
mod resolve;
mod structure;
pub mod syntax;
mod units;
mod view;
mod vocabulary;

use architrave_model::{FileId, Finding, SourceFile, System};
pub use check::limits::is_origin;

/// Reads a blueprint of one or several files (their concatenation).
///
/// Always returns the part of the system that was understood and everything there is to say about
/// the rest, in the order of the text. A system with error findings must not be planned or served.
#[must_use]
pub fn read(files: &[SourceFile]) -> (System, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut parsed = Vec::with_capacity(files.len());
    for (position, file) in files.iter().enumerate() {
        let id = FileId(u32::try_from(position).unwrap_or(u32::MAX));
        let (tree, said) = syntax::parse(id, &file.text);
        parsed.push(tree);
        findings.extend(said);
    }
    reader::read(&parsed, findings)
}
