//! EVO-11: a decision that was taken, and a system that does otherwise.

use architrave_model::graph::{DecisionRecord, Graph, Store, StoreKind};

use crate::{Family, Input, Rule, Source, Verdicts, subjects::list, words::words};

pub(super) const RULE: Rule = Rule {
    id: "EVO-11",
    name: "adr-drift",
    family: Family::Evolution,
    title: "the system does not do what was decided",
    impact: 2,
    likelihood: 3,
    reads: &[Input::Repository, Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "Markdown architectural decision records (MADR): Confirmation",
            url: "https://adr.github.io/madr/",
        },
        Source {
            title: "Documenting architecture decisions (Michael Nygard)",
            url: "https://cognitect.com/blog/2011/11/15/documenting-architecture-decisions",
        },
    ],
    maps: &[],
    reads_names: true,
    page: include_str!("adr_drift.md"),
    judge,
};

/// Products as decisions call them, as the graph does, and what they are for. Those that are run in place of each
/// other stand in one group.
const PRODUCTS: &[(&str, &[&str], StoreKind)] = &[
    ("postgresql", &["postgresql", "postgres", "timescaledb", "aurora"], StoreKind::Relational),
    ("mysql", &["mysql", "percona"], StoreKind::Relational),
    ("mariadb", &["mariadb"], StoreKind::Relational),
    ("sqlite", &["sqlite"], StoreKind::Relational),
    ("sqlserver", &["sqlserver", "mssql"], StoreKind::Relational),
    ("oracle", &["oracle"], StoreKind::Relational),
    ("cockroachdb", &["cockroachdb"], StoreKind::Relational),
    ("mongodb", &["mongodb", "mongo"], StoreKind::Document),
    ("couchdb", &["couchdb"], StoreKind::Document),
    ("redis", &["redis", "valkey", "keydb", "dragonfly"], StoreKind::Cache),
    ("memcached", &["memcached"], StoreKind::Cache),
    ("rabbitmq", &["rabbitmq"], StoreKind::Queue),
    ("activemq", &["activemq"], StoreKind::Queue),
    ("kafka", &["kafka", "redpanda"], StoreKind::Stream),
    ("nats", &["nats", "jetstream"], StoreKind::Stream),
    ("pulsar", &["pulsar"], StoreKind::Stream),
    ("elasticsearch", &["elasticsearch"], StoreKind::Search),
    ("opensearch", &["opensearch"], StoreKind::Search),
    ("meilisearch", &["meilisearch"], StoreKind::Search),
    ("typesense", &["typesense"], StoreKind::Search),
    ("solr", &["solr"], StoreKind::Search),
    ("clickhouse", &["clickhouse"], StoreKind::Analytics),
    ("influxdb", &["influxdb"], StoreKind::Analytics),
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    for decision in &graph.decisions {
        let is_accepted = decision.status.value().is_some_and(|it| it == "accepted");
        let Some(chosen) = decision.chosen.value().filter(|_| is_accepted) else { continue };
        let Some((group, kind)) = product(chosen) else { continue };
        judge_one(graph, decision, group, kind, say);
    }
}

/// The one product that the choice names; of several nobody knows which was meant for what.
fn product(chosen: &str) -> Option<(&'static str, StoreKind)> {
    let words = words(chosen);
    let mut named = PRODUCTS
        .iter()
        .filter(|(_, names, _)| words.iter().any(|word| names.contains(&word.as_str())));
    match (named.next(), named.next()) {
        (Some((group, _, kind)), None) => Some((group, *kind)),
        _ => None,
    }
}

fn group(store: &Store) -> Option<&'static str> {
    let name = store.product.value()?;
    PRODUCTS.iter().find(|it| it.1.contains(&name.as_str())).map(|it| it.0)
}

fn judge_one(
    graph: &Graph,
    decision: &DecisionRecord,
    chosen: &str,
    kind: StoreKind,
    say: &mut Verdicts,
) {
    if graph.stores.iter().any(|it| group(it) == Some(chosen)) {
        return say.pass(&decision.node);
    }
    let others: Vec<&Store> = graph
        .stores
        .iter()
        .filter(|it| {
            let does_its_work = it.kind.value().is_some_and(|it| does(*it, kind));
            it.product.value().is_some() && (does_its_work || was_turned_down(decision, it))
        })
        .collect();
    let Some(first) = others.first() else {
        return say.cannot_tell(&decision.node, format!("what is used in the place of `{chosen}`"));
    };
    let names: Vec<&String> = others.iter().filter_map(|it| it.product.value()).collect();
    say.fail(&decision.node, format!("`{chosen}` was decided on, but {} is used", list(&names)))
        .at_fact(&decision.chosen, "decided here")
        .also(first.product.span().or(first.node.origin.span), "used here")
        .help("write a record that replaces this one and says why, or go back to what was decided");
}

/// Queues and streams are chosen between.
fn does(kind: StoreKind, work: StoreKind) -> bool {
    let carries = |it: StoreKind| matches!(it, StoreKind::Queue | StoreKind::Stream);
    kind == work || carries(kind) && carries(work)
}

/// Whether a store is one of the options that the record lists and did not choose: it does the same work, whatever
/// its kind.
fn was_turned_down(decision: &DecisionRecord, store: &Store) -> bool {
    let used = group(store);
    used.is_some() && decision.options.iter().any(|it| product(it).map(|it| it.0) == used)
}
