//! REL-15: something that takes more and more until it is killed.

use crate::{Family, Input, Rule, Source, Verdicts};
use architrave_model::graph::{Graph, Known, Store, StoreKind};

use crate::measure::words::bytes;

pub(super) const RULE: Rule = Rule {
    id: "REL-15",
    name: "no-backpressure",
    family: Family::Reliability,
    title: "what waits has no bound",
    impact: 3,
    likelihood: 2,
    reads: &[Input::Blueprint, Input::Compose],
    sources: &[
        Source {
            title: "Using load shedding to avoid overload (Amazon Builders' Library)",
            url: "https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/",
        },
        Source {
            title: "Redis: key eviction",
            url: "https://redis.io/docs/latest/develop/reference/eviction/",
        },
    ],
    maps: &[("CWE", "770"), ("STRIDE", "Denial of service")],
    reads_names: false,
    page: include_str!("no_backpressure.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for service in &graph.services {
        match &service.sheds_load {
            Known::Is(true, _) => say.pass(&service.node),
            // Whether a program turns requests away can rarely be seen from outside: no verdict without a fact.
            Known::Unknown => {}
            Known::Is(false, origin) | Known::Absent(origin) => {
                say.fail(
                    &service.node,
                    format!("`{}` takes every request, however many wait", service.node.name),
                )
                .at(origin.span, "no bound here")
                .help("bound the queue of requests and answer 503 with `Retry-After` beyond it");
            }
        }
    }
    for store in graph.stores.iter().filter(|it| it.kind.value().is_some_and(|it| fills_up(*it))) {
        judge_store(store, say);
    }
}

/// What holds things for a while, and is expected to let them go.
fn fills_up(kind: StoreKind) -> bool {
    matches!(kind, StoreKind::Cache | StoreKind::Queue | StoreKind::Stream)
}

fn judge_store(store: &Store, say: &mut Verdicts) {
    let name = &store.node.name;
    match &store.is_bounded {
        Known::Is(true, _) => say.pass(&store.node),
        Known::Unknown => say.cannot_tell(&store.node, format!("how much `{name}` may hold")),
        Known::Is(false, origin) | Known::Absent(origin) => {
            let is_redis = store
                .product
                .value()
                .is_some_and(|it| matches!(it.as_str(), "redis" | "valkey" | "keydb"));
            let title = match store.resources.memory_limit_bytes.value() {
                Some(limit) => {
                    format!("`{name}` grows until it is killed at its limit of {}", bytes(*limit))
                }
                None => format!("`{name}` grows until the machine has no memory left"),
            };
            let failure = say.fail(&store.node, title).at(origin.span, "no bound here");
            if is_redis {
                failure
                    .help("say how much it may hold and what goes first: `command: redis-server --maxmemory 256mb --maxmemory-policy allkeys-lru` (`noeviction` for a queue: writes are then refused)")
                    .because("without `maxmemory` it takes all there is (documented default on 64-bit machines)");
            } else {
                failure.help("say how much it may hold, and what happens then");
            }
        }
    }
}
