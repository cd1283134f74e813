//! EVO-12: a version for which no more fixes come.

use std::collections::BTreeSet;

use architrave_model::graph::{Graph, Image, Known, Node, Store};

use crate::{
    Family, Input, Rule, Source, Verdicts,
    measure::lifecycle::{self, Cycle, Support},
    subjects::count,
    tell::day::written,
};

pub(super) const RULE: Rule = Rule {
    id: "EVO-12",
    name: "end-of-life-tech",
    family: Family::Evolution,
    title: "no more fixes come for this version",
    impact: 3,
    likelihood: 3,
    reads: &[Input::Compose, Input::Kubernetes, Input::Repository],
    sources: &[Source { title: "endoflife.date", url: "https://endoflife.date/" }],
    maps: &[("CWE", "1104"), ("OWASP Top 10", "A06:2021")],
    reads_names: false,
    page: include_str!("end_of_life_tech.md"),
    judge,
};

/// So many days before the end an upgrade has to be on somebody's list.
const SOON_DAYS: i32 = 180;
/// Dates move: a table that nobody has looked at for so long is not the last word.
const STALE_DAYS: i32 = 180;

/// Repositories and the product whose versions their tags name, by the end of their path.
const REPOSITORIES: &[(&str, &str)] = &[
    ("library/postgres", "postgresql"),
    ("bitnami/postgresql", "postgresql"),
    ("postgis/postgis", "postgresql"),
    ("library/mysql", "mysql"),
    ("bitnami/mysql", "mysql"),
    ("mysql/mysql-server", "mysql"),
    ("library/mariadb", "mariadb"),
    ("bitnami/mariadb", "mariadb"),
    ("library/redis", "redis"),
    ("bitnami/redis", "redis"),
    ("valkey/valkey", "valkey"),
    ("bitnami/valkey", "valkey"),
    ("library/mongo", "mongodb"),
    ("bitnami/mongodb", "mongodb"),
    ("library/rabbitmq", "rabbitmq"),
    ("bitnami/rabbitmq", "rabbitmq"),
    ("apache/kafka", "apache-kafka"),
    ("bitnami/kafka", "apache-kafka"),
    ("library/elasticsearch", "elasticsearch"),
    ("elasticsearch/elasticsearch", "elasticsearch"),
    ("bitnami/elasticsearch", "elasticsearch"),
    ("opensearchproject/opensearch", "opensearch"),
    ("library/nginx", "nginx"),
    ("nginxinc/nginx-unprivileged", "nginx"),
    ("bitnami/nginx", "nginx"),
    ("library/traefik", "traefik"),
    ("library/node", "nodejs"),
    ("bitnami/node", "nodejs"),
    ("library/python", "python"),
    ("library/ruby", "ruby"),
    ("library/php", "php"),
    ("library/golang", "go"),
    ("library/eclipse-temurin", "eclipse-temurin"),
    ("library/alpine", "alpine-linux"),
    ("library/debian", "debian"),
    ("library/ubuntu", "ubuntu"),
    ("kindest/node", "kubernetes"),
    ("rancher/k3s", "kubernetes"),
];

fn judge(graph: &Graph, say: &mut Verdicts) {
    let mut used = BTreeSet::new();
    for image in graph.images.iter().filter(|it| it.is_own.value() != Some(&true)) {
        let Some(product) = product(image) else { continue };
        used.insert(product);
        judge_version(graph, &image.node, product, version(image), say);
    }
    for store in graph.stores.iter().filter(|it| it.image.is_none()) {
        let Some(product) = store_product(graph, store) else { continue };
        used.insert(product);
        judge_version(graph, &store.node, product, store.version.value().cloned(), say);
    }
    let oldest = used
        .into_iter()
        .filter_map(|it| Some((lifecycle::checked_on_of(&graph.lifecycles, it)?, it)))
        .min();
    let Some((day, product)) = oldest else { return };
    let age = graph.as_of_day.saturating_sub(day);
    if age > STALE_DAYS {
        say.cannot_tell(
            &graph.system,
            format!("whether the dates of `{product}` still hold: they were last looked up {age} days ago"),
        );
    }
}

