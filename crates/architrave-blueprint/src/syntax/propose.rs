//! Turns proposals into edits of the text that keep every comment.
//!
//! A text that was laid out in the standard way stays so: a longer setting may move the `=` of its neighbours.
//! Everything else stays byte for byte.

use std::collections::BTreeMap;

use architrave_model::{Change, Edit, FileId, Fix, Proposal, SourceFile, Span};

use super::ast::{Attribute, Block, File, Item};
use super::edit;

/// Spaces of one level, as the formatter has them.
const INDENT: &str = "  ";

/// The edits that do what a proposal says; none where it names a place that is not there, or the result could not
/// be parsed. `files` are those of the blueprint, in order.
#[must_use]
pub fn propose(files: &[SourceFile], proposal: &Proposal) -> Option<Fix> {
    let trees: Vec<File> =
        (0_u32..).map(FileId).zip(files).map(|(id, file)| super::parse(id, &file.text).0).collect();
    let edits = Edits { files, trees: &trees }.of(&proposal.changes)?;
    let raw = Fix { title: String::new(), edits, is_unambiguous: true };
    let applied = edit::apply(files, [&raw]);
    if !applied.skipped.is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    for ((id, file), text) in (0_u32..).map(FileId).zip(files).zip(applied.texts) {
        let text = if is_laid_out(&file.text) { super::format(&text) } else { text };
        if !super::parse(id, &text).1.is_empty() && super::parse(id, &file.text).1.is_empty() {
            return None;
        }
        edits.extend(difference(id, &file.text, &text));
    }
    (!edits.is_empty()).then(|| Fix {
        title: proposal.title.clone(),
        edits,
        is_unambiguous: proposal.is_unambiguous,
    })
}

fn is_laid_out(text: &str) -> bool {
    super::format(text) == text
}

struct Edits<'f> {
    files: &'f [SourceFile],
    trees: &'f [File],
}

impl Edits<'_> {
    fn of(&self, changes: &[Change]) -> Option<Vec<Edit>> {
        let mut edits = Vec::new();
        // Settings of blocks that are not there yet, by kind: one block for all of them.
        let mut missing: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        // Several additions at one place are one edit: edits must not touch.
        let mut added: BTreeMap<Span, String> = BTreeMap::new();
        let mut insert = |edit: Edit| match edit.span.start == edit.span.end {
            true => added.entry(edit.span).or_default().push_str(&edit.text),
            false => edits.push(edit),
        };
        for change in changes {
            match change {
                Change::Set { block, name, value } => {
                    self.set(self.block(*block)?, name, value).into_iter().for_each(&mut insert);
                }
                Change::SetTop { kind, name, value } => match self.top(kind) {
                    Some(block) => {
                        self.set(block, name, value).into_iter().for_each(&mut insert);
                    }
                    None => missing.entry(kind).or_default().push((name, value)),
                },
                Change::Add { inside: Some(block), text } => {
                    self.add(self.block(*block)?, text).into_iter().for_each(&mut insert);
                }
                Change::Add { inside: None, text } => insert(self.at_the_end(text)?),
                Change::Replace { span, text } => {
                    insert(Edit { span: *span, text: text.clone() });
                }
            }
        }
        for (kind, settings) in missing {
            let lines: String = settings
                .iter()
                .map(|(name, value)| format!("{INDENT}{name} = {value}\n"))
                .collect();
            insert(self.at_the_end(&format!("{kind} {{\n{lines}}}\n"))?);
        }
        edits.extend(added.into_iter().map(|(span, text)| Edit { span, text }));
        Some(edits)
    }

    /// The block with these bytes.
    fn block(&self, span: Span) -> Option<&Block> {
        let mut items = &self.trees.get(span.file.0 as usize)?.items;
        loop {
            let inside = |it: &&Block| it.span.start <= span.start && span.end <= it.span.end;
            let block = blocks(items).find(inside)?;
            if block.span == span {
                return Some(block);
            }
            items = &block.items;
        }
    }

    /// The first block of a kind at the top.
    fn top(&self, kind: &str) -> Option<&Block> {
        self.trees.iter().flat_map(|it| blocks(&it.items)).find(|it| it.kind.text == kind)
    }

    fn set(&self, block: &Block, name: &str, value: &str) -> Vec<Edit> {
        if let Some(known) = attributes(block).find(|it| it.name.text == name) {
            return vec![Edit { span: known.value.span, text: value.to_owned() }];
        }
        let Some(text) = self.text(block.span) else { return Vec::new() };
        let indent = indent_of(text, block);
        let line = format!("{indent}{INDENT}{name} = {value}");
        if is_one_line(text, block) {
            return opened(block, &indent, &line);
        }
        let (behind, gap) = match attributes(block).last() {
            Some(last) => (last.span.end, ""),
            None if block.items.is_empty() => (block.open.end, ""),
            None => (block.open.end, "\n"),
        };
        let at = end_of_line(text, behind);
        vec![Edit { span: place(block, at), text: format!("\n{line}{gap}") }]
    }

    fn add(&self, block: &Block, text_to_add: &str) -> Vec<Edit> {
        let Some(text) = self.text(block.span) else { return Vec::new() };
        let indent = indent_of(text, block);
        let lines = indented(text_to_add, &format!("{indent}{INDENT}"));
        if is_one_line(text, block) {
            let gap = if block.items.is_empty() { "" } else { "\n" };
            return opened(block, &indent, &format!("{gap}{lines}"));
        }
        let at = start_of_line(text, block.close.start);
        let gap = if block.items.is_empty() { "" } else { "\n" };
        vec![Edit { span: place(block, at), text: format!("{gap}{lines}\n") }]
    }

    fn at_the_end(&self, text_to_add: &str) -> Option<Edit> {
        let tree = self.trees.last()?;
        let text = &self.files.last()?.text;
        let gap = match () {
            () if text.trim().is_empty() => "",
            () if text.ends_with('\n') => "\n",
            () => "\n\n",
        };
        Some(Edit { span: tree.end.after(), text: format!("{gap}{}\n", text_to_add.trim_end()) })
    }

    fn text(&self, span: Span) -> Option<&str> {
        self.files.get(span.file.0 as usize).map(|it| it.text.as_str())
    }
}

