//! Whether brackets can be trusted, or the way lines are set in has to tell what belongs together.

use crate::syntax::token::{Kind, Token};

/// What is known of a file's brackets before it is parsed.
///
/// Where every bracket has its partner, indentation means nothing. Where one is missing or too
/// many, indentation is the best witness of what the author meant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Some bracket is never closed.
    pub(super) is_closing_missing: bool,
    /// Some bracket closes nothing.
    pub(super) is_closing_surplus: bool,
    /// The end of the file was swallowed, so nothing can be said about what is missing there.
    pub(super) is_tail_lost: bool,
}

impl Layout {
    pub(super) fn of(tokens: &[Token], is_tail_lost: bool) -> Self {
        let mut open: Vec<Kind> = Vec::new();
        let mut layout =
            Self { is_closing_missing: false, is_closing_surplus: false, is_tail_lost };
        for token in tokens {
            if token.kind.opens() {
                open.push(token.kind.partner());
            } else if token.kind.closes() {
                match open.iter().rposition(|it| *it == token.kind) {
                    Some(at) => {
                        layout.is_closing_missing |= at + 1 < open.len();
                        open.truncate(at);
                    }
                    None => layout.is_closing_surplus = true,
                }
            }
        }
        layout.is_closing_missing |= !open.is_empty();
        layout
    }

    /// Whether each bracket has its partner.
    pub(super) fn is_balanced(self) -> bool {
        !self.is_closing_missing && !self.is_closing_surplus
    }
}
