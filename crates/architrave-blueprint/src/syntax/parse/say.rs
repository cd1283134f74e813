//! How the parser says what is wrong.

use architrave_model::{Code, Edit, Finding, Fix, Severity, Span};

use super::{Parser, Poisoned};
use crate::syntax::code;
use crate::syntax::token::{Kind, Token};
use crate::syntax::{FINDINGS_MAX, NESTING_MAX};

/// The most characters of the author's text that a title quotes.
const QUOTE_CHARACTERS_MAX: usize = 24;

impl Parser<'_> {
    pub(super) fn report(&mut self, finding: Finding) -> Poisoned {
        if self.findings.len() < 2 * FINDINGS_MAX {
            self.findings.push(finding);
        }
        Poisoned
    }

    /// Something stands where it cannot; `expected` says what could.
    pub(super) fn unexpected(&mut self, token: Token, expected: &str) -> Poisoned {
        let span = self.span(token);
        match token.kind {
            Kind::Unknown | Kind::ForeignText => self.unknown(token),
            Kind::Ellipsis => self.left_out(
                span,
                "`...` is not part of the language",
                "write the arguments one by one",
            ),
            Kind::Newline | Kind::End => {
                let place = self.previous.after();
                let title = format!("something is missing at the end of this line: {expected}");
                self.report(error(code::VALUE_MISSING, place, title, "expected here"))
            }
            kind if kind.closes() => self.closes_nothing(token),
            _ => {
                let title = format!("{} is not expected here", self.described(token));
                let finding = error(code::UNEXPECTED, self.whole(token), title, "not expected");
                let finding = match self.habit(token) {
                    Some((help, Some(fix))) => finding.help(help).fix(fix),
                    Some((help, None)) => finding.help(help),
                    None => finding.help(format!("{expected} is expected here")),
                };
                self.report(finding)
            }
        }
    }

    /// A bracket that closes nothing, or not what is open.
    pub(super) fn closes_nothing(&mut self, token: Token) -> Poisoned {
        let span = self.span(token);
        let title = format!("this `{}` closes nothing", token.text(self.text));
        let finding = error(code::BRACKETS, span, title, "nothing is open here");
        self.report(finding.fix(edit("remove it, or open what it should close", span, "", false)))
    }

    /// A bracket that was opened and is not closed where it should be.
    pub(super) fn not_closed(&mut self, open: Token, expected: Token) -> Poisoned {
        let close = match open.kind {
            Kind::LeftBrace => "}",
            Kind::LeftBracket => "]",
            _ => ")",
        };
        let title = format!("this `{}` is never closed", open.text(self.text));
        let mut finding = error(code::BRACKETS, self.span(open), title, "opened here");
        let place = match expected.kind {
            Kind::Newline | Kind::End => self.previous.after(),
            _ if expected.is_first => self.previous.after(),
            _ => self.span(expected),
        };
        if place.start > open.start {
            finding = finding.because(place, format!("`{close}` expected here"));
        }
        let title = format!("close it with `{close}`");
        self.report(finding.fix(edit(&title, self.previous.after(), close, false)))
    }

    /// A part of HCL that blueprints do not have.
    pub(super) fn left_out(&mut self, span: Span, title: &str, help: &str) -> Poisoned {
        self.report(error(code::LEFT_OUT, span, title, "left out of blueprints").help(help))
    }

    pub(super) fn too_deep(&mut self, span: Span) -> Poisoned {
        let title = format!("this nests more than {NESTING_MAX} levels deep");
        let finding = error(code::NESTED_TOO_DEEP, span, title, "one level too many");
        self.report(finding.help("split it, e.g. into computed fields or several settings"))
    }

    /// A token in a sentence: its text, or "this text" where only its quote would be seen.
    pub(super) fn described(&self, token: Token) -> String {
        match token.kind {
            Kind::Quote | Kind::Heredoc => "this text".into(),
            _ => quoted(token.text(self.text)),
        }
    }

    /// The place of a token; of a text on one line, all of it.
    pub(super) fn whole(&self, token: Token) -> Span {
        let span = self.span(token);
        if token.kind != Kind::Quote {
            return span;
        }
        let mut open = 0_u32;
        let mut tokens = (self.at..).map(|it| self.token(it));
        let last = tokens.find(|it| {
            match it.kind {
                Kind::Quote => open += 1,
                Kind::QuoteEnd => open = open.saturating_sub(1),
                _ => {}
            }
            open == 0 || matches!(it.kind, Kind::Newline | Kind::End)
        });
        match last {
            Some(last) if last.kind == Kind::QuoteEnd => span.to(self.span(last)),
            _ => span,
        }
    }

    /// A character or text that means nothing here.
    fn unknown(&mut self, token: Token) -> Poisoned {
        let span = self.span(token);
        let text = token.text(self.text);
        if token.kind == Kind::ForeignText {
            let fix = foreign_text(text);
            let finding = error(
                code::CHARACTER,
                span,
                "texts stand in straight double quotes",
                "other quotes are not understood",
            );
            return self.report(finding.fix(edit("use straight double quotes", span, &fix, true)));
        }
        if text == "<<" {
            let finding = error(
                code::CHARACTER,
                span,
                "`<<` begins a text of several lines, but its mark is missing",
                "no mark behind it",
            );
            return self.report(finding.help(
                "write `<<EOT`, then the lines, then a line that says only `EOT`; not inside `${…}`",
            ));
        }
        let title = format!("{} means nothing here", quoted(text));
        let finding = error(code::CHARACTER, span, title, "not understood");
        let finding = match text {
            "&" => finding.fix(edit("`and` is written `&&`", span, "&&", true)),
            "|" => finding.fix(edit("`or` is written `||`", span, "||", true)),
            ";" => finding.help("settings end with their line; no `;` is needed").fix(edit(
                "remove it",
                span,
                "",
                true,
            )),
            "≤" => finding.fix(edit("write `<=`", span, "<=", true)),
            "≥" => finding.fix(edit("write `>=`", span, ">=", true)),
            "≠" => finding.fix(edit("write `!=`", span, "!=", true)),
            "–" | "—" | "−" => finding.fix(edit("write `-`", span, "-", true)),
            "×" => finding.fix(edit("write `*`", span, "*", true)),
            "@" | "$" => finding.help("names are written without it"),
            "~" => finding.help("`${~` and `~}` are not part of the language; write `${` and `}`"),
            "“" | "”" | "„" | "'" | "‘" | "’" | "`" => {
                finding.help("texts stand in `\"`")
            }
            _ => finding.help("remove it, or put it into quotes if it belongs to a text"),
        };
        self.report(finding)
    }
}

/// An error at one place.
pub(super) fn error(
    code: Code,
    span: Span,
    title: impl Into<String>,
    label: impl Into<String>,
) -> Finding {
    Finding::new(code, Severity::Error, span, title, label)
}

/// A fix of one replacement.
pub(super) fn edit(title: &str, span: Span, text: &str, is_unambiguous: bool) -> Fix {
    let edits = vec![Edit { span, text: text.to_owned() }];
    Fix { title: title.to_owned(), edits, is_unambiguous }
}

/// The author's text for a title: one line, not too long.
pub(super) fn quoted(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default().trim_end();
    let is_cut = line.chars().count() > QUOTE_CHARACTERS_MAX;
    let short: String = line.chars().take(QUOTE_CHARACTERS_MAX).collect();
    let dots = if is_cut { "…" } else { "" };
    // A backtick cannot be quoted in backticks.
    if short.contains('`') { format!("'{short}{dots}'") } else { format!("`{short}{dots}`") }
}

/// The same text in straight double quotes.
fn foreign_text(text: &str) -> String {
    let mut inner = text.chars();
    inner.next();
    inner.next_back();
    format!("\"{}\"", inner.as_str().replace('"', "\\\""))
}