fn blocks(items: &[Item]) -> impl Iterator<Item = &Block> {
    items.iter().filter_map(|it| match it {
        Item::Block(block) => Some(block),
        Item::Attribute(_) => None,
    })
}

fn attributes(block: &Block) -> impl Iterator<Item = &Attribute> {
    block.items.iter().filter_map(|it| match it {
        Item::Attribute(attribute) => Some(attribute),
        Item::Block(_) => None,
    })
}

fn place(block: &Block, at: usize) -> Span {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    Span { file: block.span.file, start: at, end: at }
}

/// A block on one line, opened up: what it holds on a line of its own, then the new lines.
fn opened(block: &Block, indent: &str, lines: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    if !block.items.is_empty() {
        let text = format!("\n{indent}{INDENT}");
        edits.push(Edit { span: place(block, block.open.end as usize), text });
    }
    let text = format!("\n{lines}\n{indent}");
    edits.push(Edit { span: place(block, block.close.start as usize), text });
    edits
}

fn is_one_line(text: &str, block: &Block) -> bool {
    let inside = text.get(block.open.end as usize..block.close.start as usize);
    inside.is_some_and(|it| !it.contains('\n'))
}

fn indent_of(text: &str, block: &Block) -> String {
    let start = start_of_line(text, block.span.start);
    let line = text.get(start..).unwrap_or_default();
    line.chars().take_while(|it| *it == ' ' || *it == '\t').collect()
}

fn start_of_line(text: &str, at: u32) -> usize {
    text.get(..at as usize).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1)
}

