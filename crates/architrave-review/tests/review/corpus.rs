//! Precision and recall on inputs written in the manner of real projects.
//!
//! Each folder of `tests/corpus` is one existing system. `labels.txt` says, by hand, what of it is true:
//!
//! ```text
//! REL-16 docker-compose.yml:9 true    no health check: a start that hangs is not noticed
//! SEC-07 docker-compose.yml:31 false  the connection does not leave the host
//! SEC-06 .env:3 missed                a finding that no rule makes
//! ```
//!
//! A place is a file and a line, or `system`. Every finding must have a label; a rule that is wrong more often than
//! once in five times fails the test.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use architrave_model::{Outcome, SourceFile};
use architrave_review::review;

use crate::support::{self, AS_OF_DAY};

/// Findings that are right, of a hundred that are made.
const PRECISION_MIN_PERCENT: usize = 80;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    True,
    False,
    Missed,
}

/// What became of a rule over the whole corpus.
#[derive(Debug, Default)]
struct Score {
    right: usize,
    wrong: usize,
    missed: usize,
}

#[test]
fn rules_are_right_at_least_four_times_of_five() {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut unlabelled = Vec::new();
    let mut stale = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let labels = labels(&folder);
        let found = found(&folder);
        for (key, title) in &found {
            match labels.get(key) {
                None => unlabelled.push(format!("{name}: {} {} true    {title}", key.0, key.1)),
                Some(Label::True) => scores.entry(key.0.clone()).or_default().right += 1,
                Some(_) => scores.entry(key.0.clone()).or_default().wrong += 1,
            }
        }
        for (key, label) in labels.iter().filter(|it| !found.contains_key(it.0)) {
            match label {
                Label::Missed => scores.entry(key.0.clone()).or_default().missed += 1,
                Label::True | Label::False => stale.push(format!("{name}: {} {}", key.0, key.1)),
            }
        }
    }
    let table = table(&scores);
    // Straight to standard output: shown with `--nocapture`, and by whoever runs this for the figures.
    std::io::Write::write_all(&mut std::io::stdout(), table.as_bytes()).unwrap();
    assert!(unlabelled.is_empty(), "label these by hand:\n{}", unlabelled.join("\n"));
    assert!(stale.is_empty(), "no longer found, mend the rule or the label:\n{}", stale.join("\n"));
    let weak: Vec<&String> = scores
        .iter()
        .filter(|(_, it)| it.right * 100 < PRECISION_MIN_PERCENT * (it.right + it.wrong))
        .map(|it| it.0)
        .collect();
    assert!(weak.is_empty(), "mend or drop {weak:?}\n{table}");
}

#[test]
fn there_are_at_least_twelve_systems() {
    assert!(folders().len() >= 12);
}

fn table(scores: &BTreeMap<String, Score>) -> String {
    let mut text = "rule     right wrong missed precision recall\n".to_owned();
    for (rule, it) in scores {
        let share = |part: usize, of: usize| match of {
            0 => "-".to_owned(),
            of => format!("{} %", part * 100 / of),
        };
        text.push_str(&format!(
            "{rule:8} {:5} {:5} {:6} {:>9} {:>6}\n",
            it.right,
            it.wrong,
            it.missed,
            share(it.right, it.right + it.wrong),
            share(it.right, it.right + it.missed),
        ));
    }
    text
}

/// (rule, place) of every finding about a system, with its title.
fn found(folder: &Path) -> BTreeMap<(String, String), String> {
    let files = files(folder);
    let graph = architrave_import::read(&files, AS_OF_DAY).graph;
    let verdicts = review(&graph).verdicts;
    let failed = verdicts.iter().filter(|it| it.outcome == Outcome::Fail);
    failed
        .map(|it| {
            let place = match support::line_of(it, &files) {
                (name, _) if name.is_empty() => "system".to_owned(),
                (name, line) => format!("{name}:{line}"),
            };
            ((it.rule.to_owned(), place), it.title.clone())
        })
        .collect()
}

fn labels(folder: &Path) -> BTreeMap<(String, String), Label> {
    let text = fs::read_to_string(folder.join("labels.txt")).unwrap_or_default();
    let mut labels = BTreeMap::new();
    for line in text.lines().filter(|it| !it.is_empty() && !it.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let label = match words.get(2).copied() {
            Some("true") => Label::True,
            Some("false") => Label::False,
            Some("missed") => Label::Missed,
            _ => panic!("{}: {line}: say true, false or missed", folder.display()),
        };
        assert!(words.len() > 3, "{}: {line}: say why", folder.display());
        let before = labels.insert((words[0].to_owned(), words[1].to_owned()), label);
        assert!(before.is_none(), "{}: {line}: labelled twice", folder.display());
    }
    labels
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let found: BTreeSet<PathBuf> =
        fs::read_dir(root).unwrap().map(|it| it.unwrap().path()).collect();
    found.into_iter().filter(|it| it.is_dir()).collect()
}

/// The files of a system but its labels, by their path in it.
fn files(folder: &Path) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(at) = left.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.file_name().is_some_and(|it| it != "labels.txt") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.push(SourceFile { name, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}
