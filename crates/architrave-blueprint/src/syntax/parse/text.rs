//! Texts: quotes, heredocs, escapes and `${…}`.

use architrave_model::Span;

use super::say::{edit, error, quoted};
use super::{Parse, Parser, Poisoned};
use crate::syntax::ast::{Expression, ExpressionKind};
use crate::syntax::code;
use crate::syntax::token::{Kind, Token};

impl Parser<'_> {
    /// A quoted text or a heredoc as an expression, the cursor on its beginning.
    pub(super) fn text_expression(&mut self, open: Token) -> Parse<Expression> {
        self.bump();
        let is_heredoc = open.kind == Kind::Heredoc;
        let close = if is_heredoc { Kind::HeredocEnd } else { Kind::QuoteEnd };
        // Inside a text nothing is skipped: its tokens follow each other directly.
        let (mut pieces, height) = self.with_newlines(true, |it| it.pieces(close, is_heredoc))?;
        let span = self.span(open).to(self.previous);
        if is_heredoc && open.text(self.text).starts_with("<<-") {
            flush_left(&mut pieces);
        }
        self.height = height;
        let has_interpolation = pieces.iter().any(|it| !matches!(it.kind, ExpressionKind::Text(_)));
        if has_interpolation {
            self.grow(height, self.span(open))?;
            return Ok(Expression { kind: ExpressionKind::Template(pieces), span });
        }
        let kind = pieces.pop().map_or(ExpressionKind::Text(String::new()), |it| it.kind);
        Ok(Expression { kind, span })
    }

    fn pieces(&mut self, close: Kind, is_heredoc: bool) -> Parse<(Vec<Expression>, u32)> {
        let (mut pieces, mut height, mut is_good) = (Vec::new(), 1, true);
        loop {
            let token = self.peek();
            match token.kind {
                Kind::Piece => {
                    self.bump();
                    let text =
                        if is_heredoc { self.verbatim(token) } else { self.unescaped(token) };
                    let span = self.span(token);
                    match text {
                        Ok(text) => {
                            pieces.push(Expression { kind: ExpressionKind::Text(text), span });
                        }
                        Err(Poisoned) => is_good = false,
                    }
                }
                Kind::Interpolation if self.is_reported(token) => return Err(Poisoned),
                Kind::Interpolation => {
                    self.bump();
                    pieces.push(self.with_newlines(false, Self::interpolated)?);
                    height = height.max(self.height);
                }
                kind if kind == close => {
                    self.bump();
                    return if is_good { Ok((pieces, height)) } else { Err(Poisoned) };
                }
                // The lexer said that the text is never closed.
                _ => return Err(Poisoned),
            }
        }
    }

    /// Whether the lexer said of this very token that it is never closed.
    fn is_reported(&self, token: Token) -> bool {
        let span = self.span(token);
        self.findings.iter().any(|it| it.span() == span)
    }

    fn interpolated(&mut self) -> Parse<Expression> {
        let token = self.peek();
        if token.kind == Kind::InterpolationEnd {
            let span = self.previous.to(self.span(token));
            let finding =
                error(code::VALUE_MISSING, span, "`${}` holds nothing", "a value is expected");
            return Err(self.report(finding.help("write what stands here, e.g. `${event.number}`")));
        }
        let value = self.expression()?;
        let token = self.peek();
        if token.kind != Kind::InterpolationEnd {
            return Err(match token.kind {
                Kind::Newline | Kind::End => Poisoned,
                _ => self.unexpected(token, "`}`"),
            });
        }
        self.bump();
        Ok(value)
    }

    /// A quoted text without `${…}`: a label or a key.
    pub(super) fn plain_text(&mut self, what: &str) -> Parse<(String, Span)> {
        let open = self.peek();
        let expression = self.text_expression(open)?;
        match expression.kind {
            ExpressionKind::Text(text) => Ok((text, expression.span)),
            _ => {
                let title = format!("{what} cannot hold `${{…}}`");
                let finding =
                    error(code::UNEXPECTED, expression.span, title, "has to be plain text");
                Err(self.report(finding.help("write it out, or `$${` for the two characters")))
            }
        }
    }

    /// The text of a piece of a heredoc: as it stands, line ends as `\n`.
    fn verbatim(&mut self, token: Token) -> Parse<String> {
        let text = token.text(self.text);
        self.no_directive(token, text)?;
        Ok(text.replace("\r\n", "\n").replace("$${", "${").replace("%%{", "%{"))
    }

    /// `%{ if … }` is HCL's, not ours.
    fn no_directive(&mut self, token: Token, text: &str) -> Parse<()> {
        let found = text
            .match_indices("%{")
            .find(|it| !text.get(..it.0).unwrap_or_default().ends_with('%'));
        let Some((at, _)) = found else { return Ok(()) };
        let start = token.start + u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span { start, end: start + 2, file: self.file };
        let finding = error(
            code::LEFT_OUT,
            span,
            "`%{` is not part of the language",
            "left out of blueprints",
        )
        .help("choose with `${condition ? one : other}`; the two characters are written `%%{`");
        Err(self.report(finding.fix(edit("write the two characters", span, "%%{", false))))
    }

    /// The text of a piece of a quoted text, escapes resolved.
    fn unescaped(&mut self, token: Token) -> Parse<String> {
        let text = token.text(self.text);
        self.no_directive(token, text)?;
        if !text.contains(['\\', '$', '%']) {
            return Ok(text.to_owned());
        }
        let mut result = String::with_capacity(text.len());
        let mut is_good = true;
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let at = text.len() - rest.len();
            let (value, length) = if character == '\\' {
                match escape(rest) {
                    Some(it) => it,
                    None => {
                        self.report_escape(token, at, rest);
                        is_good = false;
                        (character, 1)
                    }
                }
            } else if rest.starts_with("$${") || rest.starts_with("%%{") {
                (character, 2)
            } else {
                (character, character.len_utf8())
            };
            result.push(value);
            rest = rest.get(length..).unwrap_or_default();
        }
        if is_good { Ok(result) } else { Err(Poisoned) }
    }

    fn report_escape(&mut self, token: Token, at: usize, rest: &str) {
        let shown: String = match rest.chars().nth(1) {
            Some(next @ ('u' | 'U')) => {
                let digits = rest.chars().skip(2).take_while(char::is_ascii_hexdigit);
                ['\\', next].into_iter().chain(digits.take(8)).collect()
            }
            Some(next) => ['\\', next].into_iter().collect(),
            None => "\\".into(),
        };
        let start = token.start + u32::try_from(at).unwrap_or(u32::MAX);
        let end = start + u32::try_from(shown.len()).unwrap_or_default();
        let span = Span { file: self.file, start, end };
        let title = format!("the escape {} has no meaning", quoted(&shown));
        let finding = error(code::ESCAPE, span, title, "not understood");
        let finding = finding
            .help("a backslash itself is written `\\\\`; known are \\n \\r \\t \\\" \\\\ \\uXXXX \\UXXXXXXXX");
        let backslash = Span { start, end: start, file: self.file };
        self.report(finding.fix(edit("write a backslash", backslash, "\\", true)));
    }
}

