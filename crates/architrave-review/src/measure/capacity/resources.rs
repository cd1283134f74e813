//! How busy each resource is at a load, and how many nodes keep what grows with nodes at the target.

use architrave_model::{
    capacity::ResourceUse,
    graph::{Edge, Graph, StoreKind},
};

use super::{
    Basis, Load, PROCESSOR, TARGET_PPM, WRITER,
    classes::{Class, classes, repeats, starts},
    demands::{Taken, demands},
    scaled,
};
use crate::measure::{
    assumed,
    words::{fine_time, grouped, short_rate as rate},
};

/// Classes named in a reason; the rest is summed up.
const NAMED_MAX: usize = 4;
/// An availability from which on one node must be spare, in parts per million.
const SPARE_FROM_PPM: u32 = 999_000;

/// How busy each resource of one node is at a load, the busiest first. Empty for systems that are not ours: nobody
/// knows what a request of theirs takes.
#[must_use]
pub fn utilisations(graph: &Graph, load: Load, basis: Basis<'_>) -> Vec<ResourceUse> {
    if !graph.is_closed {
        return Vec::new();
    }
    let taken: Vec<(Class, Vec<Taken>)> = classes(graph, load)
        .into_iter()
        .map(|class| {
            let demands = demands(&class, basis);
            (class, demands)
        })
        .collect();
    let mut all = vec![processor(load, &taken)];
    if has_one_writer(graph) {
        all.push(writer(&taken));
    }
    all.extend(externals(graph, load));
    all.sort_by_key(|it| std::cmp::Reverse(it.ppm));
    all
}

/// The resources of a node alone: what a rule may rest on. How long others take to answer is assumed.
#[must_use]
pub fn of_node(mut all: Vec<ResourceUse>) -> Vec<ResourceUse> {
    all.retain(|it| it.resource == PROCESSOR || it.resource == WRITER);
    all
}

/// Nodes that keep their processors at the target.
#[must_use]
pub fn nodes(graph: &Graph, load: Load, basis: Basis<'_>) -> Option<u64> {
    let all = utilisations(graph, load, basis);
    let processor = all.iter().find(|it| it.resource == PROCESSOR)?;
    Some(processor.ppm.div_ceil(TARGET_PPM).max(1))
}

/// Nodes besides, so that one may be lost: one where an objective promises 99.9 % or more.
#[must_use]
pub fn spare(graph: &Graph) -> u64 {
    let promised = graph.needs.objectives.iter().filter_map(|it| it.availability_ppm.value());
    u64::from(promised.copied().any(|it| it >= SPARE_FROM_PPM))
}

fn processor(load: Load, taken: &[(Class, Vec<Taken>)]) -> ResourceUse {
    let cores = assumed::CORES;
    let mut because = vec![split(load)];
    because.extend(told(PROCESSOR, taken));
    because.push(format!("{} a node (assumed)", cores.shown()));
    ResourceUse {
        resource: PROCESSOR.to_owned(),
        title: "the processors of a node".to_owned(),
        ppm: busy_ppm(PROCESSOR, taken) / cores.value,
        grows_with_nodes: true,
        because,
    }
}

fn writer(taken: &[(Class, Vec<Taken>)]) -> ResourceUse {
    ResourceUse {
        resource: WRITER.to_owned(),
        title: "the one writer of the database".to_owned(),
        ppm: busy_ppm(WRITER, taken),
        grows_with_nodes: false,
        because: told(WRITER, taken),
    }
}

/// Whether everything is written by one thread of one process.
fn has_one_writer(graph: &Graph) -> bool {
    let is_relational =
        |it: &&architrave_model::graph::Store| it.kind.value() == Some(&StoreKind::Relational);
    graph.stores.iter().any(|it| is_relational(&it))
}

/// Busy time in parts per million of a second: thousandths per second times nanoseconds.
fn busy_ppm(resource: &str, taken: &[(Class, Vec<Taken>)]) -> u64 {
    let of = |(class, demands): &(Class, Vec<Taken>)| -> u128 {
        let mine = demands.iter().filter(|it| it.demand.resource == resource);
        mine.map(|it| u128::from(class.load.milli_per_s) * u128::from(it.demand.nanoseconds)).sum()
    };
    u64::try_from(taken.iter().map(of).sum::<u128>() / 1_000_000).unwrap_or(u64::MAX)
}

