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
    /// Some `}` closes nothing.
    pub(super) is_brace_surplus: bool,
    /// The end of the file was swallowed, so nothing can be said about what is missing there.
    pub(super) is_tail_lost: bool,
}

impl Layout {
    pub(super) fn of(tokens: &[Token], is_tail_lost: bool) -> Self {
        let mut brackets = Brackets::default();
        let mut layout = Self {
            is_closing_missing: false,
            is_closing_surplus: false,
            is_brace_surplus: false,
            is_tail_lost,
        };
        for token in tokens {
            if token.kind.opens() {
                brackets.open(token.kind);
            } else if token.kind.closes() {
                match brackets.close(token.kind) {
                    Some(left_open) => layout.is_closing_missing |= left_open > 0,
                    None => {
                        layout.is_closing_surplus = true;
                        layout.is_brace_surplus |= token.kind == Kind::RightBrace;
                    }
                }
            }
        }
        layout.is_closing_missing |= !brackets.is_empty();
        layout
    }

    /// Whether each bracket has its partner.
    pub(super) fn is_balanced(self) -> bool {
        !self.is_closing_missing && !self.is_closing_surplus
    }
}

/// The brackets that are open, each as the kind that closes it.
#[derive(Debug, Default)]
pub(super) struct Brackets {
    open: Vec<Kind>,
    /// How many of `open` are `}`, `]` and `)`: so that what closes nothing is known without a search.
    counts: [usize; 3],
}

impl Brackets {
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    pub(super) fn open(&mut self, kind: Kind) {
        let partner = kind.partner();
        self.open.push(partner);
        *self.count(partner) += 1;
    }

    /// Closes the innermost bracket of a kind, and all that were left open inside of it; says how
    /// many these were, or nothing where no bracket of the kind is open.
    pub(super) fn close(&mut self, kind: Kind) -> Option<usize> {
        if !self.is_open(kind) {
            return None;
        }
        let mut left_open = 0;
        while let Some(innermost) = self.open.pop() {
            *self.count(innermost) -= 1;
            if innermost == kind {
                break;
            }
            left_open += 1;
        }
        Some(left_open)
    }

    /// Whether a bracket that `kind` closes is open.
    pub(super) fn is_open(&mut self, kind: Kind) -> bool {
        *self.count(kind) > 0
    }

    fn count(&mut self, kind: Kind) -> &mut usize {
        let [braces, squares, parentheses] = &mut self.counts;
        match kind {
            Kind::RightBrace => braces,
            Kind::RightBracket => squares,
            _ => parentheses,
        }
    }
}
