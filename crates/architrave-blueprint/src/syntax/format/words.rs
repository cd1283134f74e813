//! Words: tokens, with each text as one word, and the space between them.

use crate::syntax::token::{Kind, Token};

/// A token, or a whole text from its first quote to its last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// What it is; a whole text is what it begins with.
    pub(super) kind: Kind,
    /// Its bytes, without space at their end.
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// The words of a file whose texts are all closed.
pub(super) fn words<'a>(tokens: &[Token], source: &'a str) -> Vec<Word<'a>> {
    let mut words: Vec<Word<'a>> = Vec::with_capacity(tokens.len());
    let mut open = 0_u32;
    for token in tokens {
        let is_start = matches!(token.kind, Kind::Quote | Kind::Heredoc);
        if is_start {
            open += 1;
        }
        if open == 0 || is_start && open == 1 {
            words.push(word(*token, source));
        } else if let Some(word) = words.last_mut() {
            word.end = token.end as usize;
            word.text = source.get(word.start..word.end).unwrap_or_default();
        }
        if matches!(token.kind, Kind::QuoteEnd | Kind::HeredocEnd) {
            open = open.saturating_sub(1);
        }
    }
    words
}

fn word(token: Token, source: &str) -> Word<'_> {
    let text = token.text(source);
    let text = if token.kind == Kind::LineComment { text.trim_end() } else { text };
    Word { kind: token.kind, text, start: token.start as usize, end: token.end as usize }
}

impl Word<'_> {
    /// Whether it goes over more than one line.
    pub(super) fn is_tall(&self) -> bool {
        self.text.contains('\n')
    }

    /// Whether it is a word of `for … in … : … if …`.
    fn is_keyword(&self) -> bool {
        self.kind == Kind::Name && matches!(self.text, "in" | "if" | "for")
    }

    /// Whether a value can end with it, so that a `-` behind it subtracts.
    fn ends_value(&self) -> bool {
        match self.kind {
            Kind::Name => !self.is_keyword(),
            Kind::Number | Kind::Quote | Kind::Heredoc => true,
            kind => kind.closes(),
        }
    }
}

/// Whether a space stands between two words of a line; `before` is the word before both.
pub(super) fn is_spaced(before: Option<&Word<'_>>, left: &Word<'_>, right: &Word<'_>) -> bool {
    if matches!(left.kind, Kind::BlockComment)
        || matches!(right.kind, Kind::LineComment | Kind::BlockComment)
    {
        return true;
    }
    match (left.kind, right.kind) {
        (Kind::LeftBrace, Kind::RightBrace) => false,
        (Kind::LeftParenthesis | Kind::LeftBracket | Kind::Dot | Kind::Not, _) => false,
        (_, Kind::RightParenthesis | Kind::RightBracket | Kind::Comma | Kind::Dot) => false,
        (Kind::Minus, _) => before.is_some_and(Word::ends_value),
        (Kind::Name, Kind::LeftParenthesis | Kind::LeftBracket) => left.is_keyword(),
        (_, Kind::LeftBracket) => !left.ends_value(),
        _ => true,
    }
}
