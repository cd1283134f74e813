//! PRF-03: a latency that cannot be kept.

use architrave_model::graph::{Graph, Objective};

use crate::measure::{
    latency::{self, Latencies, Quantile},
    words::{percent, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-03",
    name: "latency-slo-infeasible",
    family: Family::Performance,
    title: "a promised latency cannot be kept",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Blueprint, Input::Measurements],
    sources: &[
        Source {
            title: "Service level objectives (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/service-level-objectives/",
        },
        Source {
            title: "The tail at scale (Dean and Barroso, 2013)",
            url: "https://research.google/pubs/the-tail-at-scale/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("latency_infeasible.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in graph.needs.objectives.iter().filter(|it| !it.latency.is_empty()) {
        judge_one(graph, objective, say);
    }
}

fn judge_one(graph: &Graph, objective: &Objective, say: &mut Verdicts) {
    let covered = latency::covered(graph, objective);
    let broken: Vec<(u32, i64, &Quantile)> = covered
        .iter()
        .flat_map(|(_, it)| &it.known)
        .filter_map(|it| broken_by(objective, it).map(|(percentile, us)| (percentile, us, it)))
        .collect();
    let Some((percentile, limit, worst)) = broken.iter().max_by_key(|it| it.2.us - it.1) else {
        return match covered.iter().find(|(_, it)| !keeps(objective, it)) {
            None if covered.is_empty() => {}
            None => say.pass(&objective.node),
            Some((id, _)) => {
                say.cannot_tell(&objective.node, format!("how long `{}` takes", name_of(id)));
            }
        };
    };
    let mut failure = say
        .fail(
            &objective.node,
            format!(
                "`{}` promises {} for {} of requests, {} of `{}` alone take up to {}",
                objective.node.name,
                time(*limit),
                percent(u64::from(*percentile)),
                percent(u64::from(worst.percentile_ppm)),
                name_of(&worst.of),
                time(worst.us)
            ),
        )
        .help("promise what can be kept; or answer before the slow part is done (a `saga` does it afterwards), keep what it answers, or find who answers faster");
    for (_, _, it) in &broken {
        failure = failure.because(format!(
            "{} at {} of `{}`: {}",
            time(it.us),
            percent(u64::from(it.percentile_ppm)),
            name_of(&it.of),
            it.because
        ));
    }
}

/// The promise that a known latency breaks: at its own percentile or a higher one, where it is at least as long. The
/// largest of what follows each other is taken and never a sum: percentiles do not add up.
fn broken_by(objective: &Objective, known: &Quantile) -> Option<(u32, i64)> {
    let mut promised = objective.latency.iter().copied();
    promised.find(|(percentile, us)| *percentile >= known.percentile_ppm && *us < known.us)
}

/// Whether every promised percentile is known to be kept, at the declared peak.
fn keeps(objective: &Objective, known: &Latencies) -> bool {
    let is_kept = |(percentile, us): &(u32, i64)| {
        known.known.iter().any(|it| it.percentile_ppm >= *percentile && it.us <= *us)
    };
    !known.is_below_peak && objective.latency.iter().all(is_kept)
}

fn name_of(id: &str) -> &str {
    id.split_once(':').map_or(id, |it| it.1)
}
