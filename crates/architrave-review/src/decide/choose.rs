//! Chooses by one table, and finds out what the choice rests on.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    decision::{Considered, Decision, Input, Trigger},
    graph::{Graph, Known, Provenance},
};

use super::sensitivity::input;
use super::table::{Row, Table, TableOption};
use crate::facts::{Fact, FactValue, asked_for, fact};

/// What a table says of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Position of the row that decided.
    pub(super) row: usize,
    /// Position of the option.
    pub(super) option: usize,
    /// What ruled out each option, by position.
    ruled_out: Vec<Option<String>>,
}

/// The value of each fact by its name.
pub(super) type Values<'v> = &'v dyn Fn(&'static str) -> Option<FactValue>;

/// Gates, then rows. None where no row is left: a table that is proven complete has always one.
pub(super) fn outcome(table: &Table, values: Values<'_>) -> Option<Outcome> {
    let ruled_out: Vec<Option<String>> =
        table.options.iter().map(|it| ruled_out(it, values)).collect();
    let is_left = |row: &Row| ruled_out.get(row.option).is_some_and(Option::is_none);
    let position = table.rows.iter().position(|row| is_left(row) && hold(&row.when, values))?;
    let option = table.rows.get(position)?.option;
    Some(Outcome { row: position, option, ruled_out })
}

fn ruled_out(option: &TableOption, values: Values<'_>) -> Option<String> {
    let gate = option.gates.iter().find(|it| hold(&it.when, values))?;
    Some(gate.because.clone())
}

fn hold(conditions: &[super::condition::Condition], values: Values<'_>) -> bool {
    conditions.iter().all(|it| values(it.fact.name).is_some_and(|value| it.holds(value)))
}

/// The facts a table asks for, in the order in which it does.
fn asked(table: &Table) -> Vec<&'static Fact> {
    let mut seen = BTreeSet::new();
    let facts = table.conditions().map(|it| it.fact);
    facts.filter(|it| seen.insert(it.name)).collect()
}

/// What each fact is, and who says so; the default where nobody does.
fn read(facts: &[&'static Fact], graph: &Graph) -> BTreeMap<&'static str, (FactValue, Provenance)> {
    let value = |fact: &Fact| match (fact.read)(graph) {
        Known::Is(value, origin) => (value, origin.provenance),
        Known::Absent(_) | Known::Unknown => (fact.default, Provenance::Assumed),
    };
    facts.iter().map(|fact| (fact.name, value(fact))).collect()
}

/// The name of the option that a table chooses.
pub(super) fn chosen<'t>(table: &'t Table, graph: &Graph) -> Option<&'t str> {
    let known = read(&asked(table), graph);
    let found = outcome(table, &|fact| known.get(fact).map(|it| it.0))?;
    table.options.get(found.option).map(|it| it.name.as_str())
}

/// Decides with reasons.
pub(super) fn choose(table: &Table, graph: &Graph) -> Option<Decision> {
    let facts = asked(table);
    let known = read(&facts, graph);
    let found = outcome(table, &|fact| known.get(fact).map(|it| it.0))?;
    let row = table.rows.get(found.row)?;
    let mut inputs: Vec<Input> =
        facts.iter().map(|fact| input(table, fact, &known, found.option)).collect();
    // The sort is stable: among equals, the table's own order.
    inputs.sort_by_key(|it| std::cmp::Reverse(it.flips.len().min(1)));
    let asks = asks(&inputs, graph);
    let option = table.options.get(found.option)?;
    Some(Decision {
        id: table.id.clone(),
        name: table.name.clone(),
        question: table.question.clone(),
        chosen: option.name.clone(),
        title: option.decision.clone(),
        is_open: !asks.is_empty(),
        asks,
        options: considered(table, &found),
        row: u32::try_from(found.row).unwrap_or(u32::MAX).saturating_add(1),
        because: row.because.clone(),
        source: row.source.clone(),
        confidence: row.confidence,
        inputs,
        confirm: table.confirm.clone(),
        triggers: table
            .triggers
            .iter()
            .map(|it| Trigger { title: it.title.clone(), expression: it.expression.clone() })
            .collect(),
        review_after_months: table.review_after_months,
        table_version: table.version.clone(),
        ..Decision::default()
    })
}

/// Facts that nobody stated and that would change the choice.
fn asks(inputs: &[Input], graph: &Graph) -> Vec<String> {
    let matter =
        inputs.iter().filter(|it| it.provenance == Provenance::Assumed && !it.flips.is_empty());
    let named = matter.filter_map(|it| fact(&it.fact)).flat_map(|it| asked_for(it, graph));
    let mut seen = BTreeSet::new();
    named.filter(|it| seen.insert(*it)).map(str::to_owned).collect()
}

fn considered(table: &Table, found: &Outcome) -> Vec<Considered> {
    let with_gates = table.options.iter().zip(&found.ruled_out);
    with_gates
        .map(|(option, ruled_out)| Considered {
            name: option.name.clone(),
            title: option.title.clone(),
            good: option.good.clone(),
            bad: option.bad.clone(),
            ruled_out: ruled_out.clone(),
            decision: option.decision.clone(),
            marks: option.marks.clone(),
        })
        .collect()
}
