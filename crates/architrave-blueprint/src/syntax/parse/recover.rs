//! Where to go on behind a mistake.

use super::Parser;
use super::layout::Brackets;
use crate::syntax::token::{Kind, Token};

/// What is left when a mistake was made in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// A setting or a block's head: its line, and what its brackets hold.
    Item,
    /// An entry of an object: the same, but a comma ends it too.
    Entry,
}

impl Parser<'_> {
    /// Skips the rest of what began at token `from`. Stops before the line end behind it, or before
    /// the brace that closes what is around it.
    pub(super) fn recover(&mut self, from: usize, lost: Lost) {
        let indent = self.token(from).indent;
        let mut open = Brackets::default();
        let mut at = from;
        loop {
            let token = self.token(at);
            let is_behind = at >= self.at && at > from;
            match token.kind {
                Kind::End => break,
                Kind::Newline if open.is_empty() && at >= self.at => break,
                Kind::Comma if open.is_empty() && at >= self.at && lost == Lost::Entry => break,
                _ if is_behind && self.is_outside(token, at, indent, open.is_empty()) => break,
                Kind::RightBrace if at >= self.at && !open.is_open(token.kind) => {
                    // A `}` too many in the middle of a line is part of what is lost.
                    let is_surplus = self.layout.is_brace_surplus
                        && !self.layout.is_closing_missing
                        && !token.is_first
                        && !self.is_in_line_block
                        && lost == Lost::Item;
                    if !is_surplus {
                        break;
                    }
                }
                kind if kind.opens() => open.open(kind),
                // Brackets inside of it that were left open end with it.
                kind if kind.closes() => {
                    open.close(kind);
                }
                _ => {}
            }
            at += 1;
        }
        let taken = (from..at).rev().map(|it| self.token(it)).find(|it| it.kind != Kind::Newline);
        if let Some(token) = taken {
            self.previous = self.span(token);
        }
        self.at = at;
    }

    /// Whether a token belongs to the next item by the way its line is set in; asked only where
    /// brackets cannot tell.
    fn is_outside(&self, token: Token, at: usize, indent: u32, is_closed: bool) -> bool {
        if self.layout.is_balanced() || !token.is_first || token.kind == Kind::Newline {
            return false;
        }
        if token.kind.closes() {
            return token.indent < indent || token.indent == indent && is_closed;
        }
        let next = self.token(at + 1).kind;
        let begins_item = token.kind == Kind::Name
            && matches!(next, Kind::Assign | Kind::LeftBrace | Kind::Name | Kind::Quote);
        token.indent <= indent && (begins_item || is_closed)
    }
}