fn split(load: Load) -> String {
    let reads = scaled(load.milli_per_s, load.read_ppm, 1_000_000);
    let note = if load.is_share_assumed { " (share of reads assumed: ten to one)" } else { "" };
    format!(
        "{} = {} reads and {} writes{note}",
        rate(load.milli_per_s),
        rate(reads),
        rate(load.milli_per_s - reads)
    )
}

/// The classes that take most of a resource, and where their demands come from.
fn told(resource: &str, taken: &[(Class, Vec<Taken>)]) -> Vec<String> {
    let mut parts: Vec<(u128, &Class, &Taken)> = Vec::new();
    for (class, demands) in taken {
        for it in demands.iter().filter(|it| it.demand.resource == resource) {
            let busy = u128::from(class.load.milli_per_s) * u128::from(it.demand.nanoseconds);
            parts.push((busy, class, it));
        }
    }
    parts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.load.name.cmp(&b.1.load.name)));
    let mut told: Vec<String> = parts
        .iter()
        .take(NAMED_MAX)
        .map(|(_, class, taken)| {
            let (name, rate) = (&class.load.name, rate(class.load.milli_per_s));
            format!("`{name}`: {rate} × {}", fine_time(taken.demand.nanoseconds))
        })
        .collect();
    if parts.len() > NAMED_MAX {
        told.push(format!("and {} classes that take less", parts.len() - NAMED_MAX));
    }
    let mut sources: Vec<&str> = Vec::new();
    for (_, _, it) in &parts {
        if !sources.contains(&it.demand.source.as_str()) {
            sources.push(&it.demand.source);
        }
    }
    told.extend(sources.iter().map(|it| format!("time per request: {it}")));
    told
}

/// Calls at once to systems of others, where the blueprint bounds them (Little's law: rate times duration). The bound
/// protects the other side, so more nodes must not raise it.
fn externals(graph: &Graph, load: Load) -> Vec<ResourceUse> {
    if graph.externals.is_empty() {
        return Vec::new();
    }
    let starts = starts(graph, load);
    let bounded = graph.externals.iter().filter_map(|external| {
        let edges: Vec<&Edge> = graph
            .edges
            .iter()
            .filter(|it| it.to == external.node.id && it.from.starts_with("step:"))
            .collect();
        let most = edges.iter().find_map(|it| it.concurrency_max.value().copied())?;
        let timeout = edges.iter().find_map(|it| it.timeout_us.value().copied());
        let us = timeout.map_or(assumed::CALL_US.value, |it| {
            assumed::CALL_US.value.min(u64::try_from(it).unwrap_or(0))
        });
        let calls = graph.processes.iter().flat_map(|process| {
            let starts = starts.get(&process.node.name).copied().unwrap_or(0);
            let runs = process.steps.iter().filter(|step| {
                let is_of = step.runs.strip_prefix(external.node.id.as_str());
                is_of.is_some_and(|it| it.starts_with('.'))
            });
            runs.map(move |it| starts.saturating_mul(repeats(it.repeats_max.value().copied())))
        });
        let calls: u64 = calls.fold(0, u64::saturating_add);
        (calls > 0).then(|| external_use(external.node.name.as_str(), calls, us, most))
    });
    bounded.collect()
}

fn external_use(name: &str, calls: u64, us: u64, most: u32) -> ResourceUse {
    // Thousandths per second times microseconds are thousand-millionths of a call at once.
    let at_once = u128::from(calls) * u128::from(us) / 1_000;
    let ppm = u64::try_from(at_once / u128::from(most.max(1))).unwrap_or(u64::MAX);
    ResourceUse {
        resource: format!("external:{name}"),
        title: format!("calls of `{name}` at once"),
        ppm,
        grows_with_nodes: false,
        because: vec![
            format!("{} calls of {} each (assumed)", rate(calls), assumed::CALL_US.shown()),
            format!("at most {} at once (declared)", grouped(u64::from(most))),
        ],
    }
}
