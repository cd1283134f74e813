//! PRF-10: pools that together open more connections than there are.

use architrave_model::graph::{EdgeKind, Graph, Provenance, Service, Store, StoreKind};

use crate::measure::names::name_of;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "PRF-10",
    name: "pool-mis-sized",
    family: Family::Performance,
    title: "more connections are opened than the database takes",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Compose, Input::Kubernetes],
    sources: &[
        Source {
            title: "About pool sizing (HikariCP)",
            url: "https://github.com/brettwooldridge/HikariCP/wiki/About-Pool-Sizing",
        },
        Source {
            title: "PostgreSQL documentation, max_connections",
            url: "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
        },
    ],
    maps: &[("CWE", "400")],
    reads_names: false,
    page: include_str!("pool_size.md"),
    judge,
};

/// Connections that PostgreSQL keeps for its operators (`superuser_reserved_connections`).
const RESERVED: u32 = 3;

fn judge(graph: &Graph, say: &mut Verdicts) {
    for store in graph.stores.iter().filter(|it| it.kind.value() == Some(&StoreKind::Relational)) {
        judge_one(graph, store, say);
    }
}

fn judge_one(graph: &Graph, store: &Store, say: &mut Verdicts) {
    let users: Vec<&Service> = graph
        .edges
        .iter()
        .filter(|it| {
            it.to == store.node.id && matches!(it.kind, EdgeKind::Stores | EdgeKind::Reads)
        })
        .filter_map(|it| graph.service(&it.from))
        .collect();
    let known: Vec<(&Service, u32, u32)> = users
        .iter()
        .filter_map(|it| Some((*it, most_replicas(it)?, *it.pool_size.value()?)))
        .collect();
    if known.is_empty() {
        // Where nobody sets a pool, there is nothing that could be set wrongly.
        return;
    }
    let Some(&most) = store.connections_max.value() else {
        return say.cannot_tell(&store.node, "how many connections the database takes");
    };
    let is_postgres =
        store.product.value().is_some_and(|it| it == "postgresql" || it == "timescaledb");
    let usable = if is_postgres { most.saturating_sub(RESERVED) } else { most };
    let sum = known.iter().map(|it| it.1.saturating_mul(it.2)).fold(0, u32::saturating_add);
    let name = &store.node.name;
    if sum <= usable {
        match users.iter().find(|it| known.iter().all(|known| known.0.node.id != it.node.id)) {
            None => say.pass(&store.node),
            Some(open) => say.cannot_tell(
                &store.node,
                format!("how many connections `{}` opens", open.node.name),
            ),
        }
        return;
    }
    let is_default =
        store.connections_max.origin().is_some_and(|it| it.provenance == Provenance::Assumed);
    let mut failure = say
        .fail(&store.node, format!("up to {sum} connections are opened to `{name}`, which takes {usable}"))
        .at_fact(&store.connections_max, format!("takes {most}"))
        .help("make the pools smaller (twice the processors of the database is a good start for all together), or put a pooler in between")
        .because(format!("{most} connections ({}){}", if is_default { "documented default" } else { "observed" }, if is_postgres { ", 3 of them kept for operators (documented default)" } else { "" }));
    for (service, replicas, pool) in &known {
        failure = failure.also(service.pool_size.span(), format!("{replicas} x {pool}")).because(
            format!(
                "`{}`: {replicas} replicas of {pool} each (observed)",
                name_of(graph, &service.node.id)
            ),
        );
    }
}

fn most_replicas(service: &Service) -> Option<u32> {
    service.autoscale.value().map(|it| it.1).or(service.replicas.value().copied())
}
