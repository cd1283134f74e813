//! Heredocs: texts of several lines, from `<<EOT` to a line that says `EOT`.

use std::collections::BTreeMap;

use architrave_model::{Finding, Severity};

use super::{Lexer, Mode, offset};
use crate::syntax::code;
use crate::syntax::token::Kind;

/// An open heredoc and where it ends.
pub(super) struct Heredoc {
    /// One past the last byte of its text.
    pub(super) content_end: usize,
    /// One past the last byte of the line that ends it; equal to `content_end` where it is missing.
    close_end: usize,
    /// Whether the line that ends it was found.
    is_closed: bool,
}

/// Where each line stands that may end a heredoc; made when the first heredoc is met, so that a
/// file of unclosed heredocs is still read in one go.
#[derive(Default)]
pub(super) struct Heredocs {
    ends: Option<BTreeMap<String, Vec<(usize, usize)>>>,
}

impl Heredocs {
    /// The first line at or behind `from` that says `marker`: its start and the end of the marker.
    fn end(&mut self, text: &str, marker: &str, from: usize) -> Option<(usize, usize)> {
        let ends = self.ends.get_or_insert_with(|| candidates(text)).get(marker)?;
        ends.get(ends.partition_point(|it| it.0 < from)).copied()
    }
}

fn candidates(text: &str) -> BTreeMap<String, Vec<(usize, usize)>> {
    let mut ends: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let word = line.trim();
        if !word.is_empty() && word.bytes().all(is_marker) {
            let end = start + line.trim_end().len();
            ends.entry(word.to_owned()).or_default().push((start, end));
        }
        start += line.len();
    }
    ends
}

fn is_marker(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

impl Lexer<'_> {
    /// `<<EOT` or `<<-EOT`, or two `<` that open no text.
    pub(super) fn heredoc_start(&mut self) {
        let text = self.text;
        let start = self.position;
        let behind = text.get(start + 2..).unwrap_or_default();
        let word = behind.strip_prefix('-').unwrap_or(behind);
        let length = word.bytes().take_while(|it| is_marker(*it)).count();
        let (marker, rest) = word.split_at_checked(length).unwrap_or_default();
        let line_end = [("\r\n", 2), ("\n", 1)].iter().find(|it| rest.starts_with(it.0));
        let line_end = line_end.map(|it| it.1).or(rest.is_empty().then_some(0));
        let is_name = marker.starts_with(|it: char| it.is_ascii_alphabetic());
        let Some(line_end) = line_end.filter(|_| is_name) else {
            return self.take(Kind::Unknown, 2);
        };
        let content = text.len() - rest.len() + line_end;
        let heredoc = match self.heredocs.end(text, marker, content) {
            Some((content_end, close_end)) => Heredoc { content_end, close_end, is_closed: true },
            None => self.unclosed(marker, start, content),
        };
        self.modes.push(Mode::Heredoc(heredoc));
        self.take(Kind::Heredoc, content - start);
    }

    /// A heredoc whose end is missing ends before the first line that looks like a setting or a
    /// block at the depth of the line it began on, or at the end of the text.
    fn unclosed(&mut self, marker: &str, start: usize, content: usize) -> Heredoc {
        self.report(
            Finding::new(
                code::TEXT_NOT_CLOSED,
                Severity::Error,
                self.span(start, content).trimmed(self.text),
                format!("the text that begins with `<<{marker}` is never closed"),
                "opened here",
            )
            .help(format!("end it with a line that says only `{marker}`")),
        );
        let mut at = content;
        // Only the first one is looked for line by line: a second pass over the same lines by
        // thousands of unclosed heredocs would take for ever.
        if !self.is_tail_lost {
            for line in self.text.get(content..).unwrap_or_default().split_inclusive('\n') {
                if looks_like_item(line, self.indent as usize) {
                    break;
                }
                at += line.len();
            }
        }
        self.is_tail_lost = true;
        Heredoc { content_end: at, close_end: at, is_closed: false }
    }

    pub(super) fn close_heredoc(&mut self, heredoc: Heredoc) {
        let start = self.position;
        self.position = heredoc.close_end;
        if heredoc.is_closed {
            self.push(Kind::HeredocEnd, start);
        } else {
            // What follows is the start of a line.
            self.push(Kind::Newline, start);
            self.line_start = self.position;
        }
    }
}

fn looks_like_item(line: &str, indent: usize) -> bool {
    let text = line.trim_start_matches([' ', '\t']);
    if line.len() - text.len() > indent {
        return false;
    }
    let rest = text.trim_start_matches(|it: char| it.is_ascii_alphanumeric() || it == '_');
    let has_name = rest.len() < text.len();
    let rest = rest.trim_start_matches([' ', '\t']);
    text.starts_with('}') || has_name && (rest.starts_with('=') || rest.trim_end().ends_with('{'))
}

trait Trimmed {
    fn trimmed(self, text: &str) -> Self;
}

impl Trimmed for architrave_model::Span {
    /// Without the end of the line.
    fn trimmed(self, text: &str) -> Self {
        let bytes = text.get(self.start as usize..self.end as usize).unwrap_or_default();
        Self { end: self.start + offset(bytes.trim_end().len()), ..self }
    }
}
