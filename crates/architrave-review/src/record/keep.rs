//! Keeps records and lock in step with decisions: what holds, what changed because of what, what is written anew.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    SourceFile,
    decision::{Decision, Record, RecordStatus},
    graph::Graph,
};

use super::{
    front,
    lock::{Lock, Locked, facts},
    report::{Standing, Why},
    write,
};
use crate::decide::{Precedent, Tables, chosen_for};

/// What is there already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept<'k> {
    /// The Markdown files of the folder of records, named by their path below it, sorted.
    pub files: &'k [SourceFile],
    /// Text of the lock; empty where there is none.
    pub lock: &'k str,
}

/// What becomes of it.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    /// All records by number, with the texts that they have now.
    pub records: Vec<Record>,
    /// Files that are new or whose status changed: (path below the folder, text).
    pub changed: Vec<(String, String)>,
    /// The lock's new text.
    pub lock: String,
    /// How each decision stands, in their order.
    pub standings: Vec<Standing>,
    /// What is wrong with what is there; nothing may be written then.
    pub faults: Vec<String>,
}

/// What people said no to, for the next decision.
#[must_use]
pub fn precedents(files: &[SourceFile]) -> Vec<Precedent> {
    let ours = files.iter().filter_map(|it| front::read(&it.name, &it.text));
    ours.filter(|it| it.status == RecordStatus::Rejected)
        .map(|it| Precedent::Rejected {
            record: format!("record {:04}", it.number),
            decision: it.decision,
            option: it.chosen,
        })
        .collect()
}

/// The records of a folder by number: those that decisions were written to, and those that people wrote, as far as the
/// graph knows them.
#[must_use]
pub fn records(files: &[SourceFile], graph: &Graph) -> Vec<Record> {
    let of_people = |file: &SourceFile| {
        let number = front::number(&file.name)?;
        let known = graph.decisions.iter().find(|it| {
            it.decides.is_none() && it.node.id.trim_start_matches("decision:").parse() == Ok(number)
        })?;
        Some(Record {
            number,
            chosen: known.chosen.value().cloned().unwrap_or_default(),
            title: known.node.name.clone(),
            status: known.status.value().map_or_else(Default::default, |it| front::status_of(it)),
            review_by_day: known.review_by_day.value().copied(),
            path: file.name.clone(),
            text: file.text.clone(),
            ..Record::default()
        })
    };
    let read = |it: &SourceFile| front::read(&it.name, &it.text).or_else(|| of_people(it));
    let mut all: Vec<Record> = files.iter().filter_map(read).collect();
    all.sort_by(|a, b| (a.number, &a.path).cmp(&(b.number, &b.path)));
    all
}

/// Brings records and lock up to date with decisions. Pure: nothing is written here.
#[must_use]
pub fn keep(tables: &Tables, decisions: &[Decision], graph: &Graph, kept: Kept<'_>) -> Recorded {
    let day = graph.as_of_day;
    let mut recorded = Recorded { records: records(kept.files, graph), ..Recorded::default() };
    let mut lock = match Lock::parse(kept.lock) {
        Ok(lock) => lock,
        Err(what) => {
            recorded.faults.push(format!("{} cannot be read: {what}", super::LOCK_NAME));
            Lock::default()
        }
    };
    let mut numbers = BTreeSet::new();
    for record in &recorded.records {
        if !numbers.insert(record.number) {
            let what = format!("two records have the number {:04}: {}", record.number, record.path);
            recorded.faults.push(what);
        }
    }
    // Numbers of files that are no records are taken as well: a name must not be given twice.
    numbers.extend(kept.files.iter().filter_map(|it| front::number(&it.name)));
    let mut next = numbers.last().map_or(1, |it| it.saturating_add(1));
    for decision in decisions {
        let before = lock.decisions.get(&decision.id).cloned();
        let mut standing = standing(tables, decision, before.as_ref());
        let number = recorded.settle(decision, day, &mut next);
        let record = recorded.records.iter().find(|it| Some(it.number) == number);
        standing.record = record.map(|it| (it.number, it.status));
        let review_by = record.and_then(|it| it.review_by_day).map(front::date).unwrap_or_default();
        standing.is_overdue = record.and_then(|it| it.review_by_day).is_some_and(|it| it < day);
        let locked = Locked::of(decision, number.unwrap_or_default(), review_by);
        lock.decisions.insert(decision.id.clone(), locked);
        recorded.standings.push(standing);
    }
    recorded.lock = lock.written();
    recorded
}

