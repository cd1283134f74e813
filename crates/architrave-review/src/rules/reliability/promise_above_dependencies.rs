//! REL-08: a promise above what it rests on.

use std::collections::BTreeSet;

use architrave_model::graph::{Edge, External, Graph, Objective};

use crate::measure::{
    availability::{from_ppm, needed_of_each, of_all},
    paths::needs,
    words::{list, percent},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-08",
    name: "slo-above-dependencies",
    family: Family::Reliability,
    title: "more is promised than what it needs can give",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "The calculus of service availability (Google, ACM Queue)",
        url: "https://queue.acm.org/detail.cfm?id=3096459",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("promise_above_dependencies.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        let Some(&promised) = objective.availability_ppm.value() else { continue };
        let needed = externals(graph, objective);
        if !needed.is_empty() {
            judge_one(objective, promised, &needed, say);
        }
    }
}

/// Systems of others without which what is covered fails.
fn externals<'g>(graph: &'g Graph, objective: &Objective) -> Vec<&'g External> {
    let is_hard = |edge: &Edge| {
        edge.is_hard.value() == Some(&true) && edge.is_synchronous.value() == Some(&true)
    };
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for covered in &objective.covers {
        ids.extend(needs(graph, covered, &is_hard));
        ids.extend(
            graph
                .operation(covered)
                .into_iter()
                .flat_map(|it| it.waits_for.iter().map(String::as_str)),
        );
    }
    let is_covered = |it: &External| {
        objective
            .covers
            .iter()
            .any(|id| id.rsplit_once('.').is_some_and(|(owner, _)| owner == it.node.id))
    };
    graph
        .externals
        .iter()
        .filter(|it| ids.contains(it.node.id.as_str()) || is_covered(it))
        .collect()
}

fn judge_one(objective: &Objective, promised: u32, needed: &[&External], say: &mut Verdicts) {
    let known: Vec<(&External, u32)> =
        needed.iter().filter_map(|it| Some((*it, *it.availability_ppm.value()?))).collect();
    let each: Vec<u64> = known.iter().map(|it| from_ppm(it.1)).collect();
    // Of those that nobody knows each takes more away: what is too little already stays too little.
    let all = of_all(&each);
    if all < from_ppm(promised) {
        let names: Vec<&str> = known.iter().map(|it| it.0.node.name.as_str()).collect();
        let (promised_text, all_text) = (percent(u64::from(promised)), percent(all / 1_000));
        let count = u32::try_from(needed.len()).unwrap_or(u32::MAX);
        let mut failure = say
            .fail(&objective.node, format!(
                "`{}` promises {promised_text}, but rests on {}, together {all_text}", objective.node.name, list(&names)))
            .at_fact(&objective.availability_ppm, "cannot be kept")
            .help("promise less, or let what is covered succeed without them: accept now and do the rest in a `saga`")
            .because(format!("{promised_text} needs {} of each of {count}", percent(needed_of_each(from_ppm(promised), count) / 1_000)));
        for (external, ppm) in &known {
            failure = failure.also(external.availability_ppm.span(), "promised by others").because(
                format!(
                    "`{}` promises {} (declared)",
                    external.node.name,
                    percent(u64::from(*ppm))
                ),
            );
        }
        return;
    }
    match needed.iter().find(|it| it.availability_ppm.value().is_none()) {
        None => say.pass(&objective.node),
        Some(open) => say.cannot_tell(
            &objective.node,
            format!("what `{}` promises (`availability`)", open.node.name),
        ),
    }
}