fn product(image: &Image) -> Option<&'static str> {
    let is_it = |path: &str| {
        image.repository.strip_suffix(path).is_some_and(|it| it.is_empty() || it.ends_with('/'))
    };
    REPOSITORIES.iter().find(|it| is_it(it.0)).map(|it| it.1)
}

fn store_product<'g>(graph: &'g Graph, store: &Store) -> Option<&'g str> {
    let name = store.product.value().filter(|_| store.version.value().is_some())?;
    let name = if name == "kafka" { "apache-kafka" } else { name };
    lifecycle::products(&graph.lifecycles).into_iter().find(|it| *it == name)
}

/// What the tag says of the version: `16.4` of `16.4-alpine`, `12` of `bookworm-slim`.
fn version(image: &Image) -> Option<String> {
    let Known::Is(tag, _) = &image.tag else { return None };
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    let end = tag.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(tag.len());
    let number = tag.get(..end).unwrap_or_default().trim_end_matches('.');
    if !number.is_empty() {
        return Some(number.to_owned());
    }
    let name = tag.split('-').next().unwrap_or(tag);
    CODE_NAMES.iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
}

/// Releases of Debian and Ubuntu by their names.
const CODE_NAMES: &[(&str, &str)] = &[
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("jammy", "22.04"),
    ("noble", "24.04"),
];

fn judge_version(
    graph: &Graph,
    node: &Node,
    product: &str,
    version: Option<String>,
    say: &mut Verdicts,
) {
    let name = &node.name;
    let Some(version) = version else {
        return say.cannot_tell(node, format!("which version `{name}` is"));
    };
    let Some(cycle) = lifecycle::cycle(&graph.lifecycles, product, &version) else {
        return say.cannot_tell(node, format!("until when {product} {version} is looked after"));
    };
    let Support::Until(end) = cycle.support else {
        return say.cannot_tell(
            node,
            format!("until when {product} {} is looked after: no day is named", cycle.name),
        );
    };
    if end - graph.as_of_day > SOON_DAYS {
        return say.pass(node);
    }
    if cycle.as_of.is_none() {
        return say.cannot_tell(
            node,
            format!(
                "whether {product} {} gets fixes until {}: nobody could confirm it",
                cycle.name,
                written(end)
            ),
        );
    }
    fail(graph, node, &cycle, end, say);
}

fn fail(graph: &Graph, node: &Node, cycle: &Cycle<'_>, end: i32, say: &mut Verdicts) {
    let days = usize::try_from((end - graph.as_of_day).abs()).unwrap_or(0);
    let (what, day) = (format!("{} {}", cycle.product, cycle.name), written(end));
    let is_over = end < graph.as_of_day;
    let title = if is_over {
        format!("no more fixes for {what} since {day}, {} ago", count(days, "day"))
    } else {
        format!("the last fixes for {what} come on {day}, in {}", count(days, "day"))
    };
    let help =
        match lifecycle::newest(&graph.lifecycles, cycle.product, graph.as_of_day + SOON_DAYS) {
            Some(newer) => format!(
                "plan the way to {} {}, which is looked after until {}",
                newer.product,
                newer.name,
                newer.until()
            ),
            None => "plan the way to a version that is looked after".to_owned(),
        };
    let failure = say.fail(node, title).help(help).because(source_of(cycle));
    if !is_over {
        failure.matters(2, 2);
    }
}

/// Who says so, and when.
fn source_of(cycle: &Cycle<'_>) -> String {
    let as_of = cycle.as_of.map_or_else(String::new, |it| format!(", as it stood on {it}"));
    format!("{}, looked up on {}{as_of}", cycle.source, cycle.checked)
}
