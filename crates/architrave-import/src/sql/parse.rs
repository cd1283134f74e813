//! Parses one statement within bounds, and finds the places of its names again.

use architrave_model::{FileId, Span};
use sqlparser::{
    ast,
    parser::Parser,
    tokenizer::{Location, Token, TokenWithSpan, Tokenizer},
};

use super::{dialect::Dialect, split::Statement};

/// Largest statement. A table with 1,000 columns has about 60 KB.
const BYTES_MAX: usize = 256 * 1024;
/// Most tokens between two commas: the parser makes a tree as deep as a chain of operators is long, and a
/// tree that is too deep cannot be taken apart again.
const ELEMENT_TOKENS_MAX: usize = 600;
/// Deepest nesting of parentheses.
const NESTING_MAX: usize = 40;

/// A statement as tokens, with the place of each.
pub(super) struct Tokens {
    file: FileId,
    start: u32,
    end: u32,
    dialect: Dialect,
    tokens: Vec<TokenWithSpan>,
    /// Where tokens begin, ascending: place in lines and columns, place in bytes.
    places: Vec<(Location, u32)>,
}

/// Why a statement could not be parsed.
pub(super) enum Failure {
    /// It goes beyond the bounds.
    TooLarge,
    /// The grammar does not know it; where, if that is known.
    Unknown(Option<Span>),
}

impl Tokens {
    pub(super) fn new(
        file: FileId,
        statement: Statement<'_>,
        dialect: Dialect,
    ) -> Result<Self, Failure> {
        let text = statement.text;
        if text.len() > BYTES_MAX {
            return Err(Failure::TooLarge);
        }
        let [parser, ..] = dialect.parsers();
        let tokens = Tokenizer::new(parser, text)
            .tokenize_with_location()
            .map_err(|_| Failure::Unknown(None))?;
        if !is_bounded(&tokens) {
            return Err(Failure::TooLarge);
        }
        let start = u32::try_from(statement.start).unwrap_or(u32::MAX);
        let end = start.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let places = places(text, &tokens, start);
        Ok(Self { file, start, end, dialect, tokens, places })
    }

    /// The whole statement.
    pub(super) fn span(&self) -> Span {
        Span { file: self.file, start: self.start, end: self.end }
    }

    /// The first line's worth of the statement, for findings and steps about the whole of it.
    pub(super) fn head(&self) -> Span {
        let last = self.words().take(3).last().map_or(self.end, |(_, span)| span.end);
        Span { end: last, ..self.span() }
    }

    /// Parses the statement with the grammars of the dialect.
    pub(super) fn parse(&self) -> Result<ast::Statement, Failure> {
        for parser in self.dialect.parsers() {
            let parsed = Parser::new(parser)
                .with_recursion_limit(NESTING_MAX)
                .with_tokens_with_locations(self.tokens.clone())
                .parse_statement();
            if let Ok(statement) = parsed {
                return Ok(statement);
            }
        }
        Err(Failure::Unknown(None))
    }

    /// Place of a name that the parser found.
    pub(super) fn place(&self, ident: &ast::Ident) -> Span {
        let from = self.byte(ident.span.start);
        let to = self.byte(ident.span.end);
        match from {
            Some(start) => {
                let end =
                    to.unwrap_or_else(|| start + u32::try_from(ident.value.len()).unwrap_or(0));
                Span { file: self.file, start, end: end.clamp(start, self.end) }
            }
            None => self.head(),
        }
    }

    /// Place of the last part of a path such as `public.orders`.
    pub(super) fn place_of(&self, name: &ast::ObjectName) -> Span {
        name.0
            .last()
            .and_then(ast::ObjectNamePart::as_ident)
            .map_or(self.head(), |it| self.place(it))
    }

    /// A name as the product keeps it: PostgreSQL writes it small where it stands without quotes.
    pub(super) fn folded(&self, ident: &ast::Ident) -> String {
        if ident.quote_style.is_none() && self.dialect == Dialect::PostgreSql {
            ident.value.to_lowercase()
        } else {
            ident.value.clone()
        }
    }

    /// The parts of a path: `public."Orders"` is `public`, `Orders`.
    pub(super) fn parts(&self, name: &ast::ObjectName) -> Vec<String> {
        let idents = name.0.iter().filter_map(ast::ObjectNamePart::as_ident);
        idents.map(|it| self.folded(it)).collect()
    }

    fn byte(&self, location: Location) -> Option<u32> {
        let found = self.places.binary_search_by(|(it, _)| it.cmp(&location)).ok()?;
        self.places.get(found).map(|it| it.1)
    }

    /// Tokens that are neither space nor comments, as text in lower case (names in quotes as they are), with
    /// their places.
    pub(super) fn words(&self) -> impl Iterator<Item = (String, Span)> {
        self.tokens.iter().filter_map(|it| {
            let text = match &it.token {
                Token::Whitespace(_) | Token::EOF => return None,
                Token::Word(word) if word.quote_style.is_none() => word.value.to_ascii_lowercase(),
                Token::Word(word) => word.value.clone(),
                Token::SingleQuotedString(text) => format!("'{text}"),
                other => other.to_string(),
            };
            let start = self.byte(it.span.start)?;
            let end = self.byte(it.span.end).unwrap_or(self.end).max(start);
            Some((text, Span { file: self.file, start, end }))
        })
    }
}

/// Whether no part is longer or deeper than what the parser may be given.
fn is_bounded(tokens: &[TokenWithSpan]) -> bool {
    let mut counts = vec![0usize];
    for token in tokens {
        match token.token {
            Token::Whitespace(_) => continue,
            Token::LParen | Token::LBracket | Token::LBrace => {
                if let Some(last) = counts.last_mut() {
                    *last += 1;
                }
                counts.push(0);
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                counts.pop();
                if counts.is_empty() {
                    counts.push(0);
                }
            }
            Token::Comma => {
                if let Some(last) = counts.last_mut() {
                    *last = 0;
                }
            }
            _ => {
                if let Some(last) = counts.last_mut() {
                    *last += 1;
                }
            }
        }
        if counts.len() > NESTING_MAX || counts.last().is_some_and(|it| *it > ELEMENT_TOKENS_MAX) {
            return false;
        }
    }
    true
}

/// Bytes of the places where tokens begin and end. One pass: places are in lines and columns (of characters).
fn places(text: &str, tokens: &[TokenWithSpan], start: u32) -> Vec<(Location, u32)> {
    let mut wanted: Vec<Location> =
        tokens.iter().flat_map(|it| [it.span.start, it.span.end]).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut wanted = wanted.into_iter().peekable();
    let mut found = Vec::new();
    let mut here = Location::new(1, 1);
    let indices = text.char_indices().chain([(text.len(), '\n')]);
    for (byte, character) in indices {
        while wanted.peek().is_some_and(|it| *it <= here) {
            if let Some(location) = wanted.next()
                && location == here
            {
                let byte = u32::try_from(byte).unwrap_or(u32::MAX);
                found.push((location, start.saturating_add(byte)));
            }
        }
        here = if character == '\n' {
            Location::new(here.line + 1, 1)
        } else {
            Location::new(here.line, here.column + 1)
        };
    }
    found
}
