//! Everything that was taken for lack of better, in one list: facts that nobody stated, values of computations,
//! demands that nobody measured, prices of people.

use architrave_model::{
    Assumption,
    capacity::{Capacity, Demand},
    decision::Decision,
    graph::{Graph, Provenance},
    words::{dollars, fine_time, list},
};

use super::{assumed, data, prices::Prices};
use crate::{facts, questions};

/// The list, stated first what an answer could replace.
#[must_use]
pub fn assumptions(
    graph: &Graph,
    decisions: &[Decision],
    capacity: Option<&Capacity>,
    prices: &Prices,
) -> Vec<Assumption> {
    let mut all = unstated(graph, decisions);
    if let Some(capacity) = capacity {
        all.extend(demands(capacity));
        all.extend(assumed::ALL.iter().map(of_value));
        all.extend(labour(prices));
    }
    all
}

/// Facts that decisions rest on and nobody stated.
fn unstated(graph: &Graph, decisions: &[Decision]) -> Vec<Assumption> {
    let mut all = Vec::new();
    for fact in facts::facts().filter(|it| it.assume.is_some()) {
        let known = (fact.read)(graph);
        let is_stated = known.origin().is_some_and(|it| it.provenance != Provenance::Assumed)
            && !known.is_absent();
        if is_stated {
            continue;
        }
        let mut used_by: Vec<String> = decisions
            .iter()
            .filter(|it| it.inputs.iter().any(|input| input.fact == fact.name))
            .map(|it| it.id.clone())
            .collect();
        if ["growth", "horizon", "spike", "peak_to_mean"].contains(&fact.name) {
            used_by.push("capacity".to_owned());
        }
        if used_by.is_empty() {
            continue;
        }
        let flips = decisions.iter().filter(|it| it.asks.iter().any(|ask| ask == fact.name));
        let names: Vec<String> = flips.map(|it| it.id.clone()).collect();
        let because = if names.is_empty() {
            "no plausible value would change a decision".to_owned()
        } else {
            format!("another plausible value would change {}", list(&names).replace('`', ""))
        };
        all.push(Assumption {
            what: fact.title.to_owned(),
            value: fact.unit.show(fact.default),
            because,
            used_by,
            question: questions::id_of(fact.name).map(str::to_owned),
        });
    }
    // What would change something comes first.
    all.sort_by_key(|it| !it.because.starts_with("another"));
    all
}

/// The lines of the table of demands that stand in for measurements.
fn demands(capacity: &Capacity) -> Vec<Assumption> {
    let is_used = |value: u64| {
        let assumed = |it: &&Demand| it.provenance == Provenance::Assumed;
        capacity.demands.iter().filter(assumed).any(|it| it.nanoseconds == value)
    };
    let lines = data::demands().filter(|it| is_used(it.value)).map(|it| Assumption {
        what: format!("time of {}", it.of),
        value: fine_time(it.value),
        because: format!("{}, {}", it.source, it.checked),
        used_by: vec!["capacity".to_owned(), "cost".to_owned()],
        question: None,
    });
    lines.collect()
}

fn of_value(value: &assumed::Assumed) -> Assumption {
    Assumption {
        what: value.what.to_owned(),
        value: value.shown(),
        because: value.because.to_owned(),
        used_by: value.used_by.iter().map(|it| (*it).to_owned()).collect(),
        question: None,
    }
}

fn labour(prices: &Prices) -> Vec<Assumption> {
    let is_assumed = |it: &&super::prices::Price| {
        it.source.starts_with("assumed") && !it.id.starts_with("usd_per_")
    };
    let lines = prices.lines().iter().filter(is_assumed).map(|it| {
        let is_time = it.id.contains("hours");
        let hours = it.micro / 1_000_000;
        Assumption {
            what: format!("price list: {}", it.per),
            value: if is_time { format!("{hours} h") } else { dollars(it.micro) },
            because: format!("{}, {}", it.source, it.checked),
            used_by: vec!["cost".to_owned()],
            question: None,
        }
    });
    lines.collect()
}
