//! CST-06: two products of one kind.

use std::collections::{BTreeMap, BTreeSet};

use architrave_model::graph::{EdgeKind, Graph, Store, StoreKind};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-06",
    name: "duplicate-stores",
    family: Family::Cost,
    title: "two products do the same work",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[Source {
        title: "Choose boring technology (Dan McKinley)",
        url: "https://mcfunley.com/choose-boring-technology",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("duplicate_stores.md"),
    judge,
};

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut kinds: BTreeMap<StoreKind, Vec<&Store>> = BTreeMap::new();
    for store in graph.stores.iter().filter(|it| is_own(graph, it)) {
        if let Some(kind) = store.kind.value().filter(|it| is_comparable(**it)) {
            kinds.entry(*kind).or_default().push(store);
        }
    }
    for (kind, stores) in kinds {
        let products: BTreeSet<&str> =
            stores.iter().filter_map(|it| it.product.value()).map(|it| family(it)).collect();
        let Some(first) = stores.first() else { continue };
        if products.len() < 2 {
            say.pass(&first.node);
            continue;
        }
        let products: Vec<&str> = products.into_iter().collect();
        let other = stores.iter().find(|it| {
            it.product.value().map(|it| family(it)) != first.product.value().map(|it| family(it))
        });
        say.fail(&first.node, format!("{} are both run for {}", list(&products), purpose(kind)))
            .also(other.and_then(|it| it.node.origin.span), "and another")
            .help("keep the one that the team knows best and move the other's data there, or write down why both are needed")
            .because("each has backups, upgrades, alerts and people who know it; two of a kind have all of that twice");
    }
}

/// A store that a service of the system's own writes. What another product brings along for itself (the database of
/// an identity server, of a wiki) is not a choice of this system.
fn is_own(graph: &Graph, store: &Store) -> bool {
    graph.edges.iter().filter(|it| it.to == store.node.id).any(|it| {
        let is_use = matches!(it.kind, EdgeKind::Stores | EdgeKind::Publishes | EdgeKind::Consumes);
        let user = graph.service(&it.from);
        let image = user
            .and_then(|it| it.image.as_ref())
            .and_then(|id| graph.images.iter().find(|it| it.node.id == *id));
        is_use && user.is_some() && image.is_none_or(|it| it.product.value().is_none())
    })
}

/// Kinds of which one is enough. Documents, search and analysis differ too much from product to product.
fn is_comparable(kind: StoreKind) -> bool {
    matches!(
        kind,
        StoreKind::Relational
            | StoreKind::Queue
            | StoreKind::Stream
            | StoreKind::Cache
            | StoreKind::Object
    )
}

/// Products that are the same to those who run them.
fn family(product: &str) -> &str {
    match product {
        "timescaledb" => "postgresql",
        "mariadb" => "mysql",
        "valkey" | "keydb" | "dragonfly" => "redis",
        "redpanda" => "kafka",
        // Runs beside Kafka, for it.
        "zookeeper" => "kafka",
        product => product,
    }
}

fn purpose(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Relational => "tables",
        StoreKind::Queue => "queues",
        StoreKind::Stream => "streams",
        StoreKind::Cache => "caching",
        StoreKind::Object => "files",
        StoreKind::Document | StoreKind::Search | StoreKind::Analytics => "the same",
    }
}
