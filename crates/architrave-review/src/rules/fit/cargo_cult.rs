//! FIT-03: a technology for loads a hundred times larger than this one.

use architrave_model::graph::{Graph, Store};

use crate::measure::{
    data::entry,
    words::{grouped, rate},
};
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "FIT-03",
    name: "cargo-cult",
    family: Family::Fit,
    title: "a technology for loads a hundred times larger",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Choose boring technology (Dan McKinley)",
            url: "https://mcfunley.com/choose-boring-technology",
        },
        Source {
            title: "Benchmarking Apache Pulsar, Kafka, and RabbitMQ (Confluent)",
            url: "https://www.confluent.io/blog/kafka-fastest-messaging-system/",
        },
    ],
    maps: &[],
    reads_names: false,
    page: include_str!("cargo_cult.md"),
    judge,
};

/// How many times the load must fit into what the simpler choice bears before it is called needless (judgement).
const TIMES: u64 = 100;
/// Times the peak that must be survived, where nobody said: the default of the question that asks for it.
const SPIKE_ASSUMED: u64 = 10;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for store in &graph.stores {
        let Some(product) = store.product.value() else { continue };
        if entry(product).is_some() {
            product_of(graph, store, product, say);
        }
    }
}

fn product_of(graph: &Graph, store: &Store, product: &str, say: &mut Verdicts) {
    let Some(entry) = entry(product) else { return };
    let needs = &graph.needs;
    // Who runs it and knows it pays little for it.
    if needs.uses.value().is_some_and(|it| it.iter().any(|it| it.eq_ignore_ascii_case(product))) {
        return say.pass(&store.node);
    }
    let Some(peak) = needs.peak_milli_per_s.value().copied() else {
        return say.cannot_tell(&store.node, "the load at the busiest time (`peak` in `workload`)");
    };
    let (spike, how) = match needs.spike.value() {
        Some(times) => (*times, "declared"),
        None => (SPIKE_ASSUMED, "assumed"),
    };
    let need = peak.saturating_mul(spike);
    if need.saturating_mul(TIMES) > entry.value.saturating_mul(1_000) {
        return say.pass(&store.node);
    }
    say.fail(&store.node, format!("`{product}` for {} at the worst, a hundredth of what a simpler choice bears", rate(need)))
        .also(needs.peak_milli_per_s.span(), "so much is asked")
        .help(format!("a table of the database that is there anyway carries {} for years; keep `{product}` only for what nothing else does (replay, several regions), and say so in a waiver; a team that runs it already writes `uses = [\"{product}\"]` in `constraints`", rate(need)))
        .because(format!("peak {} (declared), {spike} times that at the worst ({how})", rate(peak)))
        .because(format!("{}/s: {} (documented {}: {})", grouped(entry.value), entry.of, entry.checked, entry.source));
}
