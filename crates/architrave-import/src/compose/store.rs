//! A database, cache or queue of a compose file.

use architrave_model::graph::{Known, Node as GraphNode, Origin, Store, StoreKind};

use super::{interpolate::interpolate, layers::Source, ports, project::Project, service, volumes};
use crate::{
    Import,
    shared::{
        catalogue::{self, Product},
        environment::{Environment, Target},
        image::Reference,
        quantity,
    },
    yaml::Node,
};

pub(super) fn read(
    project: &Project<'_>,
    source: &Source<'_>,
    product: &Product,
    kind: StoreKind,
    image: Option<String>,
) -> Store {
    let at = source.key.span();
    let text = service::image_text(project, source).unwrap_or_default();
    let reference = Reference::of(&text);
    // The tag of an image of one's own is no version of what it is built on.
    let is_its_own = catalogue::product(&reference.repository()).is_some();
    let version = reference.version().filter(|_| is_its_own).map(str::to_owned);
    let image_span = source.last(&["image"]).map_or(at, Node::span);
    // The official images of stores bring no health check; what is built here may.
    let readiness = match service::readiness(source, None) {
        Known::Unknown
            if source.last(&["healthcheck"]).is_none() && source.last(&["build"]).is_none() =>
        {
            Known::Absent(Origin::observed(at))
        }
        found => found,
    };
    Store {
        node: GraphNode::observed("store", project.name(source.name), at),
        kind: Known::observed(kind, image_span),
        product: Known::observed(product.name.to_owned(), image_span),
        version: version.map_or(Known::Unknown, |it| Known::observed(it, image_span)),
        replicas: service::replicas(source),
        ports: ports::ports(project, source, Some(product)),
        networks: service::networks(source),
        is_persistent: volumes::is_persistent(source, product.data),
        connections_max: connections_max(project, source, product),
        resources: service::resources(source),
        readiness,
        is_bounded: is_bounded(source, product),
        asks_who: asks_who(source),
        image,
        ..Store::default()
    }
}

/// `-c max_connections=200`, `--max-connections=200`; else the product's own default, as an assumption.
fn connections_max(project: &Project<'_>, source: &Source<'_>, product: &Product) -> Known<u32> {
    let command = source.words("command");
    let words: Vec<String> = command.iter().map(|it| interpolate(it.0, &project.values)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some(written) = catalogue::connections_of(&words) {
        let at = source.last(&["command"]).map_or(source.key.span(), Node::span);
        return written.map_or(Known::Unknown, |it| Known::observed(it, at));
    }
    // A file of settings of its own may say anything.
    let has_own_settings = words.iter().any(|it| it.contains("config")) || mounts_settings(source);
    match catalogue::connections_by_default(product.name) {
        Some(number) if !has_own_settings => {
            Known::Is(number, Origin { span: Some(source.key.span()), ..Origin::assumed() })
        }
        _ => Known::Unknown,
    }
}

/// Settings of the official images that let everybody in.
fn asks_who(source: &Source<'_>) -> Known<bool> {
    const OPEN: &[(&str, &[&str])] = &[
        ("POSTGRES_HOST_AUTH_METHOD", &["trust"]),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", &["yes", "true", "1"]),
        ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", &["yes", "true", "1"]),
        ("MYSQL_ALLOW_EMPTY_ROOT_PASSWORD", &["yes", "true", "1"]),
        ("ALLOW_EMPTY_PASSWORD", &["yes", "true", "1"]),
        ("xpack.security.enabled", &["false"]),
        ("DISABLE_SECURITY_PLUGIN", &["true"]),
        ("plugins.security.disabled", &["true"]),
    ];
    let lets_in = |name: &str, value: &str| {
        OPEN.iter().any(|it| it.0 == name && it.1.contains(&value.to_ascii_lowercase().as_str()))
    };
    let found = source.every("environment").find_map(|environment| {
        let mapped = environment.named().find(|(name, value)| {
            let text = value.as_text().map(str::to_owned);
            let text = text.or_else(|| value.as_bool().map(|it| it.to_string()));
            lets_in(name, &text.unwrap_or_default())
        });
        mapped.map(|it| it.1).or_else(|| {
            environment.items().find(|it| {
                let pair = it.as_text().and_then(|it| it.split_once('='));
                pair.is_some_and(|(name, value)| lets_in(name, value))
            })
        })
    });
    found.map_or(Known::Unknown, |it| Known::observed(false, it.span()))
}

fn mounts_settings(source: &Source<'_>) -> bool {
    let is_settings = |it: &str| {
        [".conf", ".cnf", ".yml", ".yaml", ".toml", "conf.d", "my.cnf"]
            .iter()
            .any(|end| it.ends_with(end))
    };
    volumes::mounts(source).iter().any(|it| is_settings(it.target))
}

fn is_bounded(source: &Source<'_>, product: &Product) -> Known<bool> {
    let words: Vec<&str> = source.words("command").into_iter().map(|it| it.0).collect();
    let at = source.last(&["command"]).map_or(source.key.span(), Node::span);
    let found = catalogue::is_bounded(product.name, &words, mounts_settings(source));
    found.map_or(Known::Unknown, |it| Known::observed(it, at))
}

/// A service that makes copies: the stores that it talks to are backed up.
pub(super) fn backed_up(source: &Source<'_>, environment: &Environment, import: &mut Import) {
    let schedule = source.every("environment").find_map(schedule);
    let Some((every_us, node)) = schedule else { return };
    for link in &environment.links {
        let Target::Element(id) = &link.target else { continue };
        if let Some(store) = import.graph.stores.iter_mut().find(|it| it.node.id == *id) {
            store.backup_every_us = Known::observed(every_us, node.span());
        }
    }
}

/// `SCHEDULE: "@daily"`.
fn schedule(environment: Node<'_>) -> Option<(i64, Node<'_>)> {
    const NAMES: &[&str] =
        &["SCHEDULE", "BACKUP_CRON_EXPRESSION", "BACKUP_SCHEDULE", "CRON", "DB_DUMP_FREQ"];
    let mapped = environment.named().find(|(name, _)| NAMES.contains(name));
    let mapped = mapped.and_then(|(_, it)| Some((it.as_text()?, it)));
    let listed = || {
        environment.items().find_map(|it| {
            let (name, value) = it.as_text()?.split_once('=')?;
            NAMES.contains(&name).then_some((value, it))
        })
    };
    let (text, node) = mapped.or_else(listed)?;
    quantity::schedule_us(text).map(|it| (it, node))
}
