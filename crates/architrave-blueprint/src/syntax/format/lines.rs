//! Lines: how far each is set in, and what stands on it.

use super::words::{Word, is_spaced};
use crate::syntax::token::Kind;

/// The words between two line ends.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Its words, comments included.
    pub(super) words: Vec<Word<'a>>,
    /// How many levels it is set in.
    pub(super) level: usize,
    /// Whether no bracket is open where it begins.
    pub(super) is_outermost: bool,
    /// Whether it opens no bracket that it does not close, and closes none that it does not open.
    pub(super) is_whole: bool,
    /// Whether it stays as it is.
    pub(super) is_frozen: bool,
    /// Spaces to add before its `=`.
    pub(super) equals_padding: usize,
    /// Spaces to add before the comment at its end.
    pub(super) comment_padding: usize,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends, its line end included.
    pub(super) end: usize,
}

/// The lines of a file.
pub(super) fn lines<'a>(words: &[Word<'a>], text: &str) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    // For each open bracket the number of the line that opened it: brackets opened on one line make
    // one level together.
    let mut open: Vec<usize> = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    for part in words.split_inclusive(|it| it.kind == Kind::Newline) {
        let end = part.last().filter(|it| it.kind == Kind::Newline);
        let content: Vec<Word<'a>> = part
            .iter()
            .filter(|it| !matches!(it.kind, Kind::Newline | Kind::End))
            .copied()
            .collect();
        let line_end = end.map_or(text.len(), |it| it.end);
        lines.push(line(content, &mut open, lines.len(), start, line_end));
        start = line_end;
    }
    lines
}

fn line<'a>(
    words: Vec<Word<'a>>,
    open: &mut Vec<usize>,
    number: usize,
    start: usize,
    end: usize,
) -> Line<'a> {
    let is_outermost = open.is_empty();
    let mut lowest = open.len();
    let depth = open.len();
    let mut level = None;
    for word in &words {
        if !word.kind.closes() {
            level.get_or_insert_with(|| distinct(open));
        }
        if word.kind.opens() {
            open.push(number);
        } else if word.kind.closes() {
            open.pop();
            lowest = lowest.min(open.len());
        }
    }
    let level = level.unwrap_or_else(|| distinct(open));
    let is_whole = lowest == depth && open.len() == depth;
    Line {
        words,
        level,
        is_outermost,
        is_whole,
        is_frozen: false,
        equals_padding: 0,
        comment_padding: 0,
        start,
        end,
    }
}

/// How many different lines opened the brackets that are open.
fn distinct(open: &[usize]) -> usize {
    open.chunk_by(|one, other| one == other).count()
}

impl<'a> Line<'a> {
    /// Whether it is a setting on one line: `name = value`, perhaps with a comment.
    pub(super) fn is_setting(&self) -> bool {
        let has_equals = self.words.get(1).is_some_and(|it| it.kind == Kind::Assign);
        let has_name =
            self.words.first().is_some_and(|it| matches!(it.kind, Kind::Name | Kind::Quote));
        let is_flat = !self.words.iter().any(Word::is_tall);
        has_equals && has_name && is_flat && self.is_whole && !self.is_frozen
    }

    /// The comment at its end, behind something else.
    pub(super) fn trailing_comment(&self) -> Option<&Word<'a>> {
        let last = self.words.last().filter(|it| it.kind == Kind::LineComment);
        let is_flat = !self.words.iter().any(Word::is_tall);
        last.filter(|_| self.words.len() > 1 && is_flat && !self.is_frozen)
    }

    /// How many characters it has before the comment at its end.
    pub(super) fn width(&self) -> usize {
        let mut text = String::new();
        let count = self.words.len() - usize::from(self.trailing_comment().is_some());
        self.write_words(count, &mut text);
        text.chars().count()
    }

    /// Writes it, a frozen one exactly as it is.
    pub(super) fn write(&self, source: &str, line_end: &str, result: &mut String) {
        if self.is_frozen {
            result.push_str(source.get(self.start..self.end).unwrap_or_default());
            return;
        }
        result.extend(std::iter::repeat_n("  ", self.level));
        self.write_words(self.words.len(), result);
        result.push_str(line_end);
    }

    fn write_words(&self, count: usize, result: &mut String) {
        let mut before: Option<&Word<'a>> = None;
        let mut left: Option<&Word<'a>> = None;
        for (index, word) in self.words.iter().take(count).enumerate() {
            if let Some(left) = left
                && is_spaced(before, left, word)
            {
                result.push(' ');
            }
            if index == 1 {
                result.extend(std::iter::repeat_n(' ', self.equals_padding));
            }
            if index + 1 == self.words.len() {
                result.extend(std::iter::repeat_n(' ', self.comment_padding));
            }
            result.push_str(word.text);
            (before, left) = (left, Some(word));
        }
    }
}
