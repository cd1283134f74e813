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

use architrave_model::{Accept, FileId, Finding, SourceFile, System};
pub use check::limits::is_origin;

/// Reads a blueprint of one or several files (their concatenation).
///
/// Always returns the part of the system that was understood and everything there is to say about
/// the rest, in the order of the text. A system with error findings must not be planned or served.
#[must_use]
pub fn read(files: &[SourceFile]) -> (System, Vec<Finding>) {
    let (parsed, findings) = parse(files);
    reader::read(&parsed, findings)
}

/// Reads files of waivers (`accept "REL-06" { … }`), for systems that no blueprint describes.
///
/// Returns those that were understood and everything there is to say about the rest. Spans index the given files.
#[must_use]
pub fn read_waivers(files: &[SourceFile]) -> (Vec<Accept>, Vec<Finding>) {
    let (parsed, mut findings) = parse(files);
    let accepts = check::accept::read_waivers(&parsed, &mut findings);
    (accepts, findings)
}

fn parse(files: &[SourceFile]) -> (Vec<syntax::ast::File>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut parsed = Vec::with_capacity(files.len());
    for (position, file) in files.iter().enumerate() {
        let id = FileId(u32::try_from(position).unwrap_or(u32::MAX));
        let (tree, said) = syntax::parse(id, &file.text);
        parsed.push(tree);
        findings.extend(said);
    }
    (parsed, findings)
}
