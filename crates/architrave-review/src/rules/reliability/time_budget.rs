//! REL-02: work that goes on after whoever wanted it has left.

use architrave_model::graph::{Edge, Graph, Known, Process};

use crate::measure::{
    call_time::{self, StepTime},
    names::name_of,
    words::{list, time},
};

use super::calls;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-02",
    name: "timeout-budget-exceeded",
    family: Family::Reliability,
    title: "what is called may take longer than the caller waits",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[Source {
        title: "Addressing cascading failures (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/addressing-cascading-failures/",
    }],
    maps: &[("CWE", "400")],
    reads_names: false,
    page: include_str!("time_budget.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for process in &graph.processes {
        judge_process(graph, process, say);
    }
    for edge in graph.edges.iter().filter(|it| calls::is_remote_call(it)) {
        judge_caller(graph, edge, say);
    }
}

fn judge_process(graph: &Graph, process: &Process, say: &mut Verdicts) {
    let Some(&deadline) = process.deadline_us.value() else { return };
    let steps = call_time::step_times(graph, process);
    if steps.is_empty() {
        return;
    }
    let known: Vec<(&StepTime, i64)> =
        steps.iter().filter_map(|it| Some((it, *it.us_max.as_ref().ok()?))).collect();
    let sum = known.iter().map(|it| it.1).fold(0, i64::saturating_add);
    if sum > deadline {
        let name = &process.node.name;
        let mut failure = say
            .fail(
                &process.node,
                format!(
                    "the calls of `{name}` may take {}, its deadline is {}",
                    time(sum),
                    time(deadline)
                ),
            )
            .at_fact(&process.deadline_us, format!("at least {} are needed at worst", time(sum)))
            .help(format!(
                "set `deadline` to more than {}, or shorten timeouts and attempts of the calls",
                time(sum)
            ))
            .because(format!("deadline {} (declared)", time(deadline)));
        for (step, us) in known {
            failure = failure.because(format!("`{}`: {} ({})", step.name, time(us), step.because));
        }
        return;
    }
    let missing: Vec<&String> = steps.iter().filter_map(|it| it.us_max.as_ref().err()).collect();
    match missing.first() {
        None => say.pass(&process.node),
        Some(first) => say.cannot_tell(&process.node, first.as_str()),
    }
}

/// A service that is waited for so long, and what it waits for longer.
fn judge_caller(graph: &Graph, edge: &Edge, say: &mut Verdicts) {
    let Known::Is(patience, origin) = edge.timeout_us else { return };
    let next: Vec<&Edge> =
        graph.edges.iter().filter(|it| it.from == edge.to && calls::is_remote_call(it)).collect();
    let longer: Vec<(&Edge, i64, String)> = next
        .iter()
        .filter_map(|it| call_time::least_of(it).map(|(us, because)| (*it, us, because)))
        .filter(|(_, us, _)| *us > patience)
        .collect();
    if let Some((worst, us, because)) = longer.iter().max_by_key(|it| it.1) {
        let (caller, called) = (name_of(graph, &edge.from), name_of(graph, &edge.to));
        say.fail(
            &edge.node,
            format!(
                "`{caller}` waits {} for `{called}`, which waits up to {} for `{}`",
                time(patience),
                time(*us),
                name_of(graph, &worst.to)
            ),
        )
        .at(origin.span, "the caller has left by then")
        .also(worst.timeout_us.span(), "still waiting")
        .help(format!("give the inner call less than {} in all, attempts included", time(patience)))
        .because(format!("inner call: {because}"))
        .matters(3, 2);
    } else if !next.is_empty() {
        let open: Vec<String> = next.iter().filter_map(|it| call_time::call_of(it).err()).collect();
        match open.first() {
            None => say.pass(&edge.node),
            Some(_) => say.cannot_tell(
                &edge.node,
                format!(
                    "how long {} may take",
                    list(&next.iter().map(|it| name_of(graph, &it.to)).collect::<Vec<_>>())
                ),
            ),
        }
    }
}
