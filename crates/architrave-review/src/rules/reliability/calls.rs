//! Calls over the network, as several rules look at them.

use std::collections::BTreeSet;

use architrave_model::{
    Span,
    graph::{Edge, EdgeKind, Graph, Node},
};

/// Whether an edge asks somebody over the network, as far as anybody knows.
pub(super) fn is_remote_call(edge: &Edge) -> bool {
    edge.kind == EdgeKind::Calls && edge.is_remote.value() != Some(&false)
}

/// Whether the caller is a process or a clock, so that no request waits for the answer.
pub(super) fn is_in_background(from: &str) -> bool {
    from.starts_with("step:") || is_clock(from)
}

fn is_clock(from: &str) -> bool {
    from.starts_with("schedule:")
}

/// Calls that share their settings, and the element that has the settings.
#[derive(Debug)]
pub(super) struct Call<'g> {
    /// The integration, or the one call.
    pub(super) subject: &'g Node,
    /// One of the calls, somebody's who waits if there is one.
    pub(super) edge: &'g Edge,
    /// Whether nothing but schedules makes them.
    pub(super) is_by_the_clock: bool,
}

/// Remote calls, one per place where they are set. A blueprint has one set of settings per integration, and one
/// verdict is enough for it; elsewhere each edge has its own.
pub(super) fn by_setting(graph: &Graph) -> Vec<Call<'_>> {
    let calls: Vec<&Edge> = graph.edges.iter().filter(|it| is_remote_call(it)).collect();
    let mut seen: BTreeSet<(&str, Option<Span>)> = BTreeSet::new();
    let mut found = Vec::new();
    for edge in &calls {
        let Some(external) = graph.external(&edge.to).filter(|_| graph.is_closed) else {
            found.push(Call { subject: &edge.node, edge, is_by_the_clock: is_clock(&edge.from) });
            continue;
        };
        if !seen.insert((&edge.to, edge.retry.span())) {
            continue;
        }
        let same: Vec<&&Edge> = calls.iter().filter(|it| it.to == edge.to).collect();
        let waiting = same.iter().find(|it| !is_in_background(&it.from));
        found.push(Call {
            subject: &external.node,
            edge: waiting.unwrap_or(&edge),
            is_by_the_clock: same.iter().all(|it| is_clock(&it.from)),
        });
    }
    found
}
