//! Time to an answer at each load: what was timed at the nearest lower step, and above the highest step what
//! queueing theory says is the least.

use architrave_model::{
    capacity::{Latency, LoadPoint},
    graph::Graph,
    measurement::{Measurements, Step},
};

use super::{
    PROCESSOR, demands,
    law::{float, whole},
    queueing::response_quantile,
};
use crate::measure::{assumed, words::rate};

/// For each operation of an objective, at each load, each percentile that is promised.
pub(super) fn latencies(graph: &Graph, run: &Measurements, loads: &[LoadPoint]) -> Vec<Latency> {
    let mut all = Vec::new();
    for objective in &graph.needs.objectives {
        for id in &objective.covers {
            let Some(operation) = id.strip_prefix("operation:") else { continue };
            for load in loads {
                let found = objective
                    .latency
                    .iter()
                    .filter_map(|(percentile, _)| latency(run, load, operation, *percentile));
                all.extend(found);
            }
        }
    }
    all
}

fn latency(
    run: &Measurements,
    load: &LoadPoint,
    operation: &str,
    percentile: u32,
) -> Option<Latency> {
    let timed = |step: &Step| {
        let class = step.classes.iter().find(|it| it.name == operation && it.requests > 0)?;
        class.latency_us.iter().find(|it| it.0 >= percentile).map(|it| it.1)
    };
    let mut steps: Vec<&Step> = run.steps.iter().filter(|it| timed(it).is_some()).collect();
    steps.sort_by_key(|it| it.factor_permille);
    let top = steps.last()?;
    let base = Latency {
        operation: operation.to_owned(),
        factor_permille: load.factor_permille,
        percentile_ppm: percentile,
        ..Latency::default()
    };
    if load.factor_permille > top.factor_permille {
        return modelled(run, load, base, timed(top)?);
    }
    let step = steps.iter().rev().find(|it| it.factor_permille <= load.factor_permille)?;
    let because = format!(
        "timed at {}, {} answered, {}",
        rate(step.offered_milli_per_s),
        rate(step.achieved_milli_per_s),
        demands::day(run)
    );
    Some(Latency { us: timed(step)?, because, ..base })
}

/// The quantile of M/M/c with the processors as servers, but never less than what was timed at less load.
fn modelled(run: &Measurements, load: &LoadPoint, base: Latency, timed_us: u64) -> Option<Latency> {
    let class = run.classes.iter().find(|it| it.name == base.operation)?;
    let busy = load.uses.iter().find(|it| it.resource == PROCESSOR)?.ppm;
    let servers = u32::try_from(assumed::CORES.value).ok()?;
    let per_s = 1e9 / float(class.processor_ns.max(1));
    let share = f64::from(base.percentile_ppm) / 1e6;
    let seconds = response_quantile(servers, per_s, float(busy) / 1e6, share)?;
    let because = "Erlang C over the processors, and no less than what was timed at less load: the least, not a promise";
    Some(Latency {
        us: whole(seconds * 1e6).max(timed_us),
        is_model: true,
        because: because.to_owned(),
        ..base
    })
}
