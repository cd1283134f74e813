//! Where to go on behind a mistake.

use super::Parser;
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
        let mut open = 0_u32;
        let mut at = from;
        loop {
            let token = self.token(at);
            let is_behind = at >= self.at && at > from;
            match token.kind {
                Kind::End => break,
                Kind::Newline if open == 0 && at >= self.at => break,
                Kind::Comma if open == 0 && at >= self.at && lost == Lost::Entry => break,
                _ if is_behind && self.is_outside(token, at, indent, open) => break,
                Kind::RightBrace if open == 0 && at >= self.at => break,
                kind if kind.opens() => open += 1,
                kind if kind.closes() => open = open.saturating_sub(1),
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
    fn is_outside(&mut self, token: Token, at: usize, indent: u32, open: u32) -> bool {
        if self.layout.is_balanced() || !token.is_first || token.kind == Kind::Newline {
            return false;
        }
        if token.kind.closes() {
            return token.indent < indent || token.indent == indent && open == 0;
        }
        let next = self.token(at + 1).kind;
        let begins_item = token.kind == Kind::Name
            && matches!(next, Kind::Assign | Kind::LeftBrace | Kind::Name | Kind::Quote);
        token.indent <= indent && (begins_item || open == 0)
    }
}
