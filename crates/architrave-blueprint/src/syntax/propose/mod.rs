//! Turns a change that was said without knowing the text into edits of the text. Every comment stays, and what was
//! laid out in the standard way still is.
//!
//! The outermost block around a change is edited as text of its own, laid out again if it was laid out before, and
//! compared line by line with what it was. That keeps edits small without repeating the rules of the layout.

mod blocks;
mod lines;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use architrave_model::{Change, Edit, FileId, Fix, Proposal, SourceFile, Span};

use super::{
    ast::{Block, File, Item},
    format,
    lex::lex,
    parse, token,
};
use blocks::Additions;

/// The edits of a proposal; none where a place is not there, where a comment would be lost, or where the result
/// would not parse.
#[must_use]
pub fn propose(files: &[SourceFile], proposal: &Proposal) -> Option<Fix> {
    let (parsed, pieces) = (BTreeMap::new(), BTreeMap::new());
    let mut work = Work { files, parsed, pieces, tops: Vec::new(), ends: Vec::new() };
    for change in &proposal.changes {
        work.take(change)?;
    }
    let edits = work.edits()?;
    (!edits.is_empty()).then(|| Fix {
        title: proposal.title.clone(),
        edits,
        is_unambiguous: proposal.is_unambiguous,
    })
}

/// What is to be done, outermost item by outermost item.
struct Work<'a> {
    files: &'a [SourceFile],
    parsed: BTreeMap<FileId, File>,
    /// By file and first byte of the item: the item, and its changes.
    pieces: BTreeMap<(FileId, u32), Piece>,
    /// Blocks that are added behind everything else, with their settings.
    tops: Vec<(&'a str, Vec<String>)>,
    /// What else goes there.
    ends: Vec<&'a str>,
}

/// Changes of one outermost item, with places in its file.
#[derive(Default)]
struct Piece {
    span: Span,
    replaced: Vec<(Span, String)>,
    added: BTreeMap<u32, Additions>,
}

impl<'a> Work<'a> {
    fn take(&mut self, change: &'a Change) -> Option<()> {
        match change {
            Change::Add { inside: None, text } => self.ends.push(text),
            Change::Add { inside: Some(span), text } => {
                let block = self.block(*span)?;
                self.additions(&block)?.at_end.push(text.trim_end().to_owned());
            }
            Change::Set { block, name, value } => {
                let block = self.block(*block)?;
                self.set(&block, name, value)?;
            }
            Change::SetTop { kind, name, value } => match self.top(kind) {
                Some(block) => self.set(&block, name, value)?,
                None => {
                    let setting = format!("{name} = {value}");
                    match self.tops.iter_mut().find(|it| it.0 == *kind) {
                        Some((_, settings)) => settings.push(setting),
                        None => self.tops.push((kind, vec![setting])),
                    }
                }
            },
            Change::Replace { span, text } => {
                self.piece(*span)?.replaced.push((*span, text.clone()));
            }
        }
        Some(())
    }

    /// Writes a setting into a block, in place of the value that it has.
    fn set(&mut self, block: &Block, name: &str, value: &str) -> Option<()> {
        match block.attributes().find(|it| it.name.text == name) {
            Some(attribute) => {
                let span = attribute.value.span;
                self.piece(span)?.replaced.push((span, value.to_owned()));
            }
            None => self.additions(block)?.settings.push(format!("{name} = {value}")),
        }
        Some(())
    }

