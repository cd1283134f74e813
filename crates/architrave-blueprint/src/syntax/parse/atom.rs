//! Literals, names, calls, members and what stands in brackets.

use architrave_model::{Name, Span};

use super::name::Place;
use super::say::{edit, error, quoted};
use super::{Parse, Parser};
use crate::syntax::ast::{Expression, ExpressionKind};
use crate::syntax::code;
use crate::syntax::token::{Kind, Token};

impl Parser<'_> {
    /// An atom with `.name` and `[index]` behind it.
    pub(super) fn postfix(&mut self) -> Parse<Expression> {
        let mut of = self.atom()?;
        loop {
            let token = self.peek();
            of = match token.kind {
                Kind::Dot => self.member(of)?,
                Kind::LeftBracket => self.index(of, token)?,
                _ => return Ok(of),
            };
        }
    }

    fn member(&mut self, of: Expression) -> Parse<Expression> {
        let dot = self.bump();
        let token = self.peek();
        let span = self.span(token);
        match token.kind {
            Kind::Name => {}
            Kind::Star => {
                let help =
                    "say what is asked of each element, e.g. `[for l in this.lines : l.price]`";
                return Err(self.left_out(span, "`.*` is not part of the language", help));
            }
            Kind::Number => {
                let text = token.text(self.text);
                let finding = error(
                    code::UNEXPECTED,
                    span,
                    "an element of a list is chosen in brackets",
                    "a name is expected behind `.`",
                );
                let help = format!("write `[{text}]`");
                let place = self.span(dot).to(span);
                let fix = edit("use brackets", place, &format!("[{text}]"), true);
                return Err(self.report(finding.help(help).fix(fix)));
            }
            Kind::Newline | Kind::End => {
                let finding = error(
                    code::VALUE_MISSING,
                    self.span(dot),
                    "a name is missing behind this `.`",
                    "a name is expected behind it",
                );
                return Err(self.report(finding.help("write what is meant of it")));
            }
            _ => return Err(self.unexpected(token, "a name")),
        }
        self.bump();
        let name = self.name(token, Place::Value);
        self.grow(self.height, span)?;
        let span = of.span.to(name.span);
        Ok(Expression { kind: ExpressionKind::Member { of: Box::new(of), name }, span })
    }

    fn index(&mut self, of: Expression, open: Token) -> Parse<Expression> {
        let height = self.height;
        self.bump();
        let index = self.with_newlines(false, |it| {
            let token = it.peek();
            if token.kind == Kind::Star {
                let help =
                    "say what is asked of each element, e.g. `[for l in this.lines : l.price]`";
                return Err(it.left_out(it.span(token), "`[*]` is not part of the language", help));
            }
            let index = it.expression()?;
            it.close(open)?;
            Ok(index)
        })?;
        self.grow(height.max(self.height), self.span(open))?;
        let span = of.span.to(self.previous);
        let (of, index) = (Box::new(of), Box::new(index));
        Ok(Expression { kind: ExpressionKind::Index { of, index }, span })
    }

    fn atom(&mut self) -> Parse<Expression> {
        self.height = 1;
        let token = self.peek();
        let span = self.span(token);
        match token.kind {
            Kind::Name => self.name_or_call(token),
            Kind::Number => {
                self.bump();
                self.number(token)
            }
            Kind::Quote | Kind::Heredoc => self.text_expression(token),
            Kind::LeftBracket => self.list(),
            Kind::LeftBrace => self.object(),
            Kind::LeftParenthesis => self.parenthesis(token),
            Kind::Unknown | Kind::ForeignText | Kind::Ellipsis => {
                Err(self.unexpected(token, "a value"))
            }
            Kind::Slash | Kind::Assign | Kind::Less | Kind::Greater => {
                Err(self.unexpected(token, "a value"))
            }
            kind if kind.closes() && self.layout.is_closing_surplus => {
                Err(self.closes_nothing(token))
            }
            // The lexer said why the text before it ends here.
            Kind::Piece | Kind::QuoteEnd | Kind::HeredocEnd => Err(super::Poisoned),
            _ => {
                let place = if self.previous.end == 0 { span } else { self.previous };
                let title = format!("a value is missing behind {}", quoted(self.source(place)));
                let finding =
                    error(code::VALUE_MISSING, place, title, "a value is expected behind this");
                let help = if token.kind == Kind::Newline {
                    "write the value here; it may go on in the next line only inside of parentheses"
                } else {
                    "write the value, or remove what asks for it"
                };
                Err(self.report(finding.help(help)))
            }
        }
    }

    fn name_or_call(&mut self, token: Token) -> Parse<Expression> {
        self.bump();
        let span = self.span(token);
        let kind = match token.text(self.text) {
            "true" => ExpressionKind::Bool(true),
            "false" => ExpressionKind::Bool(false),
            "null" => ExpressionKind::Null,
            _ => {
                let name = self.name(token, Place::Value);
                if self.peek().kind == Kind::LeftParenthesis {
                    return self.call(name);
                }
                ExpressionKind::Name(name.text)
            }
        };
        Ok(Expression { kind, span })
    }

    fn call(&mut self, name: Name) -> Parse<Expression> {
        let open = self.bump();
        let (arguments, is_good) = self.with_newlines(false, |it| it.elements(open))?;
        let span = name.span.to(self.previous);
        self.grow(self.height, name.span)?;
        let kind = ExpressionKind::Call { name, arguments };
        Ok(poison_unless(is_good, Expression { kind, span }))
    }

    fn parenthesis(&mut self, open: Token) -> Parse<Expression> {
        self.bump();
        let inner = self.with_newlines(false, |it| {
            let inner = it.expression()?;
            it.close(open)?;
            Ok(inner)
        })?;
        let span = self.span(open).to(self.previous);
        self.grow(self.height, span.before())?;
        Ok(Expression { kind: ExpressionKind::Parenthesis(Box::new(inner)), span })
    }

    /// Expects the partner of an open bracket.
    pub(super) fn close(&mut self, open: Token) -> Parse<()> {
        let token = self.peek();
        if token.kind == open.kind.partner() {
            self.bump();
            return Ok(());
        }
        let is_other = token.kind.closes() || token.kind == Kind::InterpolationEnd;
        if is_other || token.kind == Kind::End || token.is_first && self.is_at_setting() {
            return Err(self.not_closed(open, token));
        }
        let close = if open.kind == Kind::LeftBracket { "`]`" } else { "`)`" };
        Err(self.unexpected(token, close))
    }

    fn number(&mut self, token: Token) -> Parse<Expression> {
        let (text, span) = (token.text(self.text), self.span(token));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        if is_digits(whole) && is_digits(fraction) {
            return Ok(Expression { kind: ExpressionKind::Number(text.to_owned()), span });
        }
        Err(self.bad_number(text.to_owned(), span))
    }

    fn bad_number(&mut self, text: String, span: Span) -> super::Poisoned {
        let title = format!("{} is not a number", quoted(&text));
        let finding = error(code::NUMBER, span, title, "not a number");
        let plain: String = text.chars().filter(|it| *it != '_').collect();
        let digits = plain.trim_end_matches(|it: char| it.is_ascii_alphabetic());
        let is_digits =
            !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let points = digits.matches('.').count();
        if plain == digits && is_digits && points <= 1 {
            let fix = edit("write the digits alone", span, &plain, true);
            return self.report(finding.help("numbers are written without `_`").fix(fix));
        }
        let is_amount = is_digits && points <= 1 && digits.len() < plain.len();
        let is_exponent = matches!(plain.strip_prefix(digits), Some("e" | "E"));
        if is_amount && !is_exponent && plain == text {
            let finding = finding.help("sizes, times and rates are texts: put it in quotes");
            let fix = edit("put it in quotes", span, &format!("\"{text}\""), true);
            return self.report(finding.fix(fix));
        }
        self.report(
            finding.help("numbers are digits, with one `.` at most, e.g. `1200000` or `0.5`"),
        )
    }
}

/// The expression, or an error node in its place.
pub(super) fn poison_unless(is_good: bool, expression: Expression) -> Expression {
    if is_good {
        return expression;
    }
    Expression { kind: ExpressionKind::Error, span: expression.span }
}
