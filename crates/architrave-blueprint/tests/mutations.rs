//! However the storefront is cut up and shuffled: reading it ends, and every place it names is in the text.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use architrave_blueprint::read;
use architrave_blueprint::render::{Style, render};
use architrave_model::{Finding, SourceFile};
use proptest::prelude::*;

fn storefront() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront/blueprint.hcl");
    std::fs::read_to_string(path).unwrap()
}

/// One way to spoil a text.
#[derive(Debug, Clone)]
enum Mutation {
    DeleteLine(usize),
    DoubleLine(usize),
    SwapLines(usize, usize),
    DeleteWord(usize),
    SwapWords(usize, usize),
    ReplaceWord(usize, usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = 0..4_000_usize;
    prop_oneof![
        at.clone().prop_map(Mutation::DeleteLine),
        at.clone().prop_map(Mutation::DoubleLine),
        (at.clone(), at.clone()).prop_map(|(a, b)| Mutation::SwapLines(a, b)),
        at.clone().prop_map(Mutation::DeleteWord),
        (at.clone(), at.clone()).prop_map(|(a, b)| Mutation::SwapWords(a, b)),
        (at.clone(), at).prop_map(|(a, b)| Mutation::ReplaceWord(a, b)),
    ]
}

/// Runs of letters and single other characters, which together are the text.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for letter in text.chars() {
        let is_word = letter.is_alphanumeric() || letter == '_';
        match words.last_mut() {
            Some(last)
                if is_word && last.ends_with(|it: char| it.is_alphanumeric() || it == '_') =>
            {
                last.push(letter);
            }
            _ => words.push(letter.to_string()),
        }
    }
    words
}

fn spoil(text: &str, mutation: &Mutation) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let mut words = words(text);
    let (line_count, word_count) = (lines.len().max(1), words.len().max(1));
    match *mutation {
        Mutation::DeleteLine(at) => lines[at % line_count].clear(),
        Mutation::DoubleLine(at) => {
            let line = lines[at % line_count].clone();
            lines.insert(at % line_count, line);
        }
        Mutation::SwapLines(a, b) => lines.swap(a % line_count, b % line_count),
        Mutation::DeleteWord(at) => words[at % word_count].clear(),
        Mutation::SwapWords(a, b) => words.swap(a % word_count, b % word_count),
        Mutation::ReplaceWord(a, b) => words[a % word_count] = words[b % word_count].clone(),
    }
    match mutation {
        Mutation::DeleteLine(_) | Mutation::DoubleLine(_) | Mutation::SwapLines(..) => {
            lines.concat()
        }
        _ => words.concat(),
    }
}

fn places_are_in(findings: &[Finding], text: &str) {
    for finding in findings {
        assert!(!finding.labels.is_empty(), "{finding:?}");
        assert!(finding.help.is_some() || finding.fix.is_some(), "no way out: {finding:?}");
        let edits = finding.fix.iter().flat_map(|it| &it.edits).map(|it| it.span);
        for span in finding.labels.iter().map(|it| it.span).chain(edits) {
            assert!(text.get(span.start as usize..span.end as usize).is_some(), "{finding:?}");
        }
        let mut labels: Vec<_> = finding.labels.iter().map(|it| it.span).collect();
        labels.sort();
        for pair in labels.windows(2) {
            assert!(pair[0].end <= pair[1].start, "labels overlap: {finding:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_spoilt_storefront_is_read_to_its_end(mutations in prop::collection::vec(mutation(), 1..6)) {
        let text = mutations.iter().fold(storefront(), |text, it| spoil(&text, it));
        let files = [SourceFile { name: "blueprint.hcl".into(), text: text.clone() }];
        let (_, findings) = read(&files);
        places_are_in(&findings, &text);
        prop_assert!(findings.is_sorted_by_key(Finding::span));
        prop_assert!(findings.is_empty() || !render(&findings, &files, Style::Plain).is_empty());
    }
}
