//! Quoted texts and what is inside them.

use architrave_model::{Finding, Severity};

use super::{Lexer, Mode};
use crate::syntax::code;
use crate::syntax::token::Kind;

impl Lexer<'_> {
    /// One token inside quotes.
    pub(super) fn quoted(&mut self) {
        let start = self.position;
        loop {
            match (self.byte(0), self.byte(1), self.byte(2)) {
                _ if self.position >= self.bytes.len() => return self.piece(start),
                (b'"', ..) if self.position == start => {
                    self.modes.pop();
                    return self.take(Kind::QuoteEnd, 1);
                }
                (b'\n', ..) | (b'\r', b'\n', _) if self.position == start => {
                    return self.abandon_line();
                }
                (b'$', b'{', _) if self.position == start => {
                    let mode = Mode::Interpolation(start, 0);
                    return self.open(mode, Kind::Interpolation, 2);
                }
                (b'"' | b'\n', ..) | (b'\r', b'\n', _) | (b'$', b'{', _) => {
                    return self.piece(start);
                }
                (b'\\', next, _) if !matches!(next, b'\n' | b'\r') => self.skip(2),
                (b'$', b'$', b'{') | (b'%', b'%', b'{') => self.skip(3),
                _ => self.position += 1,
            }
        }
    }

    /// One token inside a heredoc.
    pub(super) fn heredoc(&mut self) {
        let Some(Mode::Heredoc(heredoc)) = self.modes.last() else { return };
        let (start, end) = (self.position, heredoc.content_end);
        while self.position < end {
            match (self.byte(0), self.byte(1), self.byte(2)) {
                (b'$', b'{', _) if self.position == start => {
                    let mode = Mode::Interpolation(start, 0);
                    return self.open(mode, Kind::Interpolation, 2);
                }
                (b'$', b'{', _) => return self.piece(start),
                (b'$', b'$', b'{') | (b'%', b'%', b'{') => self.skip(3),
                _ => self.position += 1,
            }
        }
        if self.position > start {
            return self.piece(start);
        }
        if let Some(Mode::Heredoc(heredoc)) = self.modes.pop() {
            self.close_heredoc(heredoc);
        }
    }

    /// Skips bytes of which the first is ASCII; a character behind it is left whole.
    fn skip(&mut self, length: usize) {
        self.position = (self.position + length).min(self.bytes.len());
        while !self.text.is_char_boundary(self.position) {
            self.position += 1;
        }
    }

    fn piece(&mut self, start: usize) {
        if self.position > start {
            self.push(Kind::Piece, start);
        }
    }

    /// Gives up all texts that are still open at the end of a line, down to the heredoc around
    /// them, and reports the outermost thing that was not closed.
    pub(super) fn abandon_line(&mut self) {
        let from = self.modes.iter().rposition(|it| matches!(it, Mode::Heredoc(_)));
        let from = from.map_or(0, |it| it + 1);
        let open = self.modes.split_off(from);
        let interpolation = open.iter().find_map(|it| match it {
            Mode::Interpolation(at, _) => Some(*at),
            _ => None,
        });
        if let Some(at) = interpolation {
            let (span, end) = (self.span(at, at + 2), self.span(self.position, self.position));
            self.report(
                Finding::new(
                    code::TEXT_NOT_CLOSED,
                    Severity::Error,
                    span,
                    "`${` is never closed",
                    "opened here",
                )
                .because(end, "`}` expected on this line")
                .help("close it with `}`, or write `$${` where the two characters are meant"),
            );
        } else if let Some(Mode::Quote(at)) = open.first() {
            let (span, end) = (self.span(*at, at + 1), self.span(self.position, self.position));
            self.report(
                Finding::new(
                    code::TEXT_NOT_CLOSED,
                    Severity::Error,
                    span,
                    "this text is never closed",
                    "opened here",
                )
                .because(end, "`\"` expected on this line")
                .help("close it with `\"`; a text of several lines is written as `<<EOT` … `EOT`"),
            );
        }
    }
}
