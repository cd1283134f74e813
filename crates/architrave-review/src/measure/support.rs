//! Whether the makers of what a system is built on still look after it.

use architrave_model::{
    Support, civil,
    graph::{Graph, Store},
};

use super::lifecycle::{self, Cycle};

/// What a blueprint is served from today: the SQLite that is part of the program.
const EMBEDDED: (&str, &str) = ("sqlite", "3");

/// Every product with its version that is known of a system, once, by name.
#[must_use]
pub fn products(graph: &Graph, chosen_store: Option<&str>) -> Vec<Support> {
    let mut found: Vec<Support> =
        named(graph, chosen_store).iter().map(|it| support(graph, &it.0, &it.1)).collect();
    found.sort_by(|a, b| (&a.product, &a.version).cmp(&(&b.product, &b.version)));
    found.dedup();
    found
}

fn named(graph: &Graph, chosen_store: Option<&str>) -> Vec<(String, String)> {
    let mut named = Vec::new();
    for store in &graph.stores {
        let Some(product) = store.product.value() else { continue };
        named.extend(version_of(store, product).map(|version| (product.clone(), version)));
    }
    for image in graph.images.iter().filter(|it| it.is_own.value() != Some(&true)) {
        if let (Some(product), Some(version)) = (image.product.value(), image.version.value()) {
            named.push((product.clone(), version.clone()));
        }
    }
    // What is to be moved to, in the version that is looked after for longest.
    if chosen_store.is_some_and(|it| it.starts_with("postgresql"))
        && let Some(newest) = lifecycle::newest(&graph.lifecycles, "postgresql", graph.as_of_day)
    {
        named.push(("postgresql".to_owned(), newest.name.to_owned()));
    }
    named
}

fn version_of(store: &Store, product: &str) -> Option<String> {
    let version = store.version.value().cloned();
    version.or_else(|| (product == EMBEDDED.0).then(|| EMBEDDED.1.to_owned()))
}

fn support(graph: &Graph, product: &str, version: &str) -> Support {
    let name = if product == "kafka" { "apache-kafka" } else { product };
    let cycle: Option<Cycle<'_>> = lifecycle::cycle(&graph.lifecycles, name, version);
    let until_day = cycle.and_then(|it| match it.support {
        lifecycle::Support::Until(day) => Some(day),
        lifecycle::Support::Open => None,
    });
    Support {
        product: product.to_owned(),
        version: cycle.map_or_else(|| version.to_owned(), |it| it.name.to_owned()),
        until_day,
        source: cycle.map_or_else(String::new, |it| it.source.to_owned()),
        checked: cycle.map_or_else(
            || {
                lifecycle::checked_on()
                    .map_or_else(String::new, |it| civil::day_text(i64::from(it)))
            },
            |it| it.checked.to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use architrave_model::graph::Known;

    use super::*;

    #[test]
    fn what_it_is_built_on_is_looked_up() {
        let store = |product: &str, version: Option<&str>| Store {
            product: Known::built_in(product.to_owned()),
            version: version.map_or(Known::Unknown, |it| Known::built_in(it.to_owned())),
            ..Store::default()
        };
        let graph = Graph {
            stores: vec![
                store("sqlite", None),
                store("postgresql", Some("16.4")),
                store("postgresql", Some("16.4")),
                store("homegrown", Some("1")),
                store("redis", None),
            ],
            as_of_day: civil::day_of("2026-11-21").unwrap(),
            ..Graph::default()
        };
        let found = products(&graph, None);
        let names: Vec<_> = found
            .iter()
            .map(|it| (it.product.as_str(), it.version.as_str(), it.until_day.is_some()))
            .collect();
        assert_eq!(
            names,
            [("homegrown", "1", false), ("postgresql", "16", true), ("sqlite", "3", true)]
        );
        assert!(
            products(&Graph::default(), Some("postgresql")).iter().any(|it| it.until_day.is_some())
        );
    }
}
