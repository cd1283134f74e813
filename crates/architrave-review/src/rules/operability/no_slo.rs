//! OPS-01: an API that nobody promised anything about.

use std::collections::BTreeSet;

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::{
    Change, Proposal,
    graph::{Audience, Graph, OperationEffect},
};

pub(super) const RULE: Rule = Rule {
    id: "OPS-01",
    name: "no-slo",
    family: Family::Operability,
    title: "nobody says when it counts as down",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint],
    sources: &[
        Source {
            title: "Service level objectives (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/service-level-objectives/",
        },
        Source {
            title: "Implementing SLOs (The Site Reliability Workbook)",
            url: "https://sre.google/workbook/implementing-slos/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("no_slo.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let outside = graph.operations.iter().filter(|it| {
        !matches!(it.audience.value(), Some(Audience::System | Audience::Nobody))
            && it.table.is_some()
    });
    let count = outside.count();
    if count == 0 {
        return;
    }
    if !graph.needs.objectives.is_empty() {
        return say.pass(&graph.system);
    }
    if !graph.is_closed {
        return say.cannot_tell(&graph.system, "service level objectives");
    }
    let words =
        if count == 1 { "one operation is".to_owned() } else { format!("{count} operations are") };
    let failure = say
        .fail(&graph.system, format!("{words} offered, but nobody says when they count as down"))
        .help("promise something about what matters most to callers: an `slo` with `covers`, `availability`, `latency` and `window`; alerts are written from it");
    if let Some(text) = proposal(graph) {
        failure.propose(Proposal {
            title: "start with 99.9 % in 30 days, half a second at the 99th percentile".to_owned(),
            is_unambiguous: false,
            changes: vec![Change::Add { inside: None, text }],
        });
    }
}

/// Covers what is read; a start that people then narrow down to what matters.
fn proposal(graph: &Graph) -> Option<String> {
    let reads = graph
        .operations
        .iter()
        .filter(|it| it.effect.value() == Some(&OperationEffect::Reads) && it.table.is_some());
    let covered: BTreeSet<String> = reads
        .filter_map(|it| it.node.name.rsplit_once('.').map(|(entity, _)| format!("{entity}.read")))
        .collect();
    if covered.is_empty() {
        return None;
    }
    let covered: Vec<String> = covered.into_iter().collect();
    Some(format!(
        "slo reading {{\n  covers       = [{}]\n  availability = \"99.9%\"\n  latency      = {{ p95 = \"200ms\", p99 = \"500ms\" }}\n  window       = \"30d\"\n}}",
        covered.join(", ")
    ))
}
