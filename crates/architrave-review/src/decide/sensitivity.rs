//! What a choice rests on: for each fact the nearest values that would change it.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    decision::{Flip, Input},
    graph::Provenance,
};

use super::choose::{Barred, outcome};
use super::table::Table;
use crate::facts::{Fact, FactValue, Unit};

/// Values of facts by name, and who says so.
pub(super) type Known = BTreeMap<&'static str, (FactValue, Provenance)>;

/// A fact, its value, and what would have to become of it for another option to be chosen.
pub(super) fn input(
    table: &Table,
    fact: &'static Fact,
    known: &Known,
    barred: &Barred,
    chosen: usize,
) -> Input {
    let (value, provenance) =
        known.get(fact.name).copied().unwrap_or((fact.default, Provenance::Assumed));
    let option_with = |other: FactValue| {
        let values = |name: &'static str| {
            if name == fact.name { Some(other) } else { known.get(name).map(|it| it.0) }
        };
        outcome(table, &values, barred).map(|it| it.option)
    };
    let tried: Vec<(FactValue, usize)> = candidates(table, fact)
        .into_iter()
        .filter_map(|other| Some((other, option_with(other)?)))
        .collect();
    let is_flip = |it: &&(FactValue, usize)| it.1 != chosen;
    let flips: Vec<&(FactValue, usize)> = match value {
        // Words and flags have no order: all that differ.
        FactValue::Word(_) | FactValue::Flag(_) => tried.iter().filter(is_flip).collect(),
        // The nearest on either side; farther ones say nothing more.
        FactValue::Number(_) => {
            let below = tried.iter().rev().filter(is_flip).find(|it| it.0 < value);
            below.into_iter().chain(tried.iter().filter(is_flip).find(|it| it.0 > value)).collect()
        }
    };
    let flip = |(other, option): &(FactValue, usize)| {
        Some(Flip {
            value: fact.unit.say(*other),
            condition: condition(table, fact, value, *other),
            option: table.options.get(*option)?.title.clone(),
        })
    };
    Input {
        fact: fact.name.to_owned(),
        title: fact.title.to_owned(),
        value: fact.unit.say(value),
        written: fact.unit.write(value),
        provenance,
        flips: flips.into_iter().filter_map(flip).collect(),
    }
}

/// `2 teams or more`, `above 99.9%`, `below 300ms`, `stable`: how one would say that a fact has reached a value.
fn condition(table: &Table, fact: &Fact, now: FactValue, other: FactValue) -> String {
    let unit = fact.unit;
    let FactValue::Number(reached) = other else { return unit.say(other) };
    let is_above = other > now;
    // One step beyond a threshold is written as the threshold.
    let threshold = FactValue::Number(if is_above { reached - 1 } else { reached + 1 });
    let is_threshold =
        table.conditions().any(|it| it.fact.name == fact.name && it.value == threshold);
    let is_step = is_threshold && !matches!(unit, Unit::Count(_));
    match (is_step, is_above) {
        (true, true) => format!("above {}", unit.say(threshold)),
        (true, false) => format!("below {}", unit.say(threshold)),
        (false, true) => format!("{} or more", unit.say(other)),
        // Nothing is less than none.
        (false, false) if reached == 0 => "none".to_owned(),
        (false, false) => format!("{} or less", unit.say(other)),
    }
}

/// Values worth trying, in order: plausible ones, and those on either side of the table's thresholds.
fn candidates(table: &Table, fact: &'static Fact) -> BTreeSet<FactValue> {
    let mut all: BTreeSet<FactValue> = fact.plausible.iter().copied().collect();
    for condition in table.conditions().filter(|it| it.fact.name == fact.name) {
        all.insert(condition.value);
        match condition.value {
            FactValue::Number(number) => {
                all.insert(FactValue::Number(number.saturating_add(1)));
                all.insert(FactValue::Number(number.saturating_sub(1).max(0)));
            }
            FactValue::Flag(flag) => {
                all.insert(FactValue::Flag(!flag));
            }
            FactValue::Word(_) => {}
        }
    }
    all
}
