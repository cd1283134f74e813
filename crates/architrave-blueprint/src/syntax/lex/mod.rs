//! Cuts text into tokens. Never fails: what it cannot read becomes [`Kind::Unknown`].

mod characters;
mod heredoc;
mod text;

use architrave_model::{FileId, Finding, Fix, Severity, Span};

use self::heredoc::{Heredoc, Heredocs};
use super::code;
use super::token::{Kind, Token};
use super::{FINDINGS_MAX, NESTING_MAX};

pub(crate) use self::characters::is_invisible;

/// How far behind a quote that is not ours its partner is looked for; without a limit, a line of
/// opening quotes alone would be searched to its end by each of them.
const FOREIGN_TEXT_CHARACTERS_MAX: usize = 400;

/// What the lexer has to say.
pub(super) struct Lexed {
    /// In order, the last is [`Kind::End`].
    pub(super) tokens: Vec<Token>,
    /// Texts never closed, characters that must not be there.
    pub(super) findings: Vec<Finding>,
    /// Whether a comment or heredoc swallowed the rest of the file, so that nothing can be said
    /// about what is missing at its end.
    pub(super) is_tail_lost: bool,
}

/// Cuts the text of one file.
pub(super) fn lex(file: FileId, text: &str) -> Lexed {
    let mut lexer = Lexer {
        file,
        text,
        bytes: text.as_bytes(),
        position: 0,
        line_start: 0,
        indent: 0,
        modes: Vec::new(),
        heredocs: Heredocs::default(),
        tokens: Vec::with_capacity(text.len() / 4 + 1),
        findings: characters::check(file, text),
        is_tail_lost: false,
    };
    lexer.run();
    Lexed { tokens: lexer.tokens, findings: lexer.findings, is_tail_lost: lexer.is_tail_lost }
}

