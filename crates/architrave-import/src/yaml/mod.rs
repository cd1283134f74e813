//! YAML and JSON: text in, a [`Tree`] of values with their places out.
//!
//! Total: whatever the bytes, the answer is a tree (perhaps an empty one) and findings, in time linear in the
//! text. What an alias shares is shared and not copied, and its size is counted as if it were copied, so that
//! whoever walks a tree visits at most [`VALUES_MAX`] values.

mod build;
mod json;
mod place;
mod read;
mod tree;

use architrave_model::{FileId, Finding, Severity, SourceFile, Span};

use crate::codes;
pub(crate) use tree::{Node, Tree};

/// Largest file in bytes. The largest OpenAPI documents in public use have about 12 MB.
pub(crate) const BYTES_MAX: usize = 16 << 20;

/// Most values of one file, shared ones counted each time that they are used.
pub(crate) const VALUES_MAX: usize = 1 << 20;

/// Deepest nesting. Real files stay below 40; the limit keeps every recursive walk off the end of the stack.
pub(crate) const DEPTH_MAX: usize = 100;

/// Most findings about the syntax of one file.
const FINDINGS_MAX: usize = 20;

/// Reads a file: JSON where its name says so, YAML otherwise.
#[must_use]
pub(crate) fn parse<'t>(file: FileId, source: &'t SourceFile) -> Tree<'t> {
    let text = source.text.as_str();
    if text.len() > BYTES_MAX {
        let title =
            format!("`{}` is larger than {} MB and was not read", source.name, BYTES_MAX >> 20);
        return Tree::empty(vec![problem(codes::TOO_LARGE, start_of(file), title)]);
    }
    if text.contains('\0') {
        let title = format!("`{}` is not text", source.name);
        return Tree::empty(vec![
            problem(codes::NOT_TEXT, start_of(file), title).help("save it as UTF-8"),
        ]);
    }
    let is_json = source.name.rsplit('.').next().is_some_and(|it| it.eq_ignore_ascii_case("json"));
    if is_json { json::read(file, text) } else { read::read(file, text) }
}

fn start_of(file: FileId) -> Span {
    Span { file, start: 0, end: 0 }
}

/// A finding about a place that could not be read; the rest of the system is judged without it.
fn problem(code: architrave_model::Code, span: Span, title: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Warning, span, title, "")
}

#[cfg(test)]
mod tests;
