//! FIT-09: one context that holds most of the system.

use std::collections::BTreeMap;

use architrave_model::graph::Graph;

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-09",
    name: "god-context",
    family: Family::Fit,
    title: "one context holds most of the system",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Bounded context (Martin Fowler)",
        url: "https://martinfowler.com/bliki/BoundedContext.html",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("god_context.md"),
    judge,
};

/// With fewer contexts each holds much by necessity.
const CONTEXTS_MIN: usize = 4;
/// With fewer aggregates one more or less changes the share too much.
const AGGREGATES_MIN: usize = 10;
/// Largest share of one context, in per cent (judgement).
const SHARE_MAX: usize = 40;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut aggregates: BTreeMap<&str, usize> = BTreeMap::new();
    for table in graph.tables.iter().filter(|it| it.part_of.is_none()) {
        if let Some(module) = &table.module {
            *aggregates.entry(module).or_default() += 1;
        }
    }
    let all: usize = aggregates.values().sum();
    if graph.modules.len() < CONTEXTS_MIN || all < AGGREGATES_MIN {
        return;
    }
    let Some((id, most)) = aggregates.into_iter().max_by_key(|it| it.1) else { return };
    let share = most * 100 / all;
    let Some(module) = graph.modules.iter().find(|it| it.node.id == id) else { return };
    if share <= SHARE_MAX {
        return say.pass(&graph.system);
    }
    say.fail(&graph.system, format!("`{}` holds {most} of {all} aggregates, {share} % of the system", module.node.name))
        .at(module.node.origin.span, "most of it is here")
        .help("draw the references between its entities: groups with many inside and few across are the contexts that are hidden in it; move the one with the fewest across first")
        .because(format!("{} contexts, the largest share that is not asked about is {SHARE_MAX} % (judgement)", graph.modules.len()));
}
