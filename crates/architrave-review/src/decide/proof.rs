//! Proves a table: every system gets an answer, and every row is the answer for some system.
//!
//! Conditions compare facts with constants and nothing else, so every system falls into the same rows as one whose
//! facts are at or on either side of a threshold. Those are few enough to try them all.

use std::collections::{BTreeMap, BTreeSet};

use super::choose::{Barred, outcome};
use super::table::Table;
use crate::facts::{FactValue, Unit};

/// The most systems that a table is tried with. A table with more must be cut in two.
const CASES_MAX: usize = 2_000_000;

/// What is wrong with a table; empty where it is proven.
pub(super) fn prove(table: &Table) -> Vec<String> {
    let axes = axes(table);
    let cases = axes.iter().try_fold(1_usize, |all, (_, values)| all.checked_mul(values.len()));
    let Some(cases) = cases.filter(|it| *it <= CASES_MAX) else {
        return vec![format!(
            "it compares too many facts to be proven: more than {CASES_MAX} cases"
        )];
    };
    let mut used = BTreeSet::new();
    for case in 0..cases {
        let system = system(&axes, case);
        let found = outcome(table, &|fact| system.get(fact).copied(), &Barred::new());
        match found.and_then(|it| it.row) {
            Some(row) => used.insert(row),
            None => {
                return vec![format!("no row answers for a system with {}", shown(&axes, case))];
            }
        };
    }
    let dead = (0..table.rows.len()).filter(|it| !used.contains(it));
    dead.map(|it| format!("row {} is never reached: rows above it take every system", it + 1))
        .collect()
}

type Axes = Vec<(&'static str, Vec<FactValue>)>;

/// For each fact the values at and on either side of every threshold.
fn axes(table: &Table) -> Axes {
    let mut values: BTreeMap<&'static str, BTreeSet<FactValue>> = BTreeMap::new();
    for condition in table.conditions() {
        let all = values.entry(condition.fact.name).or_default();
        all.insert(condition.value);
        match (condition.value, condition.fact.unit) {
            (FactValue::Number(it), _) => {
                all.insert(FactValue::Number(it.saturating_sub(1)));
                all.insert(FactValue::Number(it.saturating_add(1)));
            }
            (FactValue::Flag(it), _) => {
                all.insert(FactValue::Flag(!it));
            }
            (FactValue::Word(_), Unit::Word(words)) => {
                all.extend(words.iter().map(|it| FactValue::Word(it)));
            }
            (FactValue::Word(_), _) => {}
        }
    }
    values.into_iter().map(|(fact, all)| (fact, all.into_iter().collect())).collect()
}

/// The system with a number: its digits, in the mixed base of the axes, are the values.
fn system(axes: &Axes, mut case: usize) -> BTreeMap<&'static str, FactValue> {
    let value = |(fact, values): &(&'static str, Vec<FactValue>)| {
        let at = case % values.len().max(1);
        case /= values.len().max(1);
        Some((*fact, *values.get(at)?))
    };
    axes.iter().filter_map(value).collect()
}

fn shown(axes: &Axes, case: usize) -> String {
    let unit = |name: &str, value| {
        crate::facts::fact(name).map_or_else(String::new, |it| it.unit.write(value))
    };
    let all = system(axes, case);
    let texts: Vec<String> =
        all.iter().map(|(name, value)| format!("{name} = {}", unit(name, *value))).collect();
    texts.join(", ")
}