/// The character that an escape at the start of `text` stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let digits = |count: usize| {
        let digits = text.get(2..2 + count)?;
        let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        Some((char::from_u32(value)?, 2 + count))
    };
    match text.as_bytes().get(1)? {
        b'n' => Some(('\n', 2)),
        b'r' => Some(('\r', 2)),
        b't' => Some(('\t', 2)),
        b'"' => Some(('"', 2)),
        b'\\' => Some(('\\', 2)),
        b'u' => digits(4),
        b'U' => digits(8),
        _ => None,
    }
}

/// Takes the space that all lines of a `<<-` heredoc begin with away from each of them.
fn flush_left(pieces: &mut [Expression]) {
    let depth = {
        let mut lines = Vec::new();
        let mut is_line_start = true;
        for piece in pieces.iter() {
            if let ExpressionKind::Text(text) = &piece.kind {
                lines.extend(line_starts(text, is_line_start).filter_map(|it| indent_of(text, it)));
                is_line_start = text.ends_with('\n');
            } else {
                if is_line_start {
                    lines.push(0);
                }
                is_line_start = false;
            }
        }
        lines.into_iter().min().unwrap_or(0)
    };
    let mut is_line_start = true;
    for piece in pieces.iter_mut() {
        let ExpressionKind::Text(text) = &mut piece.kind else {
            is_line_start = false;
            continue;
        };
        let mut result = String::with_capacity(text.len());
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let space = line.len() - line.trim_start_matches([' ', '\t']).len();
            let cut = if index > 0 || is_line_start { space.min(depth) } else { 0 };
            result.push_str(line.get(cut..).unwrap_or_default());
        }
        is_line_start = text.ends_with('\n');
        *text = result;
    }
}

/// Where lines begin in a piece.
fn line_starts(text: &str, is_line_start: bool) -> impl Iterator<Item = usize> + '_ {
    let behind = text.match_indices('\n').map(|it| it.0 + 1).filter(|it| *it < text.len());
    is_line_start.then_some(0).into_iter().chain(behind)
}

/// How far a line is set in; nothing where it is blank.
fn indent_of(text: &str, start: usize) -> Option<usize> {
    let line = text.get(start..)?.split('\n').next()?;
    let is_whole = text.get(start..)?.contains('\n');
    let trimmed = line.trim_start_matches([' ', '\t']);
    (!trimmed.is_empty() || !is_whole).then_some(line.len() - trimmed.len())
}
