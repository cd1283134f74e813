//! PRF-01: a peak beyond what a resource can do.

use architrave_model::graph::Graph;

use crate::measure::{
    capacity::{self, Basis, TARGET_PPM, WRITER},
    words::{percent, rate},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-01",
    name: "capacity-shortfall",
    family: Family::Performance,
    title: "the declared peak is more than it can carry",
    impact: 4,
    likelihood: 4,
    reads: &[Input::Blueprint, Input::Measurements],
    sources: &[
        Source {
            title: "How to quantify scalability (Universal Scalability Law)",
            url: "http://www.perfdynamics.com/Manifesto/USLscalability.html",
        },
        Source {
            title: "Handling overload (Site Reliability Engineering)",
            url: "https://sre.google/sre-book/handling-overload/",
        },
    ],
    maps: &[("CWE", "400")],
    reads_names: false,
    page: include_str!("capacity_shortfall.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let Some(load) = capacity::load(graph) else { return };
    let all = capacity::utilisations(graph, load, Basis::of(graph));
    // More nodes have more processors; nothing has more than one writer.
    let short = all.iter().find(|it| it.resource == WRITER && it.ppm > TARGET_PPM);
    let Some(short) = short else {
        if !all.is_empty() {
            say.pass(&graph.system);
        }
        return;
    };
    let mut failure = say
        .fail(&graph.system, format!(
            "at {} {} is {} busy, {} is what it stands", rate(load.milli_per_s), short.title, percent(short.ppm), percent(TARGET_PPM)))
        .at_fact(&graph.needs.peak_milli_per_s, "the load that it rests on")
        .help("keep the rows in a store with more than one writer, split them by tenant over several stores, or take fewer writes");
    for fact in &short.because {
        failure = failure.because(fact.clone());
    }
}
