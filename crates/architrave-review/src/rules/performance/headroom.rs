//! PRF-02: too little room above the peak.

use architrave_model::graph::Graph;

use crate::measure::{
    capacity::{self, Basis, TARGET_PPM},
    words::{percent, rate},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-02",
    name: "headroom-below-10x",
    family: Family::Performance,
    title: "there is no room for the spike that is to be survived",
    impact: 3,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Measurements],
    sources: &[Source {
        title: "Handling overload (Site Reliability Engineering)",
        url: "https://sre.google/sre-book/handling-overload/",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("headroom.md"),
    judge,
};

/// How many times the peak is to be survived, where nobody said.
const SPIKE_ASSUMED: u64 = 10;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(load) = capacity::load(graph) else { return };
    let all = capacity::of_node(capacity::utilisations(graph, load, Basis::of(graph)));
    let Some(first) = all.first() else { return };
    if first.ppm > TARGET_PPM {
        // The peak itself is too much: that is PRF-01's.
        return;
    }
    let declared = graph.needs.spike.value().copied();
    let spike = declared.unwrap_or(SPIKE_ASSUMED);
    let at_spike = first.ppm.saturating_mul(spike);
    if at_spike <= 1_000_000 {
        return say.pass(&graph.system);
    }
    let mut failure = say
        .fail(&graph.system, format!(
            "at {spike} times the peak {} would be {} busy", first.title, percent(at_spike)))
        .at_fact(&graph.needs.peak_milli_per_s, format!("{} times this", spike))
        .help("say what is turned away first when too much comes, plan the next stage, or say how large a spike must be survived (`spike` in `workload`)")
        .because(format!("at the peak of {} it is {} busy", rate(load.milli_per_s), percent(first.ppm)))
        .because(match declared {
            Some(times) => format!("a spike of {times} times the peak (declared)"),
            None => format!("a spike of {SPIKE_ASSUMED} times the peak (assumed)"),
        });
    for fact in &first.because {
        failure = failure.because(fact.clone());
    }
}
