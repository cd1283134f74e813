//! Tokens to syntax tree. Never fails: each mistake is reported once and left out of the tree.
//!
//! Start reading at [`parse`], then `body.rs` (settings and blocks), then `expression.rs`.

mod atom;
mod block;
mod body;
mod collection;
mod documentation;
mod expression;
mod habit;
mod layout;
mod name;
mod recover;
mod say;
mod text;

use std::collections::BTreeSet;

use architrave_model::{FileId, Finding, Severity, Span};

use self::layout::Layout;
use super::ast::File;
use super::lex::lex;
use super::token::{Kind, Token};
use super::{FILE_BYTES_MAX, FINDINGS_MAX, code};

/// Reads the text of one file.
///
/// Always returns the part that was understood, and a finding for each mistake, in the order of the
/// text. Text above [`FILE_BYTES_MAX`] is not read at all.
#[must_use]
pub fn parse(id: FileId, text: &str) -> (File, Vec<Finding>) {
    if text.len() > FILE_BYTES_MAX {
        return too_large(id, text);
    }
    let lexed = lex(id, text);
    let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let lexed_count = lexed.findings.len();
    let mut parser = Parser {
        file: id,
        text,
        tokens: &lexed.tokens,
        at: 0,
        previous: Span { file: id, start: 0, end: 0 },
        are_newlines_significant: true,
        depth: 0,
        height: 0,
        quiet_until: 0,
        is_in_line_block: false,
        layout: Layout::of(&lexed.tokens, lexed.is_tail_lost),
        findings: lexed.findings,
    };
    let items = parser.items(None);
    let mut findings = without_echoes(parser.findings, lexed_count, text);
    findings.sort_by_key(|it| (it.span().start, it.span().end));
    findings.dedup_by_key(|it| it.span());
    findings.truncate(FINDINGS_MAX);
    (File { id, items, end: Span { file: id, start: end, end } }, findings)
}

/// Without what the parser said of lines on which a text is never closed: there a quote is missing,
/// nobody knows where, and everything else is its echo.
fn without_echoes(findings: Vec<Finding>, lexed_count: usize, text: &str) -> Vec<Finding> {
    let line_of = |it: &Finding| {
        let before = text.get(..it.span().start as usize).unwrap_or_default();
        before.rfind('\n').map_or(0, |it| it + 1)
    };
    let lexed = findings.iter().take(lexed_count);
    let broken: BTreeSet<usize> =
        lexed.filter(|it| it.code == code::TEXT_NOT_CLOSED).map(line_of).collect();
    if broken.is_empty() {
        return findings;
    }
    let kept = findings.into_iter().enumerate();
    let kept = kept.filter(|(at, it)| *at < lexed_count || !broken.contains(&line_of(it)));
    kept.map(|(_, it)| it).collect()
}

fn too_large(id: FileId, text: &str) -> (File, Vec<Finding>) {
    let start = Span { file: id, start: 0, end: 0 };
    let limit = FILE_BYTES_MAX / (1024 * 1024);
    let finding = Finding::new(
        code::FILE_TOO_LARGE,
        Severity::Error,
        start,
        format!("this file has {} bytes; at most {limit} MB are read", text.len()),
        "",
    )
    .help("put each context into a file of its own, in one folder");
    (File { id, items: Vec::new(), end: start }, vec![finding])
}

/// Whether every bracket has its partner.
pub(super) fn is_balanced(tokens: &[Token]) -> bool {
    Layout::of(tokens, false).is_balanced()
}

/// Said of something that was reported: whoever gets it goes on behind the mistake, in silence.
#[derive(Debug)]
struct Poisoned;

type Parse<T> = Result<T, Poisoned>;

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    tokens: &'a [Token],
    /// Position in `tokens`.
    at: usize,
    /// The last token that was taken, line ends aside.
    previous: Span,
    /// Whether a line end ends what is being read; not so inside `(…)`, `[…]` and `${…}`.
    are_newlines_significant: bool,
    /// How many blocks and expressions are open.
    depth: u32,
    /// How high the tree of the expression read last is.
    height: u32,
    /// Until which byte nothing is said about things that share a line, because it was said.
    quiet_until: u32,
    /// Whether a setting of a block on one line is read, so that a `}` behind it is the block's.
    is_in_line_block: bool,
    layout: Layout,
    findings: Vec<Finding>,
}

impl Parser<'_> {
    /// The token at a position, comments included.
    fn token(&self, at: usize) -> Token {
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let fallback = Token { kind: Kind::End, is_first: false, start: end, end, indent: 0 };
        self.tokens.get(at).or(self.tokens.last()).copied().unwrap_or(fallback)
    }

    /// The next token that counts.
    fn peek(&mut self) -> Token {
        loop {
            let token = self.token(self.at);
            let is_skipped =
                token.is_comment() || token.kind == Kind::Newline && !self.are_newlines_significant;
            if !is_skipped {
                return token;
            }
            self.at += 1;
        }
    }

    /// The token that counts behind the next one.
    fn peek_second(&mut self) -> Token {
        self.peek();
        let mut at = self.at + 1;
        loop {
            let token = self.token(at);
            let is_skipped =
                token.is_comment() || token.kind == Kind::Newline && !self.are_newlines_significant;
            if !is_skipped {
                return token;
            }
            at += 1;
        }
    }

    /// Takes the next token that counts. The end of the text is never passed.
    fn bump(&mut self) -> Token {
        let token = self.peek();
        if token.kind != Kind::End {
            self.at += 1;
        }
        if token.kind != Kind::Newline {
            self.previous = self.span(token);
        }
        token
    }

    /// Takes the next token if it is of a kind.
    fn eat(&mut self, kind: Kind) -> bool {
        let is_there = self.peek().kind == kind;
        if is_there {
            self.bump();
        }
        is_there
    }

    fn span(&self, token: Token) -> Span {
        Span { file: self.file, start: token.start, end: token.end }
    }

    /// The text of a place.
    fn source(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    /// Runs `read` with line ends significant or not, and puts the old rule back.
    fn with_newlines<T>(&mut self, are_significant: bool, read: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.are_newlines_significant, are_significant);
        let result = read(self);
        self.are_newlines_significant = before;
        result
    }

    /// Whether the next token begins a line with `name =`, as settings do.
    fn is_at_setting(&mut self) -> bool {
        let token = self.peek();
        token.is_first && token.kind == Kind::Name && self.peek_second().kind == Kind::Assign
    }
}
