//! Chooses by one table, and finds out what the choice rests on.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::{
    decision::{Confidence, Considered, Decision, Input, Trigger},
    graph::{Graph, Known, Provenance},
};

use super::comparison::compare;
use super::phrases::told;
use super::sensitivity::{self, input};
use super::table::{Row, Table, TableOption};
use crate::facts::{Fact, FactValue, asked_for, fact};

/// What rules options out beside the table's own gates: (position of the option, why).
pub(super) type Barred = BTreeMap<usize, String>;

/// What a table says of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Position of the row that decided; none where only what people decided before leaves an option that no row
    /// asks for.
    pub(super) row: Option<usize>,
    /// Position of the option.
    pub(super) option: usize,
    /// What ruled out each option, by position.
    pub(super) ruled_out: Vec<Option<String>>,
}

/// The value of each fact by its name.
pub(super) type Values<'v> = &'v dyn Fn(&'static str) -> Option<FactValue>;

/// Gates, then rows. None where no option is left.
pub(super) fn outcome(table: &Table, values: Values<'_>, barred: &Barred) -> Option<Outcome> {
    let ruled_out: Vec<Option<String>> = table
        .options
        .iter()
        .enumerate()
        .map(|(at, it)| barred.get(&at).cloned().or_else(|| ruled_out(it, values)))
        .collect();
    let is_left = |at: usize| ruled_out.get(at).is_some_and(Option::is_none);
    let holds = |row: &Row| is_left(row.option) && hold(&row.when, values);
    let row = table.rows.iter().position(holds);
    let option = match row.and_then(|it| table.rows.get(it)) {
        Some(row) => row.option,
        None => (0..table.options.len()).find(|at| is_left(*at))?,
    };
    Some(Outcome { row, option, ruled_out })
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
fn read(facts: &[&'static Fact], graph: &Graph) -> sensitivity::Known {
    let value = |fact: &Fact| match (fact.read)(graph) {
        Known::Is(value, origin) => (value, origin.provenance),
        Known::Absent(_) | Known::Unknown => (fact.default, Provenance::Assumed),
    };
    facts.iter().map(|fact| (fact.name, value(fact))).collect()
}

/// The name of the option that a table chooses.
pub(super) fn chosen<'t>(table: &'t Table, graph: &Graph, barred: &Barred) -> Option<&'t str> {
    let known = read(&asked(table), graph);
    let found = outcome(table, &|fact| known.get(fact).map(|it| it.0), barred)?;
    table.options.get(found.option).map(|it| it.name.as_str())
}

/// The name of the option that a table chooses for facts as they were written; the default for others.
pub(super) fn chosen_for<'t>(
    table: &'t Table,
    facts: &BTreeMap<String, String>,
    barred: &Barred,
) -> Option<&'t str> {
    let value = |name: &'static str| {
        let fact = fact(name)?;
        let written = facts.get(name).and_then(|it| fact.unit.parse(it));
        Some(written.unwrap_or(fact.default))
    };
    let found = outcome(table, &value, barred)?;
    table.options.get(found.option).map(|it| it.name.as_str())
}

/// Decides with reasons; a decision without a chosen option where everything is ruled out.
pub(super) fn choose(table: &Table, graph: &Graph, barred: &Barred) -> Decision {
    let facts = asked(table);
    let known = read(&facts, graph);
    let values = |fact: &'static str| known.get(fact).map(|it| it.0);
    let mut decision = of_table(table);
    let Some(found) = outcome(table, &values, barred) else {
        let none = vec![None; table.options.len()];
        let barred = |(at, _): (usize, &Option<String>)| barred.get(&at).cloned();
        let ruled_out = none.iter().enumerate().map(barred).collect::<Vec<_>>();
        decision.options = considered(table, &ruled_out);
        decision.because = "every option is ruled out".to_owned();
        return decision;
    };
    let Some(option) = table.options.get(found.option) else { return decision };
    decision.inputs =
        facts.iter().map(|fact| input(table, fact, &known, barred, found.option)).collect();
    // The sort is stable: among equals, the table's own order.
    decision.inputs.sort_by_key(|it| std::cmp::Reverse(it.flips.len().min(1)));
    decision.asks = asks(&decision.inputs, graph);
    decision.is_open = !decision.asks.is_empty();
    option.name.clone_into(&mut decision.chosen);
    option.decision.clone_into(&mut decision.title);
    decision.context = told(&table.context, graph);
    decision.consequences = told(&option.consequences, graph);
    because(&mut decision, table, &found);
    compare(&mut decision, table, &values, &found);
    decision.options = considered(table, &found.ruled_out);
    decision
}

fn of_table(table: &Table) -> Decision {
    let trigger = |it: &super::table::TriggerText| Trigger {
        title: it.title.clone(),
        expression: it.expression.clone(),
    };
    Decision {
        id: table.id.clone(),
        name: table.name.clone(),
        question: table.question.clone(),
        confirm: table.confirm.clone(),
        checks: table.checks.clone(),
        triggers: table.triggers.iter().map(trigger).collect(),
        review_after_months: table.review_after_months,
        table_version: table.version.clone(),
        ..Decision::default()
    }
}

fn because(decision: &mut Decision, table: &Table, found: &Outcome) {
    match found.row.and_then(|at| Some((at, table.rows.get(at)?))) {
        Some((at, row)) => {
            decision.row = u32::try_from(at).unwrap_or(u32::MAX).saturating_add(1);
            decision.because.clone_from(&row.because);
            decision.source.clone_from(&row.source);
            decision.confidence = row.confidence;
        }
        None => {
            "it is what earlier decisions of people leave".clone_into(&mut decision.because);
            "the records of decisions".clone_into(&mut decision.source);
            decision.confidence = Confidence::Stated;
        }
    }
}

/// Facts that nobody stated and that would change the choice.
fn asks(inputs: &[Input], graph: &Graph) -> Vec<String> {
    let matter =
        inputs.iter().filter(|it| it.provenance == Provenance::Assumed && !it.flips.is_empty());
    let named = matter.filter_map(|it| fact(&it.fact)).flat_map(|it| asked_for(it, graph));
    let mut seen = BTreeSet::new();
    named.filter(|it| seen.insert(*it)).map(str::to_owned).collect()
}

fn considered(table: &Table, ruled_out: &[Option<String>]) -> Vec<Considered> {
    let with_gates = table.options.iter().zip(ruled_out);
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
