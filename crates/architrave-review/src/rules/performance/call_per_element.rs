//! PRF-04: a query or a call for each element of a list.

use architrave_model::graph::{Edge, Graph, Known, Process, ProcessStep};

use crate::measure::names::name_of;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-04",
    name: "n-plus-one",
    family: Family::Performance,
    title: "one call for each element of a list",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Chatty I/O antipattern (Azure Architecture Center)",
        url: "https://learn.microsoft.com/en-us/azure/architecture/antipatterns/chatty-io/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("call_per_element.md"),
    judge,
};

/// Calls that one event may cause before a batch is worth asking for (judgement).
const CALLS_MAX: u32 = 20;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in graph.operations.iter().filter(|it| it.is_list.value() == Some(&true)) {
        match &operation.queries_per_row {
            Known::Unknown => {}
            Known::Is(0, _) | Known::Absent(_) => say.pass(&operation.node),
            Known::Is(number, origin) => {
                say.fail(
                    &operation.node,
                    format!("each row of `{}` costs {number} more queries", operation.node.name),
                )
                .at(origin.span, "once per row")
                .help("fetch what belongs to all rows of a page with one query");
            }
        }
    }
    for process in &graph.processes {
        for step in &process.steps {
            judge_step(graph, process, step, say);
        }
    }
}

fn judge_step(graph: &Graph, process: &Process, step: &ProcessStep, say: &mut Verdicts) {
    let is_remote = |it: &&Edge| it.from == step.node.id && it.is_remote.value() == Some(&true);
    let Some(edge) = graph.edges.iter().find(is_remote) else { return };
    match step.repeats_max {
        Known::Unknown => say.cannot_tell(&step.node, "how long the list is that it runs for"),
        Known::Is(times, _) if times > CALLS_MAX => {
            let called = name_of(graph, &edge.to);
            say.fail(
                &step.node,
                format!("one event may cause {times} calls to `{called}`, one after the other"),
            )
            .help(format!(
                "ask `{called}` once for the whole list, or bound the list by what it can bear"
            ))
            .because(format!(
                "the list of `{}` has up to {times} elements (declared)",
                process.node.name
            ));
        }
        Known::Is(..) | Known::Absent(_) => say.pass(&step.node),
    }
}
