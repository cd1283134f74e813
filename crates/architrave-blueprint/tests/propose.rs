//! Proposals become edits that do what they say and nothing else, wherever in a blueprint and however it is
//! laid out.
#![cfg(test)]

use architrave_blueprint::syntax::{
    ast::{Block, ExpressionKind, Item},
    edit, format, parse, propose,
};
use architrave_model::{Change, FileId, Proposal, SourceFile, Span};
use proptest::prelude::*;

const STOREFRONT: &str = include_str!("../../../examples/storefront/blueprint.hcl");

/// Every way of writing a block that there is.
const FORMS: &str = "# a\nempty {}\n\nspaced { } # b\n\none { x = 1 } # c\n\ncommented { /* d */ }\n\nmany {\n  x = 1 # e\n  # f\n  long_name = [\n    1, # g\n  ]\n\n  inner { y = 2 }\n  # h\n}\n\nonly_blocks {\n  inner {\n    z = \"# no comment\"\n  }\n}\n";

fn files(text: &str) -> Vec<SourceFile> {
    vec![SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() }]
}

fn blocks(items: &[Item], found: &mut Vec<Block>) {
    for item in items {
        if let Item::Block(block) = item {
            found.push(block.clone());
            blocks(&block.items, found);
        }
    }
}

fn all_blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    blocks(&parse(FileId(0), text).0.items, &mut found);
    found
}

fn done(text: &str, changes: Vec<Change>) -> Option<String> {
    let files = files(text);
    let proposal = Proposal { title: "it".to_owned(), is_unambiguous: true, changes };
    let fix = propose(&files, &proposal)?;
    let applied = edit::apply(&files, [&fix]);
    assert!(applied.skipped.is_empty(), "the edits of one proposal fit beside each other");
    applied.texts.into_iter().next()
}

/// Comments in order: whatever stands behind a `#` outside of quotes, or between `/*` and `*/`.
fn comments(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut is_quoted = false;
        for (at, character) in line.char_indices() {
            match character {
                '"' => is_quoted = !is_quoted,
                '#' if !is_quoted => {
                    found.push(line[at..].trim().to_owned());
                    break;
                }
                '/' if !is_quoted && line[at..].starts_with("/*") => {
                    found.push(line[at..].split("*/").next().unwrap().trim().to_owned());
                }
                _ => {}
            }
        }
    }
    found
}

/// The same text in other clothes.
fn clothed(text: &str, clothes: u8) -> String {
    match clothes {
        0 => format(text),
        1 => format(text).replace('\n', "\r\n"),
        2 => text.lines().map(|it| format!("{}\n", it.trim_start())).collect(),
        _ => text.lines().map(|it| format!("\t{it}  \n")).collect(),
    }
}

fn count(items: &[Item]) -> usize {
    items
        .iter()
        .map(|it| match it {
            Item::Attribute(_) => 1,
            Item::Block(block) => 1 + count(&block.items),
        })
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_change_does_what_it_says_and_nothing_else(
        is_storefront in any::<bool>(),
        clothes in 0_u8..4,
        pick in any::<prop::sample::Index>(),
        kind in 0_u8..3,
        is_twice in any::<bool>(),
    ) {
        let text = clothed(if is_storefront { STOREFRONT } else { FORMS }, clothes);
        let all = all_blocks(&text);
        let block = &all[pick.index(all.len())];
        let set = |name: &str| Change::Set {
            block: block.span, name: name.to_owned(), value: "[1, 2]".to_owned(),
        };
        let mut changes = vec![match kind {
            0 => set("fresh_name"),
            1 => Change::Add { inside: Some(block.span), text: "fresh_name = [1, 2]".to_owned() },
            _ => Change::Add { inside: Some(block.span), text: "fresh_name {\n  deep = [1, 2]\n}".to_owned() },
        }];
        if is_twice {
            changes.push(set("another_fresh_name"));
        }
        let after = done(&text, changes).expect("the block is there");
        prop_assert_eq!(comments(&text), comments(&after), "{}", after);
        let (before_tree, before_findings) = parse(FileId(0), &text);
        let (tree, findings) = parse(FileId(0), &after);
        prop_assert!(findings.len() <= before_findings.len(), "{}", after);
        let added = 1 + usize::from(kind == 2) + usize::from(is_twice);
        prop_assert_eq!(count(&tree.items), count(&before_tree.items) + added, "{}", after);
        let same = all_blocks(&after).into_iter().filter(|it| it.kind.text == block.kind.text);
        let mut same = same.filter(|it| it.labels.iter().map(|it| &it.name.text).eq(block.labels.iter().map(|it| &it.name.text)));
        let has_it = same.any(|it| it.items.iter().any(|it| match it {
            Item::Attribute(it) => it.name.text == "fresh_name" && matches!(it.value.kind, ExpressionKind::List(_)),
            Item::Block(it) => it.kind.text == "fresh_name",
        }));
        prop_assert!(has_it, "{}", after);
        if format(&text) == text {
            prop_assert_eq!(&format(&after), &after);
        }
        // All line ends are as they were.
        let bare = |it: &str| it.replace("\r\n", "").contains('\n');
        prop_assert_eq!((text.contains("\r\n"), bare(&text)), (after.contains("\r\n"), bare(&after)));
    }

    #[test]
    fn a_value_is_written_in_place_of_the_one_that_is_there(
        clothes in 0_u8..4,
        pick in any::<prop::sample::Index>(),
    ) {
        let text = clothed(STOREFRONT, clothes);
        let with_settings: Vec<(Block, String)> = all_blocks(&text)
            .into_iter()
            .filter_map(|block| {
                let name = block.items.iter().find_map(|it| match it {
                    Item::Attribute(it) => Some(it.name.text.clone()),
                    Item::Block(_) => None,
                })?;
                Some((block, name))
            })
            .collect();
        let (block, name) = &with_settings[pick.index(with_settings.len())];
        let change = Change::Set { block: block.span, name: name.clone(), value: "other(1)".to_owned() };
        let Some(after) = done(&text, vec![change]) else {
            // A comment inside the old value would be lost.
            return Ok(());
        };
        prop_assert_eq!(comments(&text), comments(&after));
        let before_count = count(&parse(FileId(0), &text).0.items);
        prop_assert_eq!(count(&parse(FileId(0), &after).0.items), before_count);
        prop_assert!(after.contains("other(1)"));
        if format(&text) == text {
            prop_assert_eq!(format(&after), after);
        }
    }
}

#[test]
fn a_value_with_a_comment_in_it_is_left_alone() {
    let text = "many {\n  a = [\n    1, # why\n  ]\n}\n";
    let block = all_blocks(text).remove(0);
    let change = Change::Set { block: block.span, name: "a".to_owned(), value: "[]".to_owned() };
    assert_eq!(done(text, vec![change]), None);
}

#[test]
fn edits_are_as_small_as_lines_allow() {
    let block = all_blocks(STOREFRONT).into_iter().find(|it| it.kind.text == "limits").unwrap();
    let change =
        Change::Set { block: block.span, name: "max_body".to_owned(), value: "\"1MB\"".to_owned() };
    let proposal = Proposal { title: "it".to_owned(), is_unambiguous: true, changes: vec![change] };
    let fix = propose(&files(STOREFRONT), &proposal).unwrap();
    assert_eq!(fix.edits.len(), 1);
    let Span { start, end, .. } = fix.edits[0].span;
    assert_eq!((start, fix.edits[0].text.as_str()), (end, "  max_body  = \"1MB\"\n"));
}
