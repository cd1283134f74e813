//! Places in a file: which lines to show, which line and column to name.

use std::ops::Range;

use architrave_model::Span;

/// Some lines of a file.
pub(super) struct Window<'a> {
    /// Their text.
    pub(super) text: &'a str,
    /// The number of the first, from 1.
    pub(super) first_line: usize,
    /// Where they begin in the file.
    start: usize,
}

impl Window<'_> {
    /// A span of the file as a range of this text.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let of = |it: u32| (it as usize).saturating_sub(self.start).min(self.text.len());
        of(span.start)..of(span.end)
    }
}

/// The whole lines that cover all spans.
pub(super) fn lines_around(text: &str, spans: impl Iterator<Item = Span> + Clone) -> Window<'_> {
    let first = spans.clone().map(|it| it.start).min().unwrap_or_default() as usize;
    let last = spans.map(|it| it.end).max().unwrap_or_default() as usize;
    let before = text.get(..first).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let behind = text.get(last..).unwrap_or_default();
    let end = behind.find('\n').map_or(text.len(), |it| last + it + 1);
    let first_line = before.bytes().filter(|it| *it == b'\n').count() + 1;
    Window { text: text.get(start..end).unwrap_or_default(), first_line, start }
}

/// The span, moved inside the text and onto character boundaries where it is not: showing a finding
/// never fails because of a place.
pub(super) fn sound(span: Span, text: &str) -> Span {
    let on_boundary = |it: u32| {
        let mut at = (it as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    let start = on_boundary(span.start);
    Span { file: span.file, start, end: on_boundary(span.end).max(start) }
}

/// Line and column of a byte, both from 1; columns count characters.
pub(super) fn line_and_column(text: &str, at: u32) -> (usize, usize) {
    let before = text.get(..at as usize).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |it| it + 1);
    let line = before.bytes().filter(|it| *it == b'\n').count() + 1;
    (line, before.get(line_start..).unwrap_or_default().chars().count() + 1)
}
