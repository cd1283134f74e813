//! What holds for every rule, those that come later too: the examples of all pages are the cases.

use std::collections::{BTreeMap, BTreeSet};

use architrave_blueprint::syntax::{self, ast};
use architrave_model::{FileId, Outcome, SourceFile, Verdict};
use architrave_review::{
    Review, rule, rules,
    tell::{Format, Report},
};

use crate::support::{Example, Expected, examples, judged};

/// All examples that are blueprints, with their rule. Not those with an earlier state: compared with that, a renaming
/// is a change.
fn blueprints() -> Vec<(&'static str, Example)> {
    let all = rules().flat_map(|rule| examples(rule.page).into_iter().map(|it| (rule.id, it)));
    all.filter(|(_, it)| it.is_blueprint() && it.before.is_empty()).collect()
}

fn with_texts(example: &Example, texts: Vec<String>) -> Example {
    let files =
        example.files.iter().zip(texts).map(|(file, text)| SourceFile { text, ..file.clone() });
    Example { files: files.collect(), ..example.clone() }
}

fn review_of(example: &Example) -> Review {
    judged(example).expect("the example is read as before").1
}

/// What a review says without names: how often each rule comes to each outcome, and where it fails.
fn nameless(review: &Review, files: &[SourceFile]) -> BTreeMap<String, usize> {
    let mut said = BTreeMap::new();
    for it in &review.verdicts {
        if rule(it.rule).is_some_and(|it| it.reads_names) {
            continue;
        }
        let place = crate::support::line_of(it, files);
        let key = format!("{} {:?} {:?} {place:?}", it.rule, it.outcome, it.level);
        *said.entry(key).or_default() += 1;
    }
    said
}

#[test]
fn renaming_changes_no_verdict() {
    let mut renamed = 0;
    for (id, example) in blueprints() {
        let names = declared(&example);
        let texts = example.files.iter().map(|it| rename(&it.text, &names)).collect();
        let other = with_texts(&example, texts);
        if names.is_empty() {
            continue;
        }
        renamed += 1;
        let before = nameless(&review_of(&example), &example.files);
        let after = nameless(&review_of(&other), &other.files);
        assert_eq!(before, after, "{id}, line {}:\n{}", example.line, other.files[0].text);
    }
    assert!(renamed * 10 >= blueprints().len() * 9, "only {renamed} examples were renamed");
}

#[test]
fn an_unrelated_context_changes_no_finding_elsewhere() {
    const ISLAND: &str = "\ncontext unrelated_island {\n  owner = \"nobody-else\"\n\n  entity Pebble {\n    weight = int(min(0), max(9))\n\n    access { read = caller.is_system }\n  }\n}\n";
    let failing = |review: &Review| -> BTreeSet<String> {
        let all = review.verdicts.iter().filter(|it| it.outcome == Outcome::Fail);
        let elsewhere =
            all.filter(|it| it.subject != "system" && !it.subject.contains("unrelated_island"));
        elsewhere.map(Verdict::id).collect()
    };
    for (id, example) in blueprints() {
        let mut texts: Vec<String> = example.files.iter().map(|it| it.text.clone()).collect();
        texts.last_mut().unwrap().push_str(ISLAND);
        let other = with_texts(&example, texts);
        let (before, after) = (failing(&review_of(&example)), failing(&review_of(&other)));
        assert_eq!(before, after, "{id}, line {}", example.line);
    }
}

