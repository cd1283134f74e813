//! Lists, objects, `for`, and the arguments of calls.

use super::atom::poison_unless;
use super::name::Place;
use super::recover::Lost;
use super::say::{edit, error, quoted};
use super::{Parse, Parser, Poisoned};
use crate::syntax::ast::{Entry, Expression, ExpressionKind};
use crate::syntax::code;
use crate::syntax::token::{Kind, Token};

impl Parser<'_> {
    /// `[a, b]` or `[for …]`, the cursor on the bracket.
    pub(super) fn list(&mut self) -> Parse<Expression> {
        let open = self.bump();
        let expression = self.with_newlines(false, |it| {
            let first = it.peek();
            if first.kind == Kind::Name && first.text(it.text) == "for" {
                return it.for_each(open);
            }
            let (elements, is_good) = it.elements(open)?;
            let span = it.span(open).to(it.previous);
            let expression = Expression { kind: ExpressionKind::List(elements), span };
            Ok(poison_unless(is_good, expression))
        })?;
        self.grow(self.height, self.span(open))?;
        Ok(expression)
    }

    /// Expressions separated by commas, and the bracket that closes them. The second value is
    /// false where something about the commas was reported.
    pub(super) fn elements(&mut self, open: Token) -> Parse<(Vec<Expression>, bool)> {
        let (mut elements, mut is_good, mut height) = (Vec::new(), true, 1);
        loop {
            is_good &= self.no_surplus_commas();
            let token = self.peek();
            if token.kind == open.kind.partner() {
                self.bump();
                self.height = height;
                return Ok((elements, is_good));
            }
            if self.ends_early(open, token) {
                return Err(self.not_closed(open, token));
            }
            elements.push(self.expression()?);
            height = height.max(self.height);
            let next = self.peek();
            if next.kind == Kind::Comma {
                self.bump();
            } else if next.kind != open.kind.partner() {
                self.no_comma(open, next)?;
                is_good = false;
            }
        }
    }

    /// Reports commas with nothing between them, or with nothing before them.
    fn no_surplus_commas(&mut self) -> bool {
        let token = self.peek();
        if token.kind != Kind::Comma {
            return true;
        }
        let finding = error(
            code::COMMA,
            self.span(token),
            "there is nothing before this comma",
            "a comma too many",
        );
        let fix = edit("remove the comma", self.span(token), "", true);
        self.report(finding.fix(fix));
        while self.eat(Kind::Comma) {}
        false
    }

    /// Something other than a comma or the closing bracket follows an element.
    fn no_comma(&mut self, open: Token, next: Token) -> Parse<()> {
        if self.ends_early(open, next) || next.kind.closes() {
            return Err(self.not_closed(open, next));
        }
        let is_other = matches!(next.kind, Kind::Not | Kind::ForeignText);
        if is_other || !next.kind.begins_value() || self.habit(next).is_some() {
            let close = if open.kind == Kind::LeftBracket { "`,` or `]`" } else { "`,` or `)`" };
            return Err(self.unexpected(next, close));
        }
        self.report_missing_comma(next);
        Ok(())
    }

    fn report_missing_comma(&mut self, next: Token) {
        let title = format!("there is no comma before {}", self.described(next));
        let finding = error(code::COMMA, self.whole(next), title, "`,` expected before this");
        let fix = edit("separate the two with a comma", self.previous.after(), ",", true);
        self.report(finding.fix(fix));
    }

    /// Whether a bracket's content ends before its partner came.
    fn ends_early(&mut self, open: Token, token: Token) -> bool {
        let ends = matches!(token.kind, Kind::End | Kind::InterpolationEnd | Kind::RightBrace);
        ends || self.is_left_behind(open, token) || token.is_first && self.is_at_setting()
    }

    /// Whether a line stands outside of a bracket by the way it is set in.
    fn is_left_behind(&self, open: Token, token: Token) -> bool {
        self.layout.is_closing_missing
            && token.is_first
            && token.indent <= open.indent
            && token.kind != open.kind.partner()
    }

    /// `[for v in source : body if condition]`, the cursor on `for`.
    fn for_each(&mut self, open: Token) -> Parse<Expression> {
        self.bump();
        let token = self.peek();
        if token.kind != Kind::Name {
            return Err(self.unexpected(token, "the name of the variable"));
        }
        self.bump();
        let variable = self.name(token, Place::Name);
        let next = self.peek();
        if next.kind == Kind::Comma {
            let help = "name the element alone: `[for line in this.lines : line.price]`";
            return Err(self.left_out(self.span(next), "`for` has one variable", help));
        }
        self.word("in")?;
        let source = self.expression()?;
        let mut height = self.height;
        let colon = self.peek();
        if colon.kind != Kind::Colon {
            return Err(self.unexpected(colon, "`:` and what each element becomes"));
        }
        self.bump();
        let body = self.expression()?;
        height = height.max(self.height);
        let mut condition = None;
        if self.is_word("if") {
            self.bump();
            condition = Some(Box::new(self.expression()?));
            height = height.max(self.height);
        }
        if self.peek().kind == Kind::Ellipsis {
            let token = self.peek();
            return Err(self.unexpected(token, "`]`"));
        }
        self.close(open)?;
        self.height = height;
        let span = self.span(open).to(self.previous);
        let (source, body) = (Box::new(source), Box::new(body));
        Ok(Expression { kind: ExpressionKind::For { variable, source, body, condition }, span })
    }

    fn is_word(&mut self, word: &str) -> bool {
        let token = self.peek();
        token.kind == Kind::Name && token.text(self.text) == word
    }

    fn word(&mut self, word: &str) -> Parse<()> {
        if self.is_word(word) {
            self.bump();
            return Ok(());
        }
        let token = self.peek();
        Err(self.unexpected(token, &format!("`{word}`")))
    }

    /// `{ a = 1 }`, the cursor on the brace.
    pub(super) fn object(&mut self) -> Parse<Expression> {
        let open = self.bump();
        let (entries, is_good, height) = self.with_newlines(true, |it| it.entries(open))?;
        let span = self.span(open).to(self.previous);
        self.grow(height, self.span(open))?;
        let expression = Expression { kind: ExpressionKind::Object(entries), span };
        Ok(poison_unless(is_good, expression))
    }

    fn entries(&mut self, open: Token) -> Parse<(Vec<Entry>, bool, u32)> {
        let (mut entries, mut is_good, mut height) = (Vec::new(), true, 1);
        let first = self.peek();
        if first.kind == Kind::LeftBrace && self.layout.is_closing_missing {
            self.skip_second_brace(first);
            is_good = false;
        }
        loop {
            while self.eat(Kind::Newline) {}
            is_good &= self.no_surplus_commas();
            let token = self.peek();
            if token.kind == Kind::RightBrace && !self.is_brace_of_outer(open, token) {
                self.bump();
                return Ok((entries, is_good, height));
            }
            if token.kind == Kind::Newline {
                continue;
            }
            let ends = matches!(token.kind, Kind::End | Kind::InterpolationEnd);
            if ends || token.kind.closes() || self.is_left_behind(open, token) {
                return Err(self.not_closed(open, token));
            }
            let from = self.at;
            match self.entry(token) {
                Ok(entry) => {
                    height = height.max(self.height);
                    is_good &= self.end_of_entry(open, from)?;
                    entries.push(entry);
                }
                Err(Poisoned) => {
                    self.recover(from, Lost::Entry);
                    self.eat(Kind::Comma);
                    is_good = false;
                }
            }
            if self.at == from {
                return Err(Poisoned);
            }
        }
    }

    fn is_brace_of_outer(&self, open: Token, token: Token) -> bool {
        self.layout.is_closing_missing && token.is_first && token.indent < open.indent
    }

    fn entry(&mut self, token: Token) -> Parse<Entry> {
        let doc = self.documentation(self.at);
        let (key, is_quoted) = match token.kind {
            Kind::Name if token.text(self.text) == "for" => return Err(self.object_for(token)),
            Kind::Name => {
                self.bump();
                (self.name(token, Place::Name), false)
            }
            Kind::Quote => {
                let (text, span) = self.plain_text("a key")?;
                (architrave_model::Name { text, span }, true)
            }
            Kind::LeftParenthesis => {
                let help = "write the key as a name or as a text in quotes";
                let span = self.span(token);
                return Err(self.left_out(span, "keys of an object cannot be computed", help));
            }
            _ => return Err(self.unexpected(token, "a key and its value (`key = value`), or `}`")),
        };
        let next = self.peek();
        if !matches!(next.kind, Kind::Assign | Kind::Colon) {
            return Err(self.no_equals(&key, next));
        }
        self.bump();
        let value = self.expression()?;
        Ok(Entry { key, is_quoted, value, doc })
    }

    fn object_for(&mut self, token: Token) -> Poisoned {
        let span = self.span(token);
        if matches!(self.peek_second().kind, Kind::Assign | Kind::Colon) {
            let finding = error(
                code::LEFT_OUT,
                span,
                "`for` as a key has to stand in quotes",
                "a word of the language",
            );
            return self.report(finding.fix(edit("put it in quotes", span, "\"for\"", true)));
        }
        let help = "make a list: `[for line in this.lines : line.price]`";
        self.left_out(span, "`for` cannot make an object", help)
    }

    fn no_equals(&mut self, key: &architrave_model::Name, next: Token) -> Poisoned {
        if matches!(next.kind, Kind::Unknown | Kind::ForeignText | Kind::Dot) {
            return self.unexpected(next, "`=` and a value");
        }
        let title = format!("there is no `=` between {} and its value", quoted(&key.text));
        let finding = error(code::EQUALS_MISSING, key.span, title, "`=` expected behind this")
            .help("an entry is written `key = value`");
        if !next.kind.begins_value() {
            return self.report(finding);
        }
        self.report(finding.fix(edit("write `=`", key.span.after(), " =", true)))
    }

    /// Expects a comma, the end of the line or the closing brace behind an entry.
    fn end_of_entry(&mut self, open: Token, from: usize) -> Parse<bool> {
        let token = self.peek();
        match token.kind {
            Kind::Comma | Kind::Newline => {
                self.bump();
                Ok(true)
            }
            Kind::RightBrace => Ok(true),
            Kind::Name | Kind::Quote
                if matches!(self.peek_second().kind, Kind::Assign | Kind::Colon)
                    || token.kind == Kind::Quote =>
            {
                self.report_missing_comma(token);
                Ok(false)
            }
            kind if kind.closes() || kind == Kind::End || kind == Kind::InterpolationEnd => {
                Err(self.not_closed(open, token))
            }
            _ => {
                self.unexpected(token, "`,`, `}` or the end of the line");
                self.recover(from, Lost::Entry);
                self.eat(Kind::Comma);
                Ok(false)
            }
        }
    }
}
