//! Puts the capacity of a system together: loads, uses, nodes, curve, and why not to trust it too far.

use architrave_model::{
    capacity::{Capacity, CurvePoint, Demand, LoadPoint, Nodes, ResourceUse},
    graph::{Graph, Provenance},
    words::{list, rate, time},
};

use super::{
    Basis, Load, PROCESSOR, TARGET_PPM, WRITER,
    classes::{Class, classes},
    demands::{self, demands},
    factor_after, growth_ppm,
    interval::{Part, interval},
    latency::latencies,
    law::{self, Law, float, whole},
    load as declared_load, months_of_horizon, scaled, spare, utilisations,
};
use crate::measure::assumed;

/// How many times the peak must be survived, where nobody said.
const SPIKE_ASSUMED: u64 = 10;
/// A law may be drawn out to so many times the clients at which it was measured.
const EXTRAPOLATION_MAX: u64 = 2;

/// How busy a system is at its declared load and up to `factor` times that; none where no load is declared or the
/// system is not ours.
#[must_use]
pub fn capacity(graph: &Graph, basis: Basis<'_>, factor: u64) -> Option<Capacity> {
    let load = declared_load(graph)?;
    let mut loads = loads(graph, load, basis, factor);
    let at_peak = loads.iter().find(|it| it.factor_permille == 1_000)?;
    let first = at_peak.uses.first()?.clone();
    let classes = classes(graph, load);
    let demands: Vec<Demand> =
        classes.iter().flat_map(|it| demands(it, basis)).map(|it| it.demand).collect();
    let (curve, fit) = curve(basis);
    let mut doubts = doubts(graph, &demands, &first, basis);
    if let Some(Err(refused)) = &fit {
        doubts.push(refused.clone());
    }
    let law = fit.and_then(Result::ok);
    doubts.extend(law.and_then(|it| limit_of(&it)));
    for point in &mut loads {
        point.mean_us = law.and_then(|it| mean_us(&it, point.milli_per_s));
    }
    Some(Capacity {
        peak_milli_per_s: load.milli_per_s,
        target_ppm: TARGET_PPM,
        latencies: basis.measurements.map(|it| latencies(graph, it, &loads)).unwrap_or_default(),
        measured_on: basis.measurements.map(|it| demands::day(it).to_owned()),
        classes: classes.into_iter().map(|it| it.load).collect(),
        demands,
        bottleneck: first.resource.clone(),
        headroom_permille: scaled(TARGET_PPM, 1_000, first.ppm),
        saturation_permille: scaled(1_000_000, 1_000, first.ppm),
        loads,
        curve,
        fit: law.map(|it| it.told()),
        doubts,
    })
}

fn loads(graph: &Graph, peak: Load, basis: Basis<'_>, factor: u64) -> Vec<LoadPoint> {
    let (growth, _) = growth_ppm(graph);
    let (months, _) = months_of_horizon(graph);
    let spike = graph.needs.spike.value().copied();
    let horizon = factor_after(growth, months);
    let mut wanted = vec![
        (1_000, "the declared peak".to_owned()),
        (3_000, "3 times the peak".to_owned()),
        (factor.saturating_mul(1_000), format!("{factor} times the peak")),
        (
            spike.unwrap_or(SPIKE_ASSUMED).saturating_mul(1_000),
            "the spike to be survived".to_owned(),
        ),
    ];
    if horizon > 1_000 {
        wanted.push((horizon, format!("the peak in {months} months")));
    }
    wanted.sort_by_key(|it| it.0);
    let mut points: Vec<LoadPoint> = Vec::new();
    for (factor_permille, title) in wanted.into_iter().filter(|it| it.0 > 0) {
        match points.last_mut().filter(|it| it.factor_permille == factor_permille) {
            Some(last) if last.title == title => {}
            Some(last) => last.title = format!("{}, {title}", last.title),
            None => points.push(point(graph, peak, basis, factor_permille, title)),
        }
    }
    points
}

fn point(
    graph: &Graph,
    peak: Load,
    basis: Basis<'_>,
    factor_permille: u64,
    title: String,
) -> LoadPoint {
    let load = peak.times(factor_permille);
    let uses = utilisations(graph, load, basis);
    let nodes = nodes_at(graph, load, basis, &uses);
    LoadPoint { title, factor_permille, milli_per_s: load.milli_per_s, uses, nodes, mean_us: None }
}

