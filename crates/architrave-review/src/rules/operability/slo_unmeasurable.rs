//! OPS-03: a promise about too few requests.

use architrave_model::graph::{Graph, Objective};

use crate::measure::{
    cost::PEAK_TO_MEAN_ASSUMED,
    words::{grouped, percent, rate, time},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "OPS-03",
    name: "slo-unmeasurable",
    family: Family::Operability,
    title: "too little happens to measure a promise",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Measurements],
    sources: &[Source {
        title: "Alerting on SLOs: low-traffic services (The Site Reliability Workbook)",
        url: "https://sre.google/workbook/alerting-on-slos/#low-traffic-services-and-error-budget-alerting",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("slo_unmeasurable.md"),
    judge,
};

/// Failures that a budget must hold so that one of them is noise.
const FAILURES_MIN: u128 = 10;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for objective in &graph.needs.objectives {
        judge_one(graph, objective, say);
    }
}

fn judge_one(graph: &Graph, objective: &Objective, say: &mut Verdicts) {
    let (Some(&promised), Some(&window)) =
        (objective.availability_ppm.value(), objective.window_us.value())
    else {
        return;
    };
    let Some(&peak) = graph.needs.peak_milli_per_s.value() else {
        return say
            .cannot_tell(&objective.node, "how many requests there are (`peak` in `workload`)");
    };
    let declared = graph.needs.peak_to_mean.value().copied();
    let ratio = declared.unwrap_or(PEAK_TO_MEAN_ASSUMED).max(1);
    // All requests of the system: those covered are fewer, so that a failure here is certain.
    let requests =
        u128::from(peak) * u128::try_from(window).unwrap_or(0) / u128::from(ratio) / 1_000_000_000;
    let allowed = requests * u128::from(1_000_000 - promised.min(1_000_000)) / 1_000_000;
    if allowed >= FAILURES_MIN {
        return say.pass(&objective.node);
    }
    let requests = grouped(u64::try_from(requests).unwrap_or(u64::MAX));
    say.fail(
        &objective.node,
        format!(
            "of at most {requests} requests in {} only {allowed} may fail: one bad one is an alert",
            time(window)
        ),
    )
    .at_fact(&objective.availability_ppm, format!("{} of {requests}", percent(u64::from(promised))))
    .help("look at a longer window, promise less, or count probes of your own beside the requests")
    .because(format!(
        "peak {} (declared), {ratio} times the mean ({})",
        rate(peak),
        if declared.is_some() { "declared" } else { "assumed" }
    ))
    .because(format!(
        "a budget below {FAILURES_MIN} failures cannot tell an outage from a single one"
    ));
}
