//! Asks: the questions whose answers would change something, worked out by trying the answers.
//!
//! A question is open if nobody answered it and two plausible answers lead to different decisions or verdicts,
//! everything else being as it is. Nothing is asked for its own sake.

mod list;

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    Answer, OpenQuestion, Outcome, Proposal, World,
    graph::{Graph, Known},
};

use crate::{
    decide::chosen,
    facts::{Fact, FactValue, fact},
    review,
};
use list::{QUESTIONS, Question};

/// The most outcomes of a world that are told: the rest is counted in the weight.
const OUTCOMES_TOLD_MAX: usize = 8;

/// The questions that matter, the weightiest first.
#[must_use]
pub fn open_questions(graph: &Graph) -> Vec<OpenQuestion> {
    let mut open: Vec<OpenQuestion> =
        QUESTIONS.iter().filter_map(|question| open_question(graph, question)).collect();
    open.sort_by_key(|it| (std::cmp::Reverse(it.weight), it.id));
    open
}

/// The question that asks for a fact.
pub(crate) fn id_of(fact: &str) -> Option<&'static str> {
    QUESTIONS.iter().find(|it| it.fact == fact).map(|it| it.id)
}

/// Why a written answer cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerRefused {
    /// No question has this id or fact.
    NoSuchQuestion,
    /// The answer is not written in the question's form.
    Unreadable {
        /// How it is written.
        form: String,
        /// Examples.
        plausible: Vec<String>,
    },
    /// It has to be written by hand.
    ByHand,
}

/// What to write for an answer to a question, named by id or fact.
///
/// # Errors
/// Where the question is not known, or the answer cannot be read.
pub fn answer(graph: &Graph, question: &str, text: &str) -> Result<Answer, AnswerRefused> {
    let is_meant = |it: &&Question| it.id.eq_ignore_ascii_case(question) || it.fact == question;
    let question = QUESTIONS.iter().find(is_meant).ok_or(AnswerRefused::NoSuchQuestion)?;
    let fact = fact(question.fact).ok_or(AnswerRefused::NoSuchQuestion)?;
    let value = read(fact, text).ok_or_else(|| AnswerRefused::Unreadable {
        form: form(fact),
        plausible: shown(fact, fact.plausible),
    })?;
    let changes = question.place.changes(graph, fact.unit, value);
    if changes.is_empty() {
        return Err(AnswerRefused::ByHand);
    }
    let title = format!("{}: {}", fact.title, fact.unit.show(value));
    Ok(Answer {
        question: question.id,
        proposal: Proposal { title, is_unambiguous: true, changes },
    })
}

/// An answer as people write it: with or without quotes, `yes` for `true`.
fn read(fact: &Fact, text: &str) -> Option<FactValue> {
    let text = text.trim().trim_matches('"');
    let text = match (fact.unit, text) {
        (crate::facts::Unit::Flag, "yes" | "y") => "true",
        (crate::facts::Unit::Flag, "no" | "n") => "false",
        (_, text) => text,
    };
    fact.unit.parse(text)
}

/// Facts as one asks for them: `Q07 spike`; the fact alone where no question asks for it.
#[must_use]
pub fn questions_of(facts: &[String]) -> Vec<String> {
    let question = |fact: &String| QUESTIONS.iter().find(|it| it.fact == fact).map(|it| it.id);
    facts.iter().map(|it| question(it).map_or(it.clone(), |id| format!("{id} {it}"))).collect()
}

/// Id of a question, named by id or fact, and its answer as far as there is one; none where there is no such question.
#[must_use]
pub fn question_state(graph: &Graph, question: &str) -> Option<(&'static str, Option<String>)> {
    let is_meant = |it: &&Question| it.id.eq_ignore_ascii_case(question) || it.fact == question;
    let question = QUESTIONS.iter().find(is_meant)?;
    let fact = fact(question.fact)?;
    let answer = (fact.read)(graph).value().map(|it| fact.unit.show(*it));
    Some((question.id, answer))
}

