//! OPS-06: a call after which nobody can follow a request.

use std::collections::BTreeSet;

use architrave_model::graph::{Edge, EdgeKind, Graph, Image, Known, Service, ServiceKind};

use crate::measure::names::name_of;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "OPS-06",
    name: "trace-gap",
    family: Family::Operability,
    title: "a trace ends in the middle",
    impact: 1,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[
        Source { title: "Trace Context (W3C)", url: "https://www.w3.org/TR/trace-context/" },
        Source {
            title: "Context propagation (OpenTelemetry)",
            url: "https://opentelemetry.io/docs/concepts/context-propagation/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("trace_gap.md"),
    judge,
};

/// Products that take traces.
const TRACERS: [&str; 6] =
    ["jaeger", "zipkin", "tempo", "opentelemetry-collector", "alloy", "signoz"];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let traced = traced(graph);
    for edge in graph
        .edges
        .iter()
        .filter(|it| it.kind == EdgeKind::Calls && it.is_remote.value() != Some(&false))
    {
        match &edge.propagates_trace {
            Known::Is(true, _) => say.pass(&edge.node),
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(
                    &edge.node,
                    format!("the trace ends at the call to `{}`", name_of(graph, &edge.to)),
                )
                .at(origin.span, "trace context is not passed on")
                .help("send `traceparent` along");
            }
            Known::Unknown => judge_by_settings(graph, edge, &traced, say),
        }
    }
}

/// Ids of services that send traces somewhere.
fn traced(graph: &Graph) -> BTreeSet<&str> {
    let takes = |id: &str| {
        graph
            .service(id)
            .and_then(|it| image(graph, it))
            .is_some_and(|it| it.product.value().is_some_and(|it| TRACERS.contains(&it.as_str())))
    };
    graph.edges.iter().filter(|it| takes(&it.to)).map(|it| it.from.as_str()).collect()
}

fn image<'g>(graph: &'g Graph, service: &Service) -> Option<&'g Image> {
    let id = service.image.as_ref()?;
    graph.images.iter().find(|it| it.node.id == *id)
}

/// Where the caller is traced and the called of the same system is not, the trace ends there.
fn judge_by_settings(graph: &Graph, edge: &Edge, traced: &BTreeSet<&str>, say: &mut Verdicts) {
    if !traced.contains(edge.from.as_str()) {
        return;
    }
    let Some(called) = graph.service(&edge.to) else { return };
    let serves = matches!(called.kind.value(), Some(ServiceKind::Api | ServiceKind::Worker) | None);
    let is_product = image(graph, called).is_some_and(|it| it.product.value().is_some());
    if !serves || is_product {
        return;
    }
    if traced.contains(edge.to.as_str()) {
        return say.pass(&edge.node);
    }
    let (caller, name) = (name_of(graph, &edge.from), &called.node.name);
    say.fail(&edge.node, format!("traces of `{caller}` end at `{name}`"))
        .at(called.node.origin.span, "sends no traces")
        .also(edge.node.origin.span, "called here")
        .help(format!("give `{name}` the same settings for traces as `{caller}`, e.g. `OTEL_EXPORTER_OTLP_ENDPOINT`"))
        .because(format!("`{caller}` sends traces, `{name}` has no address to send any to (observed)"));
}
