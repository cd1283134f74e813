//! CST-03: a load without a budget.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known},
};

pub(super) const RULE: Rule = Rule {
    id: "CST-03",
    name: "no-cost-owner",
    family: Family::Cost,
    title: "nobody says what it may cost",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Budgeting (FinOps Framework)",
        url: "https://www.finops.org/framework/capabilities/budgeting/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("no_budget.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    // Whoever says how much is to come thinks of running it; before that a budget would be a guess.
    if graph.needs.peak_milli_per_s.value().is_none() {
        return;
    }
    match &graph.needs.budget_per_month {
        Known::Is(..) => say.pass(&graph.system),
        Known::Unknown => say.cannot_tell(&graph.system, "what it may cost"),
        Known::Absent(origin) => {
            say.fail(&graph.system, "it has a load, but no budget")
                .at_fact(&graph.needs.peak_milli_per_s, "this has a price")
                .help("say what it may cost a month: `constraints { budget = \"300 EUR/month\" }`; the review then compares")
                .propose(Proposal {
                    title: "set a budget".to_owned(),
                    is_unambiguous: false,
                    changes: vec![match origin.span.filter(|it| Some(*it) != graph.system.origin.span) {
                        Some(block) => Change::Set { block, name: "budget".to_owned(), value: "\"300 EUR/month\"".to_owned() },
                        None => Change::Add { inside: None, text: "constraints { budget = \"300 EUR/month\" }".to_owned() },
                    }],
                });
        }
    }
}
