//! Bytes of a file to its text.

use architrave_model::{FileId, Finding, Severity, SourceFile, Span};

use super::code;

/// Reads the bytes of one file as UTF-8. What is not UTF-8 is replaced by `U+FFFD`, and the first
/// such place is reported.
#[must_use]
pub fn decode(id: FileId, name: &str, bytes: &[u8]) -> (SourceFile, Vec<Finding>) {
    let source = |text: String| SourceFile { name: name.to_owned(), text };
    let error = match str::from_utf8(bytes) {
        Ok(text) => return (source(text.to_owned()), Vec::new()),
        Err(error) => error,
    };
    let text = String::from_utf8_lossy(bytes).into_owned();
    // Everything before the first bad byte is unchanged, so its position is the same in the text.
    let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
    let span = Span { file: id, start, end: start.saturating_add(3) };
    let finding = Finding::new(
        code::NOT_UTF8,
        Severity::Error,
        span,
        format!("`{name}` is not written in UTF-8"),
        "the first byte that is not UTF-8",
    )
    .help("save the file with the encoding UTF-8");
    (source(text), vec![finding])
}
