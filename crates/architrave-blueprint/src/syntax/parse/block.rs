//! Blocks: `kind label { … }`.

use architrave_model::{Edit, Fix, Name, Span};

use super::name::Place;
use super::recover::Lost;
use super::say::{edit, error, quoted};
use super::{Parse, Parser, Poisoned};
use crate::syntax::ast::{Attribute, Block, BlockLabel, ExpressionKind, Item};
use crate::syntax::token::{Kind, Token};
use crate::syntax::{NESTING_MAX, code};

/// A block that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened {
    /// How far the line it begins on is set in.
    indent: u32,
}

/// `kind label`
struct Head {
    kind: Name,
    labels: Vec<BlockLabel>,
    doc: String,
    indent: u32,
}

impl Head {
    /// As the author knows it: `entity Shop`.
    fn words(&self) -> String {
        let labels = self.labels.iter().map(|it| format!(" {}", it.name.text));
        quoted(&format!("{}{}", self.kind.text, labels.collect::<String>()))
    }
}

impl Parser<'_> {
    /// A block, or a setting whose `=` is missing: what follows the first words tells.
    pub(super) fn block_or_attribute(&mut self) -> Parse<Item> {
        let from = self.at;
        let indent = self.token(from).indent;
        let token = self.bump();
        let kind = self.name(token, Place::Name);
        let mut labels = Vec::new();
        while matches!(self.peek().kind, Kind::Name | Kind::Quote) {
            match self.label() {
                Ok(label) => labels.push(label),
                Err(Poisoned) => return Err(Poisoned),
            }
        }
        let doc = self.documentation(from);
        let head = Head { kind, labels, doc, indent };
        let next = self.peek();
        match next.kind {
            Kind::LeftBrace => Ok(Item::Block(self.block(head))),
            Kind::Assign if self.peek_second().kind == Kind::LeftBrace => {
                let before = self.previous;
                self.bump();
                let span = self.span(next);
                let title = format!("{} is a block: it has no `=`", head.words());
                let finding = error(code::UNEXPECTED, span, title, "not expected");
                let gap = Span { start: before.end, ..span };
                self.report(finding.fix(edit("remove the `=`", gap, "", true)));
                Ok(Item::Block(self.block(head)))
            }
            Kind::Newline if self.is_brace_lost(from) => {
                let title = format!("{} has no `{{`", head.words());
                let place = self.previous;
                let finding = error(code::EQUALS_MISSING, place, title, "`{` expected behind this");
                self.report(finding.fix(edit("write `{`", place.after(), " {", true)));
                Ok(Item::Block(self.body_of(head, next)))
            }
            Kind::Newline if self.brace_is_on_next_line() => {
                self.report_late_brace(&head);
                Ok(Item::Block(self.block(head)))
            }
            _ => self.no_block(from, head),
        }
    }

    fn label(&mut self) -> Parse<BlockLabel> {
        let token = self.peek();
        if token.kind == Kind::Name {
            self.bump();
            return Ok(BlockLabel { name: self.name(token, Place::Name), is_quoted: false });
        }
        let (text, span) = self.plain_text("a label")?;
        Ok(BlockLabel { name: Name { text, span }, is_quoted: true })
    }

    fn brace_is_on_next_line(&mut self) -> bool {
        self.with_newlines(false, |it| {
            let at = it.at;
            let is_brace = it.peek().kind == Kind::LeftBrace;
            if !is_brace {
                it.at = at;
            }
            is_brace
        })
    }

    fn report_late_brace(&mut self, head: &Head) {
        let token = self.peek();
        let span = self.span(token);
        let title = format!("the `{{` of {} stands on the next line", head.words());
        let gap = Span { start: self.previous.end, ..span.before() };
        let is_unambiguous = self.source(gap).trim().is_empty();
        let finding = error(code::EQUALS_MISSING, span, title, "belongs to the line above");
        self.report(finding.fix(edit(
            "put it on the line of the block's name",
            gap,
            " ",
            is_unambiguous,
        )));
    }

    /// Neither `{` nor `=` follows the first words of a line.
    fn no_block(&mut self, from: usize, head: Head) -> Parse<Item> {
        let next = self.peek();
        if matches!(next.kind, Kind::Unknown | Kind::ForeignText) {
            return Err(self.unexpected(next, "`{`"));
        }
        if next.kind == Kind::Assign {
            let (span, title) = (self.span(next), "the name of a setting is one word");
            return Err(self.report(
                error(code::UNEXPECTED, span, title, "several words before it")
                    .help("a setting is written `name = value`, a block `kind name { … }`"),
            ));
        }
        let [label] = head.labels.as_slice() else {
            let title = format!("{} has no `{{`", head.words());
            let finding = error(code::EQUALS_MISSING, head.kind.span, title, "`{` expected");
            return Err(self.report(finding.help("write its settings between `{` and `}`")));
        };
        // Names of types begin with a capital, and only blocks are named so: `entity Product`.
        let is_block = matches!(next.kind, Kind::Newline | Kind::End)
            && label.name.text.starts_with(|it: char| it.is_ascii_uppercase())
            && !label.is_quoted;
        let finding = if is_block {
            let place = label.name.span;
            error(
                code::EQUALS_MISSING,
                place,
                format!("{} has no `{{`", head.words()),
                "`{` expected",
            )
            .help("write its settings between `{` and `}`")
        } else {
            let title =
                format!("there is no `=` between {} and its value", quoted(&head.kind.text));
            error(code::EQUALS_MISSING, head.kind.span, title, "`=` expected behind this")
                .help("a setting is written `name = value`")
                .fix(edit("write `=`", head.kind.span.after(), " =", true))
        };
        self.report(finding);
        if is_block {
            return Err(Poisoned);
        }
        self.recover(from, Lost::Item);
        Ok(Item::Attribute(self.poisoned_attribute(head.kind, from)))
    }

    /// `{{`
    pub(super) fn skip_second_brace(&mut self, brace: Token) {
        let span = self.span(brace);
        let finding = error(code::BRACKETS, span, "one `{` is enough here", "a second one");
        self.report(finding.fix(edit("remove it", span, "", true)));
        self.bump();
    }

    /// Whether the lines below the one that begins at token `from` are its block, though it has no
    /// `{`: they are set in deeper, and some `}` of the file closes nothing.
    pub(super) fn is_brace_lost(&self, from: usize) -> bool {
        if !self.layout.is_brace_surplus {
            return false;
        }
        let mut below = (self.at..self.tokens.len()).map(|it| self.token(it));
        below.find(|it| it.kind == Kind::Newline);
        let next = below.find(|it| it.kind != Kind::Newline && !it.is_comment());
        let indent = self.token(from).indent;
        next.is_some_and(|it| it.kind == Kind::Name && it.is_first && it.indent > indent)
    }

    /// A block, the cursor on its `{`.
    fn block(&mut self, head: Head) -> Block {
        let brace = self.bump();
        self.body_of(head, brace)
    }

    /// A block behind its `{`, or behind the line end where it is missing.
    fn body_of(&mut self, head: Head, brace: Token) -> Block {
        let open = self.span(brace);
        self.depth += 1;
        let (items, close) = if self.depth > NESTING_MAX {
            self.too_deep(open);
            (Vec::new(), self.skip_block())
        } else {
            self.block_body(&head, brace)
        };
        self.depth -= 1;
        let close = close.unwrap_or(self.previous.after());
        let span = head.kind.span.to(close);
        Block { kind: head.kind, labels: head.labels, items, doc: head.doc, span, open, close }
    }

    fn block_body(&mut self, head: &Head, brace: Token) -> (Vec<Item>, Option<Span>) {
        let mut items = Vec::new();
        let next = self.peek();
        match next.kind {
            Kind::Newline | Kind::RightBrace => {}
            Kind::LeftBrace => self.skip_second_brace(next),
            Kind::Name
                if matches!(self.peek_second().kind, Kind::Assign | Kind::Equal | Kind::Colon) =>
            {
                items.push(Item::Attribute(self.line_setting()));
                let behind = self.peek();
                let is_crowded = match behind.kind {
                    Kind::RightBrace | Kind::End => false,
                    Kind::Newline => !self.is_next_line_outside(head.indent),
                    _ => true,
                };
                if is_crowded {
                    self.report_crowded_line(brace, next);
                }
            }
            _ => self.report_crowded_line(brace, next),
        }
        let opened = Opened { indent: head.indent };
        items.extend(self.items(Some(opened)));
        let token = self.peek();
        if token.kind == Kind::RightBrace && !self.is_outdented(opened, token) {
            self.bump();
            return (items, Some(self.previous));
        }
        self.report_not_closed(head, self.span(brace), token);
        (items, None)
    }

    /// The setting of a block on one line, the cursor on its name.
    fn line_setting(&mut self) -> Attribute {
        let from = self.at;
        let was_in_line = std::mem::replace(&mut self.is_in_line_block, true);
        let mut attribute = match self.peek_second().kind {
            Kind::Assign => self.attribute(),
            _ => self.attribute_with_wrong_equals(),
        };
        let behind = self.peek();
        let ends = matches!(behind.kind, Kind::RightBrace | Kind::Newline | Kind::End | Kind::Name);
        if !ends || self.habit(behind).is_some() {
            self.unexpected(behind, "`}` or the end of the line");
            self.recover(from, Lost::Item);
            attribute.value.kind = ExpressionKind::Error;
        }
        self.is_in_line_block = was_in_line;
        attribute
    }

    /// Whether the next line stands outside of a block that begins on a line set in by `indent`.
    fn is_next_line_outside(&self, indent: u32) -> bool {
        let mut below = (self.at..self.tokens.len()).map(|it| self.token(it));
        let next = below.find(|it| it.kind != Kind::Newline && !it.is_comment());
        next.is_some_and(|it| it.kind == Kind::End || self.is_outdented(Opened { indent }, it))
    }

    /// More than one setting stands on the line of the opening brace.
    fn report_crowded_line(&mut self, brace: Token, first: Token) {
        if matches!(first.kind, Kind::End) {
            return;
        }
        let finding = error(
            code::NEW_LINE_MISSING,
            self.span(first),
            "what is between `{` and `}` begins on a line of its own",
            "begins no line",
        )
        .help(
            "only a block with a single setting may stand on one line, e.g. `volume { rows = 10 }`",
        );
        let gap = Span { start: brace.end, ..self.span(first).before() };
        let text = format!("\n{}", " ".repeat(brace.indent as usize + 2));
        let is_unambiguous = self.source(gap).trim().is_empty();
        let edits = vec![Edit { span: gap, text }];
        let fix = Fix { title: "break the line".into(), edits, is_unambiguous };
        self.report(finding.fix(fix));
        let rest = self.text.get(first.start as usize..).unwrap_or_default();
        let length = rest.find('\n').unwrap_or(rest.len());
        self.quiet_until = first.start + u32::try_from(length).unwrap_or(u32::MAX);
    }

    fn report_not_closed(&mut self, head: &Head, open: Span, found: Token) {
        if self.layout.is_tail_lost && found.kind == Kind::End {
            return;
        }
        let title = format!("{} is never closed", head.words());
        let finding = error(code::BLOCK_NOT_CLOSED, open, title, "opened here");
        let place = self.last_line_end();
        let finding = if place.start > open.end {
            finding.because(place, "`}` expected behind this line")
        } else {
            finding
        };
        let text = format!("\n{}}}", " ".repeat(head.indent as usize));
        self.report(finding.fix(edit("close it with `}`", place, &text, true)));
    }

    /// The empty span at the end of the last line that says something, comments behind it included.
    fn last_line_end(&self) -> Span {
        let mut at = self.at;
        while let Some(before) = at.checked_sub(1) {
            let token = self.token(before);
            let is_above = token.kind == Kind::Newline || token.is_comment() && token.is_first;
            if !is_above {
                return self.span(token).after();
            }
            at = before;
        }
        Span { file: self.file, start: 0, end: 0 }
    }

    /// Skips a block that is too deep.
    fn skip_block(&mut self) -> Option<Span> {
        let mut open = 1_u32;
        while open > 0 {
            let token = self.bump();
            match token.kind {
                Kind::End => return None,
                Kind::LeftBrace => open += 1,
                Kind::RightBrace => open -= 1,
                _ => {}
            }
        }
        Some(self.previous)
    }

    /// Whether a line stands outside of a block by the way it is set in, though its `}` is missing.
    pub(super) fn is_outdented(&self, block: Opened, token: Token) -> bool {
        if !self.layout.is_closing_missing || !token.is_first {
            return false;
        }
        if token.kind == Kind::RightBrace {
            return token.indent < block.indent;
        }
        token.indent <= block.indent
    }

    /// Whether a `}` is one too many by the way it is set in.
    pub(super) fn is_surplus(&self, block: Opened, token: Token) -> bool {
        self.layout.is_brace_surplus
            && !self.layout.is_closing_missing
            && token.is_first
            && token.indent > block.indent
    }
}
