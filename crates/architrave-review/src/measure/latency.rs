//! How long something takes at least: what others promise, and what a load run measured.

use architrave_model::{
    graph::{Graph, Objective},
    measurement::{Measurements, Step},
};

/// The declared peak, in thousandths of itself.
const PEAK_PERMILLE: u64 = 1_000;

/// A percentile of a latency that somebody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantile {
    /// Id of what takes so long.
    pub of: String,
    /// In parts per million.
    pub percentile_ppm: u32,
    /// In microseconds.
    pub us: i64,
    /// Who says so.
    pub because: String,
}

/// What is known of one thing that a promise covers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    /// Ascending by percentile within one source.
    pub known: Vec<Quantile>,
    /// Whether the figures are of a load below the declared peak, so that they are a lower bound.
    pub is_below_peak: bool,
}

/// What is known of each thing that an objective covers, in its order.
#[must_use]
pub fn covered(graph: &Graph, objective: &Objective) -> Vec<(String, Latencies)> {
    objective.covers.iter().map(|id| (id.clone(), of(graph, id))).collect()
}

fn of(graph: &Graph, id: &str) -> Latencies {
    let mut found = measured(graph, id);
    let waits = graph.operation(id).into_iter().flat_map(|it| &it.waits_for);
    for needed in waits.map(String::as_str).chain([id]) {
        found.known.extend(promised(graph, needed));
    }
    found
}

/// What somebody else promises of a system or one of its calls.
fn promised(graph: &Graph, id: &str) -> Vec<Quantile> {
    let owner = id.rsplit_once('.').map_or("", |it| it.0);
    let external = graph.external(id).or_else(|| graph.external(owner));
    let Some((external, all)) = external.and_then(|it| Some((it, it.latency.value()?))) else {
        return Vec::new();
    };
    let quantile = |(percentile_ppm, us): &(u32, i64)| Quantile {
        of: external.node.id.clone(),
        percentile_ppm: *percentile_ppm,
        us: *us,
        because: format!("`{}` promises it (declared)", external.node.name),
    };
    all.iter().map(quantile).collect()
}

/// What was measured of an operation at the declared peak, or at the highest rate below it. A run on a machine that
/// was not quiet says nothing.
fn measured(graph: &Graph, id: &str) -> Latencies {
    let run = graph.measured.as_ref().filter(|it| it.run.noise.is_quiet);
    let (Some(run), Some(name)) = (run, id.strip_prefix("operation:")) else {
        return Latencies::default();
    };
    let Some(step) = step_at_peak(&run.run) else { return Latencies::default() };
    let class = step.classes.iter().find(|it| it.name == name);
    let quantile = |(percentile_ppm, us): &(u32, u64)| Quantile {
        of: id.to_owned(),
        percentile_ppm: *percentile_ppm,
        us: i64::try_from(*us).unwrap_or(i64::MAX),
        because: format!(
            "measured at {} on {}",
            super::words::rate(step.offered_milli_per_s),
            run.run.taken_at.get(..10).unwrap_or("an unknown day")
        ),
    };
    Latencies {
        known: class.into_iter().flat_map(|it| &it.latency_us).map(quantile).collect(),
        is_below_peak: step.factor_permille < PEAK_PERMILLE,
    }
}

fn step_at_peak(run: &Measurements) -> Option<&Step> {
    let at_most = run.steps.iter().filter(|it| it.factor_permille <= PEAK_PERMILLE);
    at_most.max_by_key(|it| it.factor_permille)
}
