//! Settings and blocks: the lines of a file or of a block.

use architrave_model::{Edit, Fix};

use super::block::Opened;
use super::name::Place;
use super::recover::Lost;
use super::say::{edit, error, quoted};
use super::{Parse, Parser, Poisoned};
use crate::syntax::ast::{Attribute, Expression, ExpressionKind, Item};
use crate::syntax::code;
use crate::syntax::token::{Kind, Token};

/// How far a line is looked ahead to tell an object from a block.
const OBJECT_TOKENS_MAX: usize = 100;

impl Parser<'_> {
    /// The items of a file, or of a block up to its closing brace.
    pub(super) fn items(&mut self, block: Option<Opened>) -> Vec<Item> {
        let mut items = Vec::new();
        loop {
            let token = self.peek();
            match token.kind {
                Kind::End => return items,
                Kind::Newline => {
                    self.bump();
                }
                Kind::RightBrace if block.is_some_and(|it| !self.is_surplus(it, token)) => {
                    return items;
                }
                _ if block.is_some_and(|it| self.is_outdented(it, token)) => return items,
                Kind::RightBrace => {
                    self.closes_nothing(token);
                    self.bump();
                }
                _ => {
                    let from = self.at;
                    let item = self.item(items.last_mut());
                    items.extend(item);
                    if self.at == from {
                        // Whatever stands here was reported; standing still would be for ever.
                        self.bump();
                    }
                }
            }
        }
    }

    fn item(&mut self, before: Option<&mut Item>) -> Option<Item> {
        let from = self.at;
        let token = self.peek();
        let item = match token.kind {
            Kind::Name => self.named(),
            _ => Err(self.no_item(token, before)),
        };
        match item {
            Ok(mut item) => {
                if self.end_of_item().is_err() {
                    self.recover(from, Lost::Item);
                    if let Item::Attribute(attribute) = &mut item {
                        attribute.value.kind = ExpressionKind::Error;
                    }
                }
                Some(item)
            }
            Err(Poisoned) => {
                self.recover(from, Lost::Item);
                None
            }
        }
    }

    /// An item that begins with a name.
    fn named(&mut self) -> Parse<Item> {
        let from = self.at;
        match self.peek_second().kind {
            Kind::Assign => Ok(Item::Attribute(self.attribute())),
            Kind::Equal | Kind::Colon => Ok(Item::Attribute(self.attribute_with_wrong_equals())),
            Kind::LeftBrace if self.is_object_behind() => {
                Ok(Item::Attribute(self.attribute_without_equals()))
            }
            Kind::Name | Kind::Quote | Kind::LeftBrace => self.block_or_attribute(),
            Kind::Newline if self.is_brace_lost(from) => self.block_or_attribute(),
            Kind::Newline | Kind::End => {
                let token = self.bump();
                let name = self.name(token, Place::Name);
                let title = format!("{} has no value", quoted(&name.text));
                let finding = error(code::EQUALS_MISSING, name.span, title, "no `=` and no `{`");
                self.report(
                    finding.help("a setting is written `name = value`, a block `name { … }`"),
                );
                Ok(Item::Attribute(self.poisoned_attribute(name, from)))
            }
            Kind::Dot => {
                self.bump();
                let token = self.bump();
                let finding = error(
                    code::UNEXPECTED,
                    self.span(token),
                    "a setting's name is one word",
                    "a path cannot be set",
                );
                Err(self.report(finding.help("open the block and set the name inside of it")))
            }
            kind if kind.begins_value() => Ok(Item::Attribute(self.attribute_without_equals())),
            _ => {
                self.bump();
                let token = self.peek();
                Err(self.unexpected(token, "`=` and a value, or `{` and a block"))
            }
        }
    }

    /// Whether the braces behind a name hold `key = value, key = value` on one line: an object whose
    /// `=` is missing.
    fn is_object_behind(&self) -> bool {
        let mut depth = 0_u32;
        for at in (self.at + 1..).take(OBJECT_TOKENS_MAX) {
            match self.token(at).kind {
                Kind::Newline | Kind::End => return false,
                Kind::Comma if depth == 1 => {
                    let next = (self.token(at + 1).kind, self.token(at + 2).kind);
                    return matches!(next, (Kind::Name, Kind::Assign | Kind::Colon));
                }
                kind if kind.opens() => depth += 1,
                kind if kind.closes() => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }

    /// `name = value`, the cursor on the name.
    pub(super) fn attribute(&mut self) -> Attribute {
        let from = self.at;
        let token = self.bump();
        let name = self.name(token, Place::Name);
        self.bump();
        self.value_of(name, from)
    }

    /// `name == value` or `name: value`, the cursor on the name.
    pub(super) fn attribute_with_wrong_equals(&mut self) -> Attribute {
        let from = self.at;
        let token = self.bump();
        let name = self.name(token, Place::Name);
        let wrong = self.bump();
        let text = wrong.text(self.text);
        let title = format!("a setting is written with `=`, not `{text}`");
        let finding = error(code::EQUALS_MISSING, self.span(wrong), title, "`=` expected");
        let is_glued = wrong.start == name.span.end;
        let text = if is_glued { " =" } else { "=" };
        self.report(finding.fix(edit("write `=`", self.span(wrong), text, true)));
        self.value_of(name, from)
    }

    /// `name value`
    pub(super) fn attribute_without_equals(&mut self) -> Attribute {
        let from = self.at;
        let token = self.bump();
        let name = self.name(token, Place::Name);
        let title = format!("there is no `=` between {} and its value", quoted(&name.text));
        let finding = error(code::EQUALS_MISSING, name.span, title, "`=` expected behind this");
        let fix = edit("write `=`", name.span.after(), " =", true);
        self.report(finding.help("a setting is written `name = value`").fix(fix));
        self.value_of(name, from)
    }

    fn value_of(&mut self, name: architrave_model::Name, from: usize) -> Attribute {
        let next = self.peek();
        let value = if matches!(next.kind, Kind::Newline | Kind::End | Kind::RightBrace) {
            let title = format!("{} has no value", quoted(&name.text));
            let place = self.previous;
            let finding =
                error(code::VALUE_MISSING, place, title, "a value is expected behind this");
            Err(self.report(finding.help("write the value on the same line")))
        } else {
            self.expression()
        };
        match value {
            Ok(value) => {
                let (doc, span) = (self.documentation(from), name.span.to(value.span));
                Attribute { name, value, doc, span }
            }
            Err(Poisoned) => {
                self.recover(from, Lost::Item);
                self.poisoned_attribute(name, from)
            }
        }
    }

    /// An attribute whose value was reported.
    pub(super) fn poisoned_attribute(
        &self,
        name: architrave_model::Name,
        from: usize,
    ) -> Attribute {
        let span = name.span.to(self.previous);
        let value = Expression { kind: ExpressionKind::Error, span: self.previous };
        Attribute { name, value, doc: self.documentation(from), span }
    }

    /// Expects the end of the line behind an item.
    fn end_of_item(&mut self) -> Parse<()> {
        let token = self.peek();
        let is_quiet = token.start < self.quiet_until;
        match token.kind {
            Kind::Newline | Kind::End => Ok(()),
            // Behind a mistake the line end may have been passed.
            _ if token.is_first => Ok(()),
            Kind::RightBrace | Kind::Name if is_quiet => Ok(()),
            Kind::RightBrace if self.depth == 0 => Ok(()),
            Kind::RightBrace
                if self.layout.is_brace_surplus && self.source(self.previous) == "}" =>
            {
                self.closes_nothing(token);
                self.bump();
                self.end_of_item()
            }
            Kind::RightBrace => {
                let finding = error(
                    code::NEW_LINE_MISSING,
                    self.span(token),
                    "the `}` of a block of several lines stands on a line of its own",
                    "begins no line",
                );
                let fix = self.break_before(token, true);
                self.report(finding.fix(fix));
                Ok(())
            }
            Kind::Name if self.begins_item(token) => {
                let finding = error(
                    code::NEW_LINE_MISSING,
                    self.span(token),
                    "each setting and each block begins on a line of its own",
                    "begins no line",
                );
                let fix = self.break_before(token, false);
                self.report(finding.fix(fix));
                Ok(())
            }
            Kind::Comma => {
                let finding = error(
                    code::COMMA,
                    self.span(token),
                    "settings are not separated by commas",
                    "nothing to separate",
                );
                let fix = edit("remove the comma", self.span(token), "", true);
                self.report(finding.fix(fix));
                self.bump();
                self.quiet_until = token.end + 1;
                let next = self.peek();
                if matches!(next.kind, Kind::Newline | Kind::End) { Ok(()) } else { Err(Poisoned) }
            }
            _ => Err(self.unexpected(token, "the end of the line")),
        }
    }

    /// Whether a name in the middle of a line begins another setting or block.
    fn begins_item(&mut self, token: Token) -> bool {
        match self.peek_second().kind {
            Kind::Assign | Kind::LeftBrace => true,
            Kind::Name => self.habit(token).is_none(),
            _ => false,
        }
    }

    /// Breaks the line before a token, keeping its depth or one level less.
    fn break_before(&self, token: Token, is_closing: bool) -> Fix {
        let indent = if is_closing { token.indent.saturating_sub(2) } else { token.indent };
        let mut span = self.span(token).before();
        span.start = self.previous.end.min(span.end);
        let text = format!("\n{}", " ".repeat(indent as usize));
        Fix {
            title: "break the line before it".into(),
            edits: vec![Edit { span, text }],
            is_unambiguous: self.source(span).trim().is_empty(),
        }
    }

    /// A line that begins with something that can begin no line.
    fn no_item(&mut self, token: Token, before: Option<&mut Item>) -> Poisoned {
        let span = self.span(token);
        let is_operator = matches!(
            token.kind,
            Kind::Or
                | Kind::And
                | Kind::Plus
                | Kind::Star
                | Kind::Question
                | Kind::Colon
                | Kind::Equal
                | Kind::NotEqual
                | Kind::Dot
                | Kind::Minus
        );
        let finding = match (token.kind, before) {
            (_, Some(Item::Attribute(attribute))) if is_operator && token.is_first => {
                let title =
                    format!("the line above ended before this {}", quoted(token.text(self.text)));
                attribute.value.kind = ExpressionKind::Error;
                error(code::UNEXPECTED, span, title, "goes on with the line above")
                    .because(attribute.name.span, "this value ends with its line")
                    .help("put the whole value in parentheses, or on one line")
            }
            (Kind::Quote, _) => {
                error(code::UNEXPECTED, span, "a line cannot begin with a text", "not expected")
                    .help("names of settings and blocks are written without quotes")
            }
            (Kind::LeftBrace, _) => error(
                code::UNEXPECTED,
                span,
                "this block has no kind",
                "a name is expected before it",
            )
            .help("write what it is before the `{`, e.g. `entity Product {`"),
            _ => {
                return self.unexpected(
                    token,
                    "a setting (`name = value`) or a block (`kind name { … }`)",
                );
            }
        };
        self.report(finding)
    }
}
