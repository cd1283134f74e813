//! DAT-16: copies that are older than anybody may see.

use architrave_model::graph::{Graph, Store, StoreKind};

use crate::{Family, Input, Rule, Source, Verdicts, measure::words::time};

pub(super) const RULE: Rule = Rule {
    id: "DAT-16",
    name: "cache-without-invalidation",
    family: Family::Data,
    title: "what is cached outlives what it was copied from",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Cache-aside pattern (Azure Architecture Center)",
            url: "https://learn.microsoft.com/en-us/azure/architecture/patterns/cache-aside",
        },
        Source {
            title: "Caching challenges and strategies (Amazon Builders' Library)",
            url: "https://aws.amazon.com/builders-library/caching-challenges-and-strategies/",
        },
    ],
    maps: &[("CWE", "524")],
    reads_names: false,
    page: include_str!("cache_without_invalidation.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    for cache in graph.stores.iter().filter(|it| it.kind.value() == Some(&StoreKind::Cache)) {
        // Counters, sessions and queues live in such stores too: without a user nobody knows.
        if graph.edges.iter().any(|it| it.to == cache.node.id) {
            judge_cache(graph, cache, say);
        }
    }
}

fn judge_cache(graph: &Graph, cache: &Store, say: &mut Verdicts) {
    let name = &cache.node.name;
    if cache.invalidation.value().is_some() {
        return say.pass(&cache.node);
    }
    let Some(&lives) = cache.time_to_live_us.value() else {
        return say.cannot_tell(
            &cache.node,
            format!("what removes entries of `{name}` when what they were copied from changes"),
        );
    };
    let Some(&tolerated) = graph.needs.staleness_us.value() else {
        return say.cannot_tell(
            &cache.node,
            format!(
                "how old an answer may be (`staleness`): entries of `{name}` live for {}",
                time(lives)
            ),
        );
    };
    if lives <= tolerated {
        return say.pass(&cache.node);
    }
    say.fail(
        &cache.node,
        format!(
            "answers from `{name}` can be {} old, where {} are tolerated",
            time(lives),
            time(tolerated)
        ),
    )
    .at_fact(&cache.time_to_live_us, format!("entries live for {}", time(lives)))
    .also(graph.needs.staleness_us.span(), "older answers than that are wrong")
    .help(format!(
        "let entries live for {} at most, or remove them when what they were copied from changes",
        time(tolerated)
    ))
    .because(format!(
        "time to live {} (observed), staleness {} (declared)",
        time(lives),
        time(tolerated)
    ));
}
