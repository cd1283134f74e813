//! REL-13: a process of several steps that may stop half way and stay there.

use architrave_model::{
    Change, Proposal,
    graph::{Graph, Known, Process},
};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-13",
    name: "saga-without-compensation",
    family: Family::Reliability,
    title: "a process can get stuck half done",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[Source {
        title: "Saga distributed transactions pattern (Azure Architecture Center)",
        url: "https://learn.microsoft.com/en-us/azure/architecture/patterns/saga",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("saga_without_end.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for process in &graph.processes {
        judge_one(graph, process, say);
    }
}

fn judge_one(graph: &Graph, process: &Process, say: &mut Verdicts) {
    let stuck: Vec<&str> = process
        .steps
        .iter()
        .filter(|it| it.changes.value() == Some(&true) && it.undo.is_absent())
        .map(|it| it.node.name.as_str())
        .collect();
    let name = &process.node.name;
    if !stuck.is_empty() {
        say.fail(&process.node, format!("nothing undoes {} when a later step of `{name}` fails", list(&stuck)))
            .help("name what undoes it (`compensate`), call it the point of no return (`pivot`), or say why nothing has to be undone (`no_undo`)");
        return;
    }
    match &process.deadline_us {
        Known::Is(..) => say.pass(&process.node),
        Known::Unknown => say.cannot_tell(&process.node, "when this process gives up"),
        Known::Absent(origin) => {
            let failure = say
                .fail(&process.node, format!("`{name}` may wait half done for ever"))
                .at(origin.span, "no `deadline` here")
                .help("say when it gives up and undoes what it has done: `deadline = \"30m\"`")
                .because("what waits holds what it has reserved: stock, money, a seat");
            if let (true, Some(block)) = (graph.is_closed, origin.span) {
                failure.propose(Proposal {
                    title: "give up after half an hour".to_owned(),
                    is_unambiguous: false,
                    changes: vec![Change::Set {
                        block,
                        name: "deadline".to_owned(),
                        value: "\"30m\"".to_owned(),
                    }],
                });
            }
        }
    }
}