impl Recorded {
    /// Makes the records say what a decision says; the number of the record that does.
    fn settle(&mut self, decision: &Decision, day: i32, next: &mut u32) -> Option<u32> {
        if decision.chosen.is_empty() {
            return None;
        }
        let is_live = |it: &&Record| {
            it.decision == decision.id
                && matches!(it.status, RecordStatus::Proposed | RecordStatus::Accepted)
        };
        let live: Vec<Record> = self.records.iter().filter(is_live).cloned().collect();
        let same = live.iter().rev().find(|it| it.chosen == decision.chosen);
        let proposal = |it: &&Record| it.status == RecordStatus::Proposed;
        if let Some(same) = same {
            // What was proposed meanwhile and is chosen no longer gives way.
            for other in live.iter().filter(proposal).filter(|it| it.chosen != decision.chosen) {
                self.supersede(other.number, same);
            }
            return Some(same.number);
        }
        let accepted = live.iter().rev().find(|it| it.status == RecordStatus::Accepted);
        let latest = accepted.or(live.last());
        let record = write::proposed(decision, *next, day, latest);
        *next = next.saturating_add(1);
        // A proposal gives way at once; what a person accepted holds until a person accepts the next.
        for other in live.iter().filter(proposal) {
            self.supersede(other.number, &record);
        }
        self.changed.push((record.path.clone(), record.text.clone()));
        let number = record.number;
        self.records.push(record);
        Some(number)
    }

    fn supersede(&mut self, number: u32, by: &Record) {
        let Some(record) = self.records.iter_mut().find(|it| it.number == number) else { return };
        record.text = front::with(&record.text, &[front::superseded(by)]);
        record.status = RecordStatus::Superseded;
        record.superseded_by = Some(by.number);
        self.changed.push((record.path.clone(), record.text.clone()));
    }
}

/// How a decision stands against the lock.
fn standing(tables: &Tables, decision: &Decision, before: Option<&Locked>) -> Standing {
    let why = match before {
        _ if decision.chosen.is_empty() => Why::Impossible,
        None => Why::New,
        Some(before) if before.chosen == decision.chosen => {
            Why::Holds { moved: moved(&before.facts, decision) }
        }
        Some(before) => {
            Why::Changed { from: before.chosen.clone(), because: causes(tables, before, decision) }
        }
    };
    Standing {
        id: decision.id.clone(),
        name: decision.name.clone(),
        chosen: decision.chosen.clone(),
        asks: decision.asks.clone(),
        why,
        record: None,
        is_overdue: false,
    }
}

/// Facts that are not what they were: "title: before → now".
fn moved(before: &BTreeMap<String, String>, decision: &Decision) -> Vec<String> {
    let inputs = decision.inputs.iter();
    inputs
        .filter_map(|it| {
            let was = before.get(&it.fact).filter(|was| **was != it.written)?;
            Some(format!("{}: {} → {}", it.title, shown(&it.fact, was), it.value))
        })
        .collect()
}

fn shown(fact: &str, written: &str) -> String {
    let said = crate::facts::fact(fact).and_then(|it| Some(it.unit.say(it.unit.parse(written)?)));
    said.unwrap_or_else(|| written.to_owned())
}

/// What made a decision another one: each fact that would alone bring the old option back, else all that moved, else
/// the table.
fn causes(tables: &Tables, before: &Locked, decision: &Decision) -> Vec<String> {
    let now = facts(decision);
    let moved: Vec<&String> = now
        .iter()
        .filter(|(name, value)| before.facts.get(*name).is_some_and(|it| it != *value))
        .map(|it| it.0)
        .collect();
    let would_undo = |name: &&String| {
        let mut facts = now.clone();
        if let Some(was) = before.facts.get(*name) {
            facts.insert((*name).clone(), was.clone());
        }
        chosen_for(tables, &decision.id, &facts).as_ref() == Some(&before.chosen)
    };
    let alone: Vec<&String> = moved.iter().copied().filter(would_undo).collect();
    let named = if alone.is_empty() { moved } else { alone };
    let told = |name: &String| {
        let input = decision.inputs.iter().find(|it| it.fact == *name)?;
        let was = before.facts.get(name)?;
        Some(format!("{}: {} → {}", input.title, shown(name, was), input.value))
    };
    let told: Vec<String> = named.into_iter().filter_map(told).collect();
    if !told.is_empty() {
        return told;
    }
    if before.table != decision.table_version {
        return vec![format!("the table: {} → {}", before.table, decision.table_version)];
    }
    vec!["what people decided before: see the options that are ruled out".to_owned()]
}
