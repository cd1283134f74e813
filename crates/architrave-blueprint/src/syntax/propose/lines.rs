//! Texts as lines: what differs between two of them.

use architrave_model::{Edit, Span};

/// Most lines beyond which a difference is not looked at line by line: two thousand on each side are four
/// million comparisons.
const LINES_MAX: usize = 2_000;

/// A span grown to whole lines, the line end included.
pub(super) fn whole(text: &str, span: Span) -> Option<Span> {
    let before = text.get(..span.start as usize)?;
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let behind = text.get(span.end as usize..)?;
    let end = behind.find('\n').map_or(text.len(), |it| span.end as usize + it + 1);
    Some(Span { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()?, ..span })
}

/// The text with the line ends of another.
pub(super) fn with_ends_of(model: &str, text: String) -> String {
    if model.contains("\r\n") { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text }
}

/// The edits that turn the lines of a place into other lines.
pub(super) fn difference(place: Span, before: &str, after: &str) -> Vec<Edit> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail =
        old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let old_middle = old.get(head..old.len() - tail).unwrap_or_default();
    let new_middle = new.get(head..new.len() - tail).unwrap_or_default();
    let mut at = place.start as usize + bytes(old.get(..head).unwrap_or_default());
    let mut edits = Vec::new();
    for (gone, come) in hunks(old_middle, new_middle) {
        match (gone, come) {
            (Hunk::Same(lines), _) => at += bytes(lines),
            (Hunk::Other(lines), text) => {
                let end = at + bytes(lines);
                let to_u32 = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
                let span = Span { file: place.file, start: to_u32(at), end: to_u32(end) };
                edits.push(Edit { span, text: text.concat() });
                at = end;
            }
        }
    }
    edits
}

fn bytes(lines: &[&str]) -> usize {
    lines.iter().map(|it| it.len()).sum()
}

/// Some lines of the old text.
enum Hunk<'l, 't> {
    /// They stay.
    Same(&'l [&'t str]),
    /// Others stand in their place.
    Other(&'l [&'t str]),
}

/// The old lines in order, each run with the new lines that take its place.
fn hunks<'l, 't>(old: &'l [&'t str], new: &'l [&'t str]) -> Vec<(Hunk<'l, 't>, &'l [&'t str])> {
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    if old.len() > LINES_MAX || new.len() > LINES_MAX {
        return vec![(Hunk::Other(old), new)];
    }
    let mut result = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    for (old_same, new_same, length) in common(old, new) {
        if old_same > old_at || new_same > new_at {
            let gone = old.get(old_at..old_same).unwrap_or_default();
            result.push((Hunk::Other(gone), new.get(new_at..new_same).unwrap_or_default()));
        }
        let same = old.get(old_same..old_same + length).unwrap_or_default();
        result.push((Hunk::Same(same), &[][..]));
        (old_at, new_at) = (old_same + length, new_same + length);
    }
    if old_at < old.len() || new_at < new.len() {
        let gone = old.get(old_at..).unwrap_or_default();
        result.push((Hunk::Other(gone), new.get(new_at..).unwrap_or_default()));
    }
    result
}

/// Runs of lines that both have, in order: (place in the old, place in the new, how many). The longest common
/// subsequence, by the table of lengths.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize, usize)> {
    let width = new.len() + 1;
    let mut lengths = vec![0_u16; (old.len() + 1) * width];
    let get = |lengths: &[u16], row: usize, column: usize| {
        lengths.get(row * width + column).copied().unwrap_or(0)
    };
    for (row, old_line) in old.iter().enumerate().rev() {
        for (column, new_line) in new.iter().enumerate().rev() {
            let best = if old_line == new_line {
                get(&lengths, row + 1, column + 1) + 1
            } else {
                get(&lengths, row + 1, column).max(get(&lengths, row, column + 1))
            };
            if let Some(cell) = lengths.get_mut(row * width + column) {
                *cell = best;
            }
        }
    }
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    let (mut row, mut column) = (0, 0);
    while let (Some(old_line), Some(new_line)) = (old.get(row), new.get(column)) {
        if old_line == new_line {
            match runs.last_mut() {
                Some((r, c, length)) if *r + *length == row && *c + *length == column => {
                    *length += 1
                }
                _ => runs.push((row, column, 1)),
            }
            (row, column) = (row + 1, column + 1);
        } else if get(&lengths, row + 1, column) >= get(&lengths, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    runs
}