/// What the lexer is inside of.
enum Mode {
    /// Quoted text; where its quote stands.
    Quote(usize),
    /// A heredoc.
    Heredoc(Heredoc),
    /// `${…}`; where it begins and how many braces are open in it.
    Interpolation(usize, u32),
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
    line_start: usize,
    indent: u32,
    modes: Vec<Mode>,
    heredocs: Heredocs,
    tokens: Vec<Token>,
    findings: Vec<Finding>,
    is_tail_lost: bool,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.position = 3;
            self.line_start = 3;
        }
        while self.position < self.bytes.len() {
            match self.modes.last() {
                Some(Mode::Quote(_)) => self.quoted(),
                Some(Mode::Heredoc(_)) => self.heredoc(),
                Some(Mode::Interpolation(..)) | None => self.code(),
            }
        }
        self.abandon_line();
        if let Some(Mode::Heredoc(heredoc)) = self.modes.pop() {
            // Only an empty heredoc at the very end of the text gets here.
            self.close_heredoc(heredoc);
        }
        self.push(Kind::End, self.position);
    }

    /// The byte at a distance from here; 0 behind the end.
    fn byte(&self, distance: usize) -> u8 {
        self.bytes.get(self.position + distance).copied().unwrap_or_default()
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: offset(start), end: offset(end) }
    }

    /// Adds the token from `start` to the current position.
    fn push(&mut self, kind: Kind, start: usize) {
        let is_first = self.tokens.last().is_none_or(|it| it.kind == Kind::Newline);
        if is_first {
            self.indent = offset(start.saturating_sub(self.line_start));
        }
        self.tokens.push(Token {
            kind,
            is_first,
            start: offset(start),
            end: offset(self.position),
            indent: self.indent,
        });
    }

    /// Adds a token of `length` bytes.
    fn take(&mut self, kind: Kind, length: usize) {
        let start = self.position;
        self.position += length;
        self.push(kind, start);
    }

    fn report(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }

    /// One token outside of texts.
    fn code(&mut self) {
        match self.byte(0) {
            b' ' | b'\t' => self.position += 1,
            b'\n' => self.line_end(1),
            b'\r' if self.byte(1) == b'\n' => self.line_end(2),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => self.block_comment(),
            b'"' => {
                self.open(Mode::Quote(self.position), Kind::Quote, 1);
            }
            b'0'..=b'9' => self.number(),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.name(),
            b'<' if self.byte(1) == b'<' && self.modes.is_empty() => self.heredoc_start(),
            b'{' => self.brace_open(),
            b'}' => self.brace_close(),
            byte if byte.is_ascii() => self.punctuation(),
            _ => self.beyond_ascii(),
        }
    }

    fn line_end(&mut self, length: usize) {
        if !self.modes.is_empty() {
            // The line end is read again in the mode that is left.
            self.abandon_line();
            if !self.modes.is_empty() {
                return;
            }
        }
        self.take(Kind::Newline, length);
        self.line_start = self.position;
    }

    fn line_comment(&mut self) {
        let start = self.position;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        let has_return = length > 0 && rest.get(length - 1) == Some(&b'\r') && length < rest.len();
        self.take(Kind::LineComment, if has_return { length - 1 } else { length });
    }

    fn block_comment(&mut self) {
        let start = self.position;
        let rest = self.text.get(start + 2..).unwrap_or_default();
        match rest.find("*/") {
            Some(length) => self.take(Kind::BlockComment, length + 4),
            None => {
                self.report(
                    Finding::new(
                        code::TEXT_NOT_CLOSED,
                        Severity::Error,
                        self.span(start, start + 2),
                        "this comment is never closed",
                        "everything behind it is left out",
                    )
                    .help("close it with `*/`, or begin each of its lines with `#`"),
                );
                self.take(Kind::BlockComment, rest.len() + 2);
                self.is_tail_lost = true;
            }
        }
    }

    fn number(&mut self) {
        // Names glued to a number belong to it (`5MB`), so that the finding covers what was meant.
        let mut end = self.position;
        loop {
            match self.bytes.get(end) {
                Some(b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_') => end += 1,
                Some(b'.') if self.bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => end += 1,
                _ => break,
            }
        }
        self.take(Kind::Number, end - self.position);
    }

    fn name(&mut self) {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let is_part = |it: char| it.is_alphanumeric() || it == '_' || it == '-';
        let length = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
        self.take(Kind::Name, length);
    }

    fn brace_open(&mut self) {
        if let Some(Mode::Interpolation(_, braces)) = self.modes.last_mut() {
            *braces += 1;
        }
        self.take(Kind::LeftBrace, 1);
    }

    fn brace_close(&mut self) {
        match self.modes.last_mut() {
            Some(Mode::Interpolation(_, 0)) => {
                self.modes.pop();
                self.take(Kind::InterpolationEnd, 1);
            }
            Some(Mode::Interpolation(_, braces)) => {
                *braces -= 1;
                self.take(Kind::RightBrace, 1);
            }
            _ => self.take(Kind::RightBrace, 1),
        }
    }

    fn punctuation(&mut self) {
        let (kind, length) = match (self.byte(0), self.byte(1), self.byte(2)) {
            (b'[', ..) => (Kind::LeftBracket, 1),
            (b']', ..) => (Kind::RightBracket, 1),
            (b'(', ..) => (Kind::LeftParenthesis, 1),
            (b')', ..) => (Kind::RightParenthesis, 1),
            (b',', ..) => (Kind::Comma, 1),
            (b'.', b'.', b'.') => (Kind::Ellipsis, 3),
            (b'.', ..) => (Kind::Dot, 1),
            (b'?', ..) => (Kind::Question, 1),
            (b':', ..) => (Kind::Colon, 1),
            (b'=', b'=', _) => (Kind::Equal, 2),
            (b'=', ..) => (Kind::Assign, 1),
            (b'!', b'=', _) => (Kind::NotEqual, 2),
            (b'!', ..) => (Kind::Not, 1),
            (b'<', b'=', _) => (Kind::LessOrEqual, 2),
            (b'<', ..) => (Kind::Less, 1),
            (b'>', b'=', _) => (Kind::GreaterOrEqual, 2),
            (b'>', ..) => (Kind::Greater, 1),
            (b'&', b'&', _) => (Kind::And, 2),
            (b'|', b'|', _) => (Kind::Or, 2),
            (b'+', ..) => (Kind::Plus, 1),
            (b'-', ..) => (Kind::Minus, 1),
            (b'*', ..) => (Kind::Star, 1),
            (b'/', ..) => (Kind::Slash, 1),
            (b'%', ..) => (Kind::Percent, 1),
            (b'\'', ..) => return self.foreign_text('\'', &['\'']),
            // Reported by `characters`, and then as good as a space.
            (0..=31 | 127, ..) => return self.position += 1,
            _ => (Kind::Unknown, 1),
        };
        self.take(kind, length);
    }

    fn beyond_ascii(&mut self) {
        let rest = self.text.get(self.position..).unwrap_or_default();
        let Some(character) = rest.chars().next() else { return };
        match character {
            '“' | '”' | '„' => self.foreign_text(character, &['“', '”', '"']),
            '‘' | '’' | '‚' => self.foreign_text(character, &['‘', '’', '\'']),
            '«' => self.foreign_text(character, &['»']),
            it if is_invisible(it) => self.position += it.len_utf8(),
            it if it.is_whitespace() => self.foreign_space(it),
            it if it.is_alphabetic() => self.name(),
            it => self.take(Kind::Unknown, it.len_utf8()),
        }
    }

    /// A text in quotes that are not `"`, when it is closed on its line.
    fn foreign_text(&mut self, open: char, close: &[char]) {
        let rest = self.text.get(self.position + open.len_utf8()..).unwrap_or_default();
        let near =
            rest.char_indices().nth(FOREIGN_TEXT_CHARACTERS_MAX).map_or(rest.len(), |it| it.0);
        let near = rest.get(..near).unwrap_or_default();
        let line = near.split(['\n', '"']).next().unwrap_or_default();
        // A `"` may close what a typographic quote opened, but is looked for only at its very place.
        let close_at = line
            .find(close)
            .or((close.contains(&'"') && rest.as_bytes().get(line.len()) == Some(&b'"'))
                .then_some(line.len()));
        match close_at {
            Some(at) => {
                let close = rest.get(at..).and_then(|it| it.chars().next()).unwrap_or(open);
                self.take(Kind::ForeignText, open.len_utf8() + at + close.len_utf8());
            }
            None => self.take(Kind::Unknown, open.len_utf8()),
        }
    }

    /// A space that is not one of ours, e.g. the no-break space that word processors insert.
    fn foreign_space(&mut self, space: char) {
        let span = self.span(self.position, self.position + space.len_utf8());
        let name = format!("U+{:04X}", u32::from(space));
        self.report(
            Finding::new(
                code::INVISIBLE_CHARACTER,
                Severity::Error,
                span,
                format!("this looks like a space but is another character ({name})"),
                "not a plain space",
            )
            .fix(Fix {
                title: "replace it by a plain space".into(),
                edits: vec![architrave_model::Edit { span, text: " ".into() }],
                is_unambiguous: true,
            }),
        );
        self.position += space.len_utf8();
    }

    /// Enters a mode, unless too many are open: then the rest of the line is one unknown token.
    fn open(&mut self, mode: Mode, kind: Kind, length: usize) {
        if self.modes.len() < NESTING_MAX as usize {
            self.modes.push(mode);
            return self.take(kind, length);
        }
        self.report(
            Finding::new(
                code::NESTED_TOO_DEEP,
                Severity::Error,
                self.span(self.position, self.position + length),
                format!("texts nest more than {NESTING_MAX} levels deep"),
                "one level too many",
            )
            .help("compose the text in fewer steps"),
        );
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let length = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        self.take(Kind::Unknown, length);
    }
}

/// A position as it stands in spans; files are limited to far less than 4 GB before.
fn offset(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
