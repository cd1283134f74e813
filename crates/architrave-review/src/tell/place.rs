//! Places of verdicts as file, line and column.

use architrave_model::{SourceFile, Span};

/// Where lines begin, worked out once per file: a review has thousands of places.
pub(super) struct Places<'a> {
    files: &'a [SourceFile],
    starts: Vec<Vec<usize>>,
}

/// A range in a file; lines and columns from 1, columns in characters, the end exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place<'a> {
    pub(super) file: &'a str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'a> Places<'a> {
    pub(super) fn of(files: &'a [SourceFile]) -> Self {
        let starts = files.iter().map(|file| {
            let breaks = file.text.bytes().enumerate().filter(|(_, it)| *it == b'\n');
            std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
        });
        Self { files, starts: starts.collect() }
    }

    pub(super) fn place(&self, span: Span) -> Option<Place<'a>> {
        let at = span.file.0 as usize;
        let file = self.files.get(at)?;
        let (line, column) = self.position(at, &file.text, span.start)?;
        let (end_line, end_column) = self.position(at, &file.text, span.end)?;
        Some(Place { file: &file.name, line, column, end_line, end_column })
    }

    fn position(&self, file: usize, text: &str, at: u32) -> Option<(usize, usize)> {
        let starts = self.starts.get(file)?;
        let at = (at as usize).min(text.len());
        let line = starts.partition_point(|it| *it <= at);
        let start = starts.get(line.checked_sub(1)?)?;
        // A place inside a character counts as its beginning.
        let column = text
            .get(*start..)?
            .char_indices()
            .take_while(|(offset, it)| start + offset + it.len_utf8() <= at)
            .count();
        Some((line, column + 1))
    }
}
