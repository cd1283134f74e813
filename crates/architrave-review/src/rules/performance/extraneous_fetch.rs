//! PRF-12: a list that carries bytes in every row.

use architrave_model::graph::{ColumnKind, Graph, Known, PayloadField};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-12",
    name: "extraneous-fetch",
    family: Family::Performance,
    title: "a list carries files in every row",
    impact: 1,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::OpenApi],
    sources: &[Source {
        title: "Extraneous fetching antipattern (Azure Architecture Center)",
        url: "https://learn.microsoft.com/en-us/azure/architecture/antipatterns/extraneous-fetching/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("extraneous_fetch.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for operation in graph.operations.iter().filter(|it| it.is_list.value() == Some(&true)) {
        let Known::Is(payload, _) = &operation.response else { continue };
        let is_heavy = |it: &&PayloadField| it.kind.value() == Some(&ColumnKind::Binary);
        let heavy: Vec<&PayloadField> = payload.fields.iter().filter(is_heavy).collect();
        let Some(first) = heavy.first() else {
            say.pass(&operation.node);
            continue;
        };
        let names: Vec<&str> = heavy.iter().map(|it| it.path.as_str()).collect();
        say.fail(
            &operation.node,
            format!("every row of `{}` carries {}", operation.node.name, list(&names)),
        )
        .at(
            first.origin.span.or(operation.node.origin.span),
            "bytes, written as text, in every row",
        )
        .help("answer an address in the list, and the bytes where one row is asked for");
    }
}
