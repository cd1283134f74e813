//! Proposals as edits, example by example.

use architrave_model::{Change, FileId, Proposal, SourceFile, Span};

use super::propose;
use crate::syntax::{
    ast::{Block, Item},
    edit, parse,
};

fn done(text: &str, changes: Vec<Change>) -> Option<String> {
    let files = [SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() }];
    let proposal = Proposal { title: "it".to_owned(), is_unambiguous: true, changes };
    let fix = propose(&files, &proposal)?;
    let applied = edit::apply(&files, [&fix]);
    assert!(applied.skipped.is_empty());
    applied.texts.into_iter().next()
}

fn blocks(items: &[Item]) -> impl Iterator<Item = &Block> {
    items.iter().filter_map(|it| match it {
        Item::Block(block) => Some(block),
        Item::Attribute(_) => None,
    })
}

fn block(text: &str, kind: &str) -> Span {
    let tree = parse(FileId(0), text).0;
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