    /// The first block of a kind at the top of any file.
    fn top(&mut self, kind: &str) -> Option<Block> {
        for (id, _) in (0..).map(FileId).zip(self.files) {
            let found = self.tree(id)?.items.iter().find_map(|it| match it {
                Item::Block(block) if block.kind.text == kind => Some(block.clone()),
                _ => None,
            });
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn additions(&mut self, block: &Block) -> Option<&mut Additions> {
        let piece = self.piece(block.span)?;
        let new = || Additions { block: block.clone(), settings: Vec::new(), at_end: Vec::new() };
        Some(piece.added.entry(block.span.start).or_insert_with(new))
    }

    fn tree(&mut self, id: FileId) -> Option<&File> {
        let file = self.files.get(id.0 as usize)?;
        Some(self.parsed.entry(id).or_insert_with(|| parse(id, &file.text).0))
    }

    fn block(&mut self, span: Span) -> Option<Block> {
        let mut items = self.tree(span.file)?.items.as_slice();
        loop {
            let around = items.iter().find_map(|it| match it {
                Item::Block(block) if contains(block.span, span) => Some(block),
                _ => None,
            })?;
            if around.span == span {
                return Some(around.clone());
            }
            items = &around.items;
        }
    }

    /// The outermost item around a place.
    fn piece(&mut self, span: Span) -> Option<&mut Piece> {
        let items = &self.tree(span.file)?.items;
        let spans = items.iter().map(|it| match it {
            Item::Block(block) => block.span,
            Item::Attribute(attribute) => attribute.span,
        });
        let around = spans.into_iter().find(|it| contains(*it, span))?;
        let text = &self.files.get(span.file.0 as usize)?.text;
        let around = lines::whole(text, around)?;
        let piece = self.pieces.entry((around.file, around.start)).or_default();
        piece.span = around;
        Some(piece)
    }

    fn edits(self) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        for piece in self.pieces.values() {
            edits.extend(piece.edits(&self.files.get(piece.span.file.0 as usize)?.text)?);
        }
        if !self.ends.is_empty() || !self.tops.is_empty() {
            edits.push(self.at_end()?);
        }
        Some(edits)
    }

    fn at_end(&self) -> Option<Edit> {
        let id = self.files.len().checked_sub(1)?;
        let text = &self.files.get(id)?.text;
        let at = u32::try_from(text.len()).ok()?;
        let gap = match text {
            it if it.trim().is_empty() => "",
            it if it.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        let tops = self.tops.iter().map(|(kind, all)| format!("{kind} {{\n{}\n}}", all.join("\n")));
        let new: Vec<String> =
            tops.chain(self.ends.iter().map(|it| it.trim_end().to_owned())).collect();
        let new = format(&format!("{}\n", new.join("\n\n")));
        let is_sound = parse(FileId(0), &new).1.is_empty();
        let span = Span { file: FileId(u32::try_from(id).ok()?), start: at, end: at };
        is_sound.then(|| Edit { span, text: lines::with_ends_of(text, format!("{gap}{new}")) })
    }
}

impl Piece {
    /// Small edits that do all of it.
    fn edits(&self, file: &str) -> Option<Vec<Edit>> {
        let before = file.get(self.span.start as usize..self.span.end as usize)?;
        let mut raw = self.replaced.clone();
        for additions in self.added.values() {
            raw.extend(additions.edits(file)?);
        }
        let mut after = applied(before, self.span.start, raw)?;
        if format(before) == before {
            after = format(&after);
        }
        let after = lines::with_ends_of(file, after);
        (is_sound(before, &after)).then(|| lines::difference(self.span, before, &after))
    }
}

/// The text with edits that lie apart; none where they overlap.
fn applied(text: &str, offset: u32, mut edits: Vec<(Span, String)>) -> Option<String> {
    edits.sort_by_key(|it| (it.0.start, it.0.end));
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (span, new) in &edits {
        let start = span.start.checked_sub(offset)? as usize;
        let end = span.end.checked_sub(offset)? as usize;
        result.push_str(text.get(done..start)?);
        result.push_str(new);
        done = end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

/// Whether every comment is still there, and no mistake is new.
fn is_sound(before: &str, after: &str) -> bool {
    let comments = |text: &str| -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for it in &lex(FileId(0), text).tokens {
            if matches!(it.kind, token::Kind::LineComment | token::Kind::BlockComment) {
                *counts.entry(it.text(text).trim().to_owned()).or_default() += 1;
            }
        }
        counts
    };
    let kept = comments(after);
    let is_kept = |(text, count): (&String, &usize)| kept.get(text).is_some_and(|it| it >= count);
    let mistakes = |text: &str| parse(FileId(0), text).1.len();
    comments(before).iter().all(is_kept) && mistakes(after) <= mistakes(before)
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}
