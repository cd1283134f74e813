//! Every rule's manual page is its test: the examples are read and judged, and the lines marked with `<-` must
//! be found, and no others.
//!
//! A fenced block with one of the words below is an example:
//!
//! - `hcl fails`: the rule fails exactly at the lines that are marked (`# <- why`); a mark `<- system` stands for a
//!   finding without a place.
//! - `hcl passes`: at least one element passes, none fails.
//! - `hcl does-not-apply`: the rule has nothing to say.
//! - `yaml cannot-tell`: at least one element cannot be judged, none fails.
//! - `sql and`: another file of the example before it.
//! - `yaml before`: a file of the earlier state of the example that follows.
//!
//! `measurements.json` has the figures of a load run. `as-of=2028-01-01` judges as of
//! another day. `file=NAME` names the file; the default is `blueprint.hcl`. Everything that is not `.hcl` goes through the
//! importers as an existing system; `.hcl` files beside others say what that system needs.

use std::collections::BTreeSet;

use crate::support::{Example, Expected, examples, judged};
use architrave_model::Outcome;
use architrave_review::{Input, Rule, rules};

#[test]
fn the_examples_of_every_page_are_judged_as_the_page_says() {
    let mut wrong = Vec::new();
    for rule in rules() {
        for example in examples(rule.page) {
            if let Err(why) = check(rule, &example) {
                wrong.push(format!("{} {}, line {}: {why}", rule.id, rule.name, example.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_page_has_the_examples_that_it_needs() {
    let mut missing = Vec::new();
    for rule in rules() {
        let all = examples(rule.page);
        let has = |expected: Expected| all.iter().any(|it| it.expected == expected);
        let is_open = all.iter().any(Example::is_existing);
        for (word, is_there) in [
            ("fails", has(Expected::Fails)),
            ("passes", has(Expected::Passes)),
            ("does-not-apply", has(Expected::DoesNotApply)),
            ("of an existing system", is_open || !reads_existing_systems(rule)),
        ] {
            if !is_there {
                missing.push(format!("{}: no example {word}", rule.id));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_page_has_its_parts_and_every_rule_its_own_id() {
    let mut ids = BTreeSet::new();
    let mut names = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        assert!(names.insert(rule.name), "{} is there twice", rule.name);
        let title = format!("# {} {}\n", rule.id, rule.name);
        assert!(rule.page.starts_with(&title), "{} starts with {title:?}", rule.id);
        for part in ["\n## Why\n", "\n## What to do\n", "\n## Examples\n"] {
            assert!(rule.page.contains(part), "{} has no {}", rule.id, part.trim());
        }
        assert!(!rule.sources.is_empty(), "{} names no source", rule.id);
    }
}

fn reads_existing_systems(rule: &Rule) -> bool {
    rule.reads.iter().any(|it| !matches!(it, Input::Blueprint | Input::Measurements))
}

fn check(rule: &Rule, example: &Example) -> Result<(), String> {
    let (files, review) = judged(example)?;
    let mine: Vec<_> = review.verdicts.iter().filter(|it| it.rule == rule.id).collect();
    let has = |outcome: Outcome| mine.iter().any(|it| it.outcome == outcome);
    let said: Vec<String> =
        mine.iter().map(|it| format!("{:?} {} {}", it.outcome, it.subject, it.title)).collect();
    let told = || format!("the rule said: {}", said.join("; "));
    let found: BTreeSet<(String, usize)> = mine
        .iter()
        .filter(|it| it.outcome == Outcome::Fail)
        .map(|it| crate::support::line_of(it, &files))
        .collect();
    let marked = example.marks();
    if found != marked {
        return Err(format!("found {found:?}, marked {marked:?}; {}", told()));
    }
    let is_right = match example.expected {
        Expected::Fails => has(Outcome::Fail),
        Expected::Passes => has(Outcome::Pass),
        Expected::DoesNotApply => has(Outcome::NotApplicable),
        Expected::CannotTell => has(Outcome::CannotTell),
    };
    if is_right { Ok(()) } else { Err(told()) }
}
