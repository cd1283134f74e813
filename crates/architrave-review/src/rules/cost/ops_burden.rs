//! CST-08: more products with data than people to look after them.

use std::collections::BTreeMap;

use architrave_model::graph::{Graph, Store, StoreKind};

use crate::measure::words::list;
use crate::{Family, Input, Rule, Source, Verdicts};

pub(super) const RULE: Rule = Rule {
    id: "CST-08",
    name: "ops-burden",
    family: Family::Cost,
    title: "more technologies keep data than the team can look after",
    impact: 2,
    likelihood: 1,
    reads: &[Input::Blueprint, Input::Compose, Input::Kubernetes],
    sources: &[Source {
        title: "Choose boring technology (Dan McKinley)",
        url: "https://mcfunley.com/choose-boring-technology",
    }],
    maps: &[],
    reads_names: false,
    page: include_str!("ops_burden.md"),
    judge,
};

/// Products with data that any team can look after (judgement).
const PRODUCTS_MIN: usize = 2;
/// People that one more product needs (judgement: one who knows it, one who stands in, and time for other work).
const PEOPLE_PER_PRODUCT: usize = 3;
/// The largest team that still calls itself one, where nobody says how many people there are.
const TEAM_MAX_ASSUMED: usize = 15;

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut products: BTreeMap<&str, &Store> = BTreeMap::new();
    for store in graph.stores.iter().filter(|it| keeps(it)) {
        if let Some(product) = store.product.value() {
            products.entry(product).or_insert(store);
        }
    }
    let names: Vec<&str> = products.keys().copied().collect();
    let Some(first) = graph.stores.iter().find(|it| keeps(it)) else { return };
    let node = if graph.is_closed { &graph.system } else { &first.node };
    if names.len() <= PRODUCTS_MIN {
        return say.pass(node);
    }
    let (team, how) = match graph.needs.team.value() {
        Some(people) => (usize::try_from(*people).unwrap_or(usize::MAX), "declared"),
        None if names.len() > TEAM_MAX_ASSUMED / PEOPLE_PER_PRODUCT => {
            (TEAM_MAX_ASSUMED, "assumed: the largest that is one team")
        }
        None => return say.cannot_tell(node, "how many people look after it"),
    };
    if names.len() <= PRODUCTS_MIN.max(team / PEOPLE_PER_PRODUCT) {
        return say.pass(node);
    }
    let mut failure = say
        .fail(node, format!("{} products keep data, {team} people can look after {}", names.len(), PRODUCTS_MIN.max(team / PEOPLE_PER_PRODUCT)))
        .help("let one product do the work of two: tables can be a queue, an index for search or a place for documents, up to loads that few systems have")
        .because(format!("{} (observed)", list(&names)))
        .because(format!("{team} people ({how}), one product for each {PEOPLE_PER_PRODUCT} (judgement)"));
    for store in products.values().filter(|it| it.node.id != first.node.id) {
        failure = failure.also(store.node.origin.span, "another");
    }
}

/// Whether it must be backed up, upgraded and repaired. A cache that may be lost need not.
fn keeps(store: &Store) -> bool {
    match store.kind.value() {
        None => false,
        Some(StoreKind::Cache) => false,
        // Serves Kafka and nobody else; who runs one runs both.
        Some(_) => store.product.value().is_some_and(|it| it != "zookeeper"),
    }
}