#[test]
fn the_fix_of_a_finding_makes_it_go() {
    let mut wrong = Vec::new();
    for (id, example) in blueprints() {
        if example.expected != Expected::Fails {
            continue;
        }
        let review = review_of(&example);
        for verdict in review.verdicts.iter().filter(|it| it.rule == id) {
            let Some(proposal) =
                verdict.proposal.as_ref().filter(|_| verdict.outcome == Outcome::Fail)
            else {
                continue;
            };
            let told = format!("{id}, line {}: {}", example.line, proposal.title);
            let Some(fix) = syntax::propose(&example.files, proposal) else {
                wrong
                    .push(format!("{told}: names a place that is not there, or cannot be written"));
                continue;
            };
            let applied = syntax::edit::apply(&example.files, [&fix]);
            let after = with_texts(&example, applied.texts);
            let is_laid_out = |it: &SourceFile| syntax::format(&it.text) == it.text;
            let stays = example.files.iter().zip(&after.files);
            if stays.into_iter().any(|(a, b)| is_laid_out(a) && !is_laid_out(b)) {
                wrong.push(format!("{told}: the layout is lost\n{}", after.files[0].text));
            }
            match judged(&after) {
                Err(why) => wrong.push(format!("{told}: {why}\n{}", after.files[0].text)),
                Ok((_, review)) => {
                    let is_left =
                        |it: &&Verdict| it.outcome == Outcome::Fail && it.id() == verdict.id();
                    if review.verdicts.iter().any(|it| is_left(&it)) {
                        wrong.push(format!(
                            "{told}: the finding is still there\n{}",
                            after.files[0].text
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn two_runs_say_the_same_bytes() {
    for rule in rules() {
        for example in examples(rule.page) {
            let told = || {
                let (files, review) = judged(&example).unwrap();
                let report = Report { system: "it".to_owned(), files, review, ..Report::default() };
                [Format::Json, Format::Sarif, Format::Markdown, Format::Junit]
                    .map(|it| report.told(it))
            };
            assert_eq!(told(), told(), "{}", rule.id);
        }
    }
}

#[test]
fn findings_have_ids_of_their_own() {
    for rule in rules() {
        for example in examples(rule.page) {
            let (_, review) = judged(&example).unwrap();
            let mut seen = BTreeSet::new();
            for it in review.verdicts.iter().filter(|it| it.outcome == Outcome::Fail) {
                assert!(seen.insert(it.id()), "{} is there twice; page of {}", it.id(), rule.id);
            }
        }
    }
}

/// Names that the author chose, as far as they are no words of the language too.
fn declared(example: &Example) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut words = BTreeSet::new();
    for (id, file) in (0_u32..).map(FileId).zip(&example.files) {
        let (tree, _) = syntax::parse(id, &file.text);
        items(&tree.items, &mut names, &mut words);
    }
    // `email = email(…)`: renaming one would rename the other.
    names.retain(|it| !words.contains(it) && !WORDS.contains(&it.as_str()));
    names
}

/// Words of the language that stand where names may stand.
const WORDS: &[&str] = &[
    "this",
    "old",
    "input",
    "caller",
    "now",
    "event",
    "each",
    "response",
    "body",
    "headers",
    "id",
    "version",
    "created_at",
    "updated_at",
    "status",
    "user",
    "tenant",
    "true",
    "false",
    "null",
];

fn items(all: &[ast::Item], names: &mut BTreeSet<String>, words: &mut BTreeSet<String>) {
    for item in all {
        match item {
            ast::Item::Attribute(it) => {
                words.insert(it.name.text.clone());
                calls(&it.value, words);
            }
            ast::Item::Block(block) => {
                words.insert(block.kind.text.clone());
                let is_named =
                    !matches!(block.kind.text.as_str(), "login" | "field" | "accept" | "invariant");
                names.extend(
                    block.labels.iter().filter(|_| is_named).map(|it| it.name.text.clone()),
                );
                items(&block.items, names, words);
            }
        }
    }
}

/// Functions and types.
fn calls(expression: &ast::Expression, words: &mut BTreeSet<String>) {
    match &expression.kind {
        ast::ExpressionKind::Call { name, arguments } => {
            words.insert(name.text.clone());
            arguments.iter().for_each(|it| calls(it, words));
        }
        ast::ExpressionKind::List(all) => all.iter().for_each(|it| calls(it, words)),
        ast::ExpressionKind::Object(all) => all.iter().for_each(|it| {
            words.insert(it.key.text.clone());
            calls(&it.value, words);
        }),
        _ => {}
    }
}

/// The text with every declared name written otherwise, outside of texts and comments.
fn rename(text: &str, names: &BTreeSet<String>) -> String {
    let mut result = String::new();
    for line in text.split_inclusive('\n') {
        let (code, comment) = line.split_once('#').map_or((line, None), |(a, b)| (a, Some(b)));
        for (position, piece) in code.split('"').enumerate() {
            if position > 0 {
                result.push('"');
            }
            if position % 2 == 0 {
                result.push_str(&renamed(piece, names));
            } else {
                // Only what is between `${` and `}` is code.
                for (position, part) in piece.split("${").enumerate() {
                    if position == 0 {
                        result.push_str(part);
                        continue;
                    }
                    let (inside, behind) = part.split_once('}').unwrap_or((part, ""));
                    result.push_str(&format!("${{{}}}{behind}", renamed(inside, names)));
                }
            }
        }
        if let Some(comment) = comment {
            result.push('#');
            result.push_str(comment);
        }
    }
    result
}

fn renamed(code: &str, names: &BTreeSet<String>) -> String {
    let mut result = String::new();
    let mut word = String::new();
    for character in code.chars().chain(['\0']) {
        if character.is_ascii_alphanumeric() || character == '_' {
            word.push(character);
            continue;
        }
        if names.contains(&word) {
            let is_pascal = word.starts_with(|it: char| it.is_ascii_uppercase());
            result.push_str(if is_pascal { "Zq" } else { "zq_" });
        }
        result.push_str(&word);
        word.clear();
        if character != '\0' {
            result.push(character);
        }
    }
    result
}
