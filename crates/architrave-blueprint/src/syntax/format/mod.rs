//! Lays text out by the rules of `hclfmt`: two spaces a level, one space around operators, the `=`
//! of adjacent settings in one column. Works on words, never on the tree, so that comments and
//! everything else the author wrote stay; only space changes.

mod align;
mod lines;
mod words;

use architrave_model::{FileId, Finding};

use self::lines::Line;
use super::lex::lex;
use super::parse::{is_balanced, parse};
use super::{FILE_BYTES_MAX, FINDINGS_MAX, code};

/// The text laid out.
///
/// Lines whose words do not make sense stay as they are, down to the next line at the outermost
/// level; where brackets or texts are left open, the whole text does. Line ends stay as the first one
/// is. Formatting a second time changes nothing.
#[must_use]
pub fn format(text: &str) -> String {
    if text.len() > FILE_BYTES_MAX {
        return text.to_owned();
    }
    let lexed = lex(FileId(0), text);
    let (_, findings) = parse(FileId(0), text);
    let is_open = findings.iter().any(|it| it.code == code::TEXT_NOT_CLOSED);
    if is_open || findings.len() >= FINDINGS_MAX || !is_balanced(&lexed.tokens) {
        return text.to_owned();
    }
    let words = words::words(&lexed.tokens, text);
    let mut lines = lines::lines(&words, text);
    freeze(&mut lines, &findings);
    align::align(&mut lines);
    written(&lines, text)
}

/// Marks the lines to leave alone: all of an outermost item that holds a mistake.
fn freeze(lines: &mut [Line<'_>], findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    let is_start = |line: &Line<'_>| line.is_outermost;
    let mut rest = lines;
    while !rest.is_empty() {
        let length = rest.iter().skip(1).position(is_start).map_or(rest.len(), |it| it + 1);
        let (item, behind) = rest.split_at_mut(length);
        let start = item.first().map_or(0, |it| it.start);
        let end = item.last().map_or(0, |it| it.end);
        let is_hit = findings.iter().flat_map(|it| &it.labels).any(|it| {
            let span = it.span;
            // Behind the last line only an empty place can be, e.g. that of a missing bracket.
            let is_before_end = (span.start as usize) < end || behind.is_empty();
            is_before_end && span.end as usize >= start
        });
        item.iter_mut().for_each(|it| it.is_frozen = is_hit);
        rest = behind;
    }
}

fn written(lines: &[Line<'_>], text: &str) -> String {
    // The first line that stays: blank lines at the beginning do not.
    let first = lines.iter().find(|it| it.is_frozen || !it.words.is_empty());
    let first = first.and_then(|it| text.get(it.start..it.end)).unwrap_or_default();
    let line_end = if first.ends_with("\r\n") { "\r\n" } else { "\n" };
    let mut result = String::with_capacity(text.len() + text.len() / 8);
    if text.starts_with('\u{feff}') {
        result.push('\u{feff}');
    }
    let mut is_blank_due = false;
    let mut is_empty = true;
    for line in lines {
        if line.words.is_empty() && !line.is_frozen {
            is_blank_due = !is_empty;
            continue;
        }
        if std::mem::take(&mut is_blank_due) {
            result.push_str(line_end);
        }
        is_empty = false;
        line.write(text, line_end, &mut result);
    }
    result
}