/// Nodes for the processors; none where the one writer is busier than it may be, however many nodes there are.
fn nodes_at(graph: &Graph, load: Load, basis: Basis<'_>, uses: &[ResourceUse]) -> Option<Nodes> {
    if uses.iter().any(|it| it.resource == WRITER && it.ppm > TARGET_PPM) {
        return None;
    }
    let processor = uses.iter().find(|it| it.resource == PROCESSOR)?.ppm;
    let parts = parts(&classes(graph, load), basis);
    let (least, most) = interval(&parts);
    let spare = spare(graph);
    let count = |ppm: u64| ppm.div_ceil(TARGET_PPM).max(1);
    let of = |busy: u64| count(busy / assumed::CORES.value) + spare;
    Some(Nodes { for_load: count(processor), spare, min: of(least), max: of(most) })
}

/// What each class takes of a processor, in parts per million of one.
fn parts(classes: &[Class], basis: Basis<'_>) -> Vec<Part> {
    let of = |class: &Class| {
        let mine = demands(class, basis).into_iter().find(|it| it.demand.resource == PROCESSOR)?;
        let value = scaled(class.load.milli_per_s, mine.demand.nanoseconds, 1_000_000);
        Some(Part { value, spread_ppm: mine.spread_ppm })
    };
    classes.iter().filter_map(of).collect()
}

/// The measured curve and its law, or why there is none; nothing where nothing was measured.
fn curve(basis: Basis<'_>) -> (Vec<CurvePoint>, Option<Result<Law, String>>) {
    let Some(run) = basis.measurements else { return (Vec::new(), None) };
    let law = law::fit(&run.sweep);
    let fitted =
        |clients: u64| law.as_ref().ok().map(|it| whole(it.throughput(float(clients)) * 1e3));
    let mut points: Vec<CurvePoint> = run
        .sweep
        .iter()
        .map(|it| CurvePoint {
            clients: it.clients,
            measured_milli_per_s: Some(it.milli_per_s),
            fitted_milli_per_s: fitted(it.clients),
        })
        .collect();
    points.sort_by_key(|it| it.clients);
    if let (Ok(_), Some(last)) = (&law, points.last().map(|it| it.clients)) {
        let clients = last.saturating_mul(EXTRAPOLATION_MAX);
        let point =
            CurvePoint { clients, measured_milli_per_s: None, fitted_milli_per_s: fitted(clients) };
        points.push(point);
    }
    (points, Some(law))
}

/// Mean time to an answer by the law, as far as it may be drawn out.
fn mean_us(law: &Law, milli_per_s: u64) -> Option<u64> {
    let per_s = float(milli_per_s) / 1e3;
    let seconds = law.response_time(per_s)?;
    let is_near = seconds * per_s <= law.clients_max * float(EXTRAPOLATION_MAX);
    is_near.then(|| whole(seconds * 1e6))
}

/// Where the law says that throughput is largest, or that this lies too far from what was measured to say.
fn limit_of(law: &Law) -> Option<String> {
    let clients = law.clients_at_peak()?;
    let far = law.clients_max * float(EXTRAPOLATION_MAX);
    Some(if clients > far {
        format!(
            "by its law the curve would be highest at {} clients; it was measured up to {}, and nothing is said beyond {}",
            whole(clients),
            whole(law.clients_max),
            whole(far)
        )
    } else {
        format!(
            "the machine that was measured, with its clients on it, gives at most {} at {} clients, and less beyond",
            rate(whole(law.throughput(clients)) * 1_000),
            whole(clients)
        )
    })
}

fn doubts(graph: &Graph, demands: &[Demand], first: &ResourceUse, basis: Basis<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut assumed: Vec<&str> = demands
        .iter()
        .filter(|it| it.provenance == Provenance::Assumed)
        .map(|it| it.class.as_str())
        .collect();
    assumed.dedup();
    match basis.measurements {
        None => doubts.push(
            "nothing of this system was measured: what a request takes is what the benchmark of another system took; `architrave load` measures this one".to_owned(),
        ),
        Some(run) => {
            if !assumed.is_empty() {
                doubts.push(format!(
                    "the load run did not measure {}: what such a request takes is what the benchmark of another system took",
                    list(&assumed)
                ));
            }
            doubts.push(format!(
                "measured on {}: another processor takes another time per request",
                demands::machine(run)
            ));
        }
    }
    if graph.needs.read_share_ppm.value().is_none() {
        doubts.push("nobody said what share of requests reads: ten to one is assumed".to_owned());
    }
    doubts.push("how requests split into rows, lists, searches and single operations is assumed, as no two systems are used alike".to_owned());
    if first.resource.starts_with("external:") {
        doubts.push(format!(
            "what runs out first, {}, rests on calls that are assumed to take {}",
            first.title,
            time(i64::try_from(assumed::CALL_US.value).unwrap_or(0))
        ));
    }
    doubts
}