fn open_question(graph: &Graph, question: &Question) -> Option<OpenQuestion> {
    let fact = fact(question.fact)?;
    let assume = fact.assume?;
    if matches!((fact.read)(graph), Known::Is(..)) {
        return None;
    }
    let outcomes_with = |value: FactValue| {
        let mut world = graph.clone();
        assume(&mut world, value);
        outcomes(&world)
    };
    let before = outcomes_with(fact.default);
    let mut differences = BTreeSet::new();
    let mut nearest: Option<(FactValue, Outcomes)> = None;
    for value in by_distance(fact) {
        let after = outcomes_with(value);
        let changed = changed(&before, &after);
        if !changed.is_empty() && nearest.is_none() {
            nearest = Some((value, after));
        }
        differences.extend(changed);
    }
    let (value, after) = nearest?;
    let told: Vec<String> = changed(&before, &after).into_iter().take(OUTCOMES_TOLD_MAX).collect();
    let world = |value: FactValue, all: &Outcomes| World {
        answer: fact.unit.show(value),
        outcomes: told
            .iter()
            .map(|it| {
                ((*it).clone(), all.get(it.as_str()).cloned().unwrap_or_else(|| "pass".to_owned()))
            })
            .collect(),
    };
    let with_default = world(fact.default, &before);
    let otherwise = world(value, &after);
    Some(OpenQuestion {
        id: question.id,
        fact: fact.name,
        text: question.text,
        hint: question.hint,
        form: form(fact),
        plausible: shown(fact, fact.plausible),
        default: fact.unit.show(fact.default),
        with_default,
        otherwise,
        weight: u32::try_from(differences.len()).unwrap_or(u32::MAX),
    })
}

/// What is decided, found and needed, by name: `D-01 topology` → `services`, `REL-08@slo:browse` → `fail`, `machines` →
/// `3 nodes`.
type Outcomes = BTreeMap<String, String>;

fn outcomes(graph: &Graph) -> Outcomes {
    let decided = chosen(graph);
    let decided =
        decided.into_iter().map(|(id, name, option)| (format!("{id} {name}"), option.to_owned()));
    let verdicts = review(graph).verdicts;
    let found = verdicts.iter().filter_map(|it| {
        let word = match it.outcome {
            Outcome::Fail | Outcome::Waived => "fail",
            Outcome::CannotTell => "cannot tell",
            Outcome::Pass | Outcome::NotApplicable => return None,
        };
        Some((it.id(), word.to_owned()))
    });
    decided.chain(found).chain(machines(graph)).collect()
}

/// How many machines the load needs, as far as anybody can tell.
fn machines(graph: &Graph) -> Option<(String, String)> {
    let nodes = fact("nodes")?;
    let count = (nodes.read)(graph);
    Some(("machines".to_owned(), nodes.unit.show(*count.value()?)))
}

fn changed(before: &Outcomes, after: &Outcomes) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|it| before.get(*it) != after.get(*it)).cloned().collect()
}

/// Plausible values but the default, the nearest first.
fn by_distance(fact: &Fact) -> Vec<FactValue> {
    let position = fact.plausible.iter().position(|it| *it >= fact.default).unwrap_or(0);
    let mut values: Vec<(usize, FactValue)> = fact
        .plausible
        .iter()
        .enumerate()
        .filter(|(_, value)| **value != fact.default)
        .map(|(index, value)| (index.abs_diff(position), *value))
        .collect();
    values.sort_by_key(|it| it.0);
    values.into_iter().map(|it| it.1).collect()
}

fn form(fact: &Fact) -> String {
    use crate::facts::Unit;
    match fact.unit {
        Unit::Count(what) => format!("a number ({what})"),
        Unit::MilliPerSecond => "a number per second, as in 900/s".to_owned(),
        Unit::Ppm => "a percentage, as in 99.9%".to_owned(),
        Unit::Microseconds => "a length of time, as in 30s, 15m, 4h or 7d".to_owned(),
        Unit::Word(words) => format!("one of {}", words.join(", ")),
        Unit::Flag => "yes or no".to_owned(),
    }
}

fn shown(fact: &Fact, values: &[FactValue]) -> Vec<String> {
    values.iter().map(|it| fact.unit.show(*it)).collect()
}