/// The end of the line, behind a comment that stands there; before the carriage return of a CRLF.
fn end_of_line(text: &str, at: u32) -> usize {
    let rest = text.get(at as usize..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    at as usize + line.trim_end_matches('\r').len()
}

fn indented(text: &str, indent: &str) -> String {
    let lines = text.trim_end().lines();
    let lines = lines.map(|it| if it.is_empty() { String::new() } else { format!("{indent}{it}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// What differs, as one replacement of whole lines; nothing where nothing does.
fn difference(file: FileId, before: &str, after: &str) -> Option<Edit> {
    if before == after {
        return None;
    }
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| -> (usize, usize) {
        pairs.take_while(|(a, b)| a == b).fold((0, 0), |sum, (a, _)| (sum.0 + 1, sum.1 + a.len()))
    };
    let (lines_before, bytes_before) = same(&mut old.iter().zip(&new));
    let rest = old.len().min(new.len()) - lines_before;
    let (_, bytes_behind) = same(&mut old.iter().rev().zip(new.iter().rev()).take(rest));
    let text = after.get(bytes_before..after.len() - bytes_behind)?;
    let span = Span {
        file,
        start: u32::try_from(bytes_before).ok()?,
        end: u32::try_from(before.len() - bytes_behind).ok()?,
    };
    Some(Edit { span, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(text: &str, changes: Vec<Change>) -> Option<String> {
        let files = [SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() }];
        let proposal = Proposal { title: "it".to_owned(), is_unambiguous: true, changes };
        let fix = propose(&files, &proposal)?;
        let applied = edit::apply(&files, [&fix]);
        assert!(applied.skipped.is_empty());
        applied.texts.into_iter().next()
    }

    fn block(text: &str, kind: &str) -> Span {
        let tree = super::super::parse(FileId(0), text).0;
        let mut left: Vec<&Block> = blocks(&tree.items).collect();
        while let Some(block) = left.pop() {
            if block.kind.text == kind {
                return block.span;
            }
            left.extend(blocks(&block.items));
        }
        panic!("no {kind}")
    }

    fn set(name: &'static str, value: &str) -> Change {
        Change::SetTop { kind: "workload", name, value: value.to_owned() }
    }

    #[test]
    fn a_setting_is_written_where_settings_stand() {
        for (before, after) in [
            // In a block of several lines, behind the last setting and its comment; `=` stays aligned.
            (
                "workload {\n  users = 5 # people\n}\n",
                "workload {\n  users  = 5 # people\n  growth = \"1%/month\"\n}\n",
            ),
            // In an empty one, and in one on a single line.
            ("workload {\n}\n", "workload {\n  growth = \"1%/month\"\n}\n"),
            ("workload {}\n", "workload {\n  growth = \"1%/month\"\n}\n"),
            ("workload { users = 5 }\n", "workload {\n  users  = 5\n  growth = \"1%/month\"\n}\n"),
            // In place of what it has.
            (
                "workload {\n  growth = \"9%/month\" # a guess\n}\n",
                "workload {\n  growth = \"1%/month\" # a guess\n}\n",
            ),
            // In a block of its own where there is none.
            (
                "system Shop { edition = \"2026\" }\n",
                "system Shop { edition = \"2026\" }\n\nworkload {\n  growth = \"1%/month\"\n}\n",
            ),
            ("", "workload {\n  growth = \"1%/month\"\n}\n"),
        ] {
            assert_eq!(done(before, vec![set("growth", "\"1%/month\"")]).as_deref(), Some(after));
        }
    }

    #[test]
    fn settings_of_one_missing_block_stand_together() {
        let after = done("", vec![set("users", "5"), set("tenants", "2")]).unwrap();
        assert_eq!(after, "workload {\n  users   = 5\n  tenants = 2\n}\n");
        let after =
            done("workload {\n  peak = \"1/s\"\n}\n", vec![set("users", "5"), set("tenants", "2")]);
        assert_eq!(
            after.as_deref(),
            Some("workload {\n  peak    = \"1/s\"\n  users   = 5\n  tenants = 2\n}\n")
        );
    }

    #[test]
    fn a_block_is_added_behind_the_others() {
        let before = "context a {\n  # kept\n  entity B {\n    c = int\n  }\n}\n";
        let add = Change::Add {
            inside: Some(block(before, "entity")),
            text: "access {\n  read = true\n}\n".to_owned(),
        };
        assert_eq!(
            done(before, vec![add]).as_deref(),
            Some(
                "context a {\n  # kept\n  entity B {\n    c = int\n\n    access {\n      read = true\n    }\n  }\n}\n"
            )
        );
    }

    #[test]
    fn a_text_that_is_laid_out_otherwise_keeps_its_layout() {
        let before = "workload {\n    users=5\n}\n# end";
        let after = done(before, vec![set("tenants", "2")]).unwrap();
        assert_eq!(after, "workload {\n    users=5\n  tenants = 2\n}\n# end");
    }

    #[test]
    fn a_place_that_is_not_there_and_a_text_that_cannot_be_read_change_nothing() {
        let text = "workload {\n  users = 5\n}\n";
        let nowhere = Span { start: 3, end: 9, ..Span::default() };
        let change = Change::Set { block: nowhere, name: "a".to_owned(), value: "1".to_owned() };
        assert_eq!(done(text, vec![change]), None);
        assert_eq!(done(text, vec![set("tenants", "[")]), None);
    }
}
