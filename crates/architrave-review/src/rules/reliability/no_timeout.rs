//! REL-01: a call over the network that may wait for ever.

use architrave_model::{
    Change, Proposal,
    graph::{Edge, EdgeKind, Graph, Known},
};

use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "REL-01",
    name: "no-timeout",
    family: Family::Reliability,
    title: "a call over the network has no timeout",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[
        Source {
            title: "Architectural smells of microservices: wobbly interaction (Neri and others)",
            url: "https://arxiv.org/abs/1906.01553",
        },
        Source {
            title: "Timeouts, retries, and backoff with jitter (Amazon Builders' Library)",
            url: "https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/",
        },
    ],
    maps: &[("CWE", "400"), ("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("no_timeout.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for edge in graph.edges.iter().filter(|it| waits_for_another_machine(it)) {
        match &edge.timeout_us {
            Known::Is(..) => say.pass(&edge.node),
            Known::Unknown => say.cannot_tell(&edge.node, "the timeout of this call"),
            Known::Absent(origin) => {
                let failure = say
                    .fail(&edge.node, format!("a call to {} may wait for ever", called(graph, edge)))
                    .at(origin.span, "no timeout here")
                    .help("set `timeout` to what the slowest good answer takes, e.g. its 99.9th percentile times 1.5");
                if let (true, Some(block)) = (graph.is_closed, origin.span) {
                    failure.propose(Proposal {
                        title: "wait five seconds at most".to_owned(),
                        is_unambiguous: false,
                        changes: vec![Change::Set {
                            block,
                            name: "timeout".to_owned(),
                            value: "\"5s\"".to_owned(),
                        }],
                    });
                }
            }
        }
    }
}

fn waits_for_another_machine(edge: &Edge) -> bool {
    edge.kind == EdgeKind::Calls
        && edge.is_remote.value() != Some(&false)
        && edge.is_synchronous.value() != Some(&false)
}

fn called<'g>(graph: &'g Graph, edge: &'g Edge) -> &'g str {
    let external = graph.external(&edge.to).map(|it| &it.node);
    let node = external.or_else(|| graph.service(&edge.to).map(|it| &it.node));
    node.map_or(&edge.to, |it| &it.name)
}
