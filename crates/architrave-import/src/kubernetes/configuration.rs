//! Environments: written out, from ConfigMaps, from Secrets that stand in the files.

use std::collections::BTreeMap;

use architrave_model::graph::{Known, Origin, ServiceKind};

use super::{
    network::Hosts,
    object::Objects,
    workload::{Workload, place},
};
use crate::{
    Import,
    shared::{
        assembly::{self, User},
        catalogue::Role,
        environment::{self, Variable},
        kind, quantity,
    },
    yaml::Node,
};

/// Adds what the environments of all workloads say.
pub(super) fn read(objects: &Objects<'_>, workloads: &[Workload<'_>], import: &mut Import) {
    let hosts = Hosts::of(objects, workloads);
    for workload in workloads {
        let resolve = |host: &str| hosts.find(host, workload.object.namespace);
        let variables = variables(objects, workload);
        let environment = environment::read(&variables, &resolve);
        let service = workload.service(&mut import.graph);
        if let (Some((size, span)), Some(service)) = (environment.pool_size, service) {
            service.pool_size = Known::observed(size, span);
        }
        let user = User {
            id: &workload.id,
            is_worker: workload.is_worker,
            // Pods of a cluster run where there is room: usually on several nodes.
            crosses_hosts: Known::Is(
                true,
                Origin { span: Some(place(workload)), ..Origin::assumed() },
            ),
            only_reads: matches!(
                workload.role,
                Some(Role::Backup | Role::Console | Role::Service(ServiceKind::Monitoring))
            ) || is_backup(workload),
            place: &format!("{}/{}", workload.object.file, workload.object.name),
        };
        assembly::add_environment(&mut import.graph, &user, &environment);
        backed_up(workload, import);
    }
    kind::guess_callees(&mut import.graph);
}

/// The settings of all containers, the main one's last so that it wins.
fn variables(objects: &Objects<'_>, workload: &Workload<'_>) -> Vec<Variable> {
    let mut all: BTreeMap<String, Variable> = BTreeMap::new();
    for container in workload
        .containers()
        .filter(|it| it.identity() != workload.container.identity())
        .chain([workload.container])
    {
        for source in container.get("envFrom").into_iter().flat_map(Node::items) {
            let prefix = source.get("prefix").and_then(Node::as_text).unwrap_or("");
            for (kind, key) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
                let name = source.path(&[key, "name"]).and_then(Node::as_text).unwrap_or("");
                for (key, value) in data(objects, kind, workload.object.namespace, name) {
                    let name = format!("{prefix}{key}");
                    all.insert(name.clone(), variable(name, value, kind == "Secret"));
                }
            }
        }
        for item in container.get("env").into_iter().flat_map(Node::items) {
            if let Some(found) = written(objects, workload, item) {
                all.insert(found.name.clone(), found);
            }
        }
    }
    with_references(all)
}

fn variable(name: String, value: Node<'_>, is_from_file: bool) -> Variable {
    let text = value.as_text().unwrap_or("").to_owned();
    Variable { name, raw: text.clone(), value: text, span: value.span(), is_from_file }
}

/// `value`, or a key of a ConfigMap or Secret.
fn written(objects: &Objects<'_>, workload: &Workload<'_>, item: Node<'_>) -> Option<Variable> {
    let name = item.get("name")?.as_text()?.to_owned();
    if let Some(value) = item.get("value").filter(|it| !it.is_null()) {
        return Some(variable(name, value, false));
    }
    [("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")].into_iter().find_map(
        |(kind, key)| {
            let reference = item.path(&["valueFrom", key])?;
            let of = reference.get("name")?.as_text()?;
            let key = reference.get("key")?.as_text()?;
            let (_, value) = data(objects, kind, workload.object.namespace, of)
                .into_iter()
                .find(|it| it.0 == key)?;
            Some(variable(name.clone(), value, kind == "Secret"))
        },
    )
}

/// What a ConfigMap or Secret holds in plain text.
fn data<'a>(
    objects: &Objects<'a>,
    kind: &str,
    namespace: &str,
    name: &str,
) -> Vec<(&'a str, Node<'a>)> {
    let Some(object) = objects.find(kind, namespace, name) else { return Vec::new() };
    let key = if kind == "Secret" { "stringData" } else { "data" };
    object.node.get(key).into_iter().flat_map(Node::named).collect()
}

/// `$(NAME)` in a value is another setting.
fn with_references(all: BTreeMap<String, Variable>) -> Vec<Variable> {
    /// Most settings whose references are followed; keeps a hostile file from growing.
    const REFERENCES_MAX: usize = 100;
    /// Longest value after that, in bytes.
    const VALUE_MAX: usize = 4096;
    let values: BTreeMap<String, String> =
        all.values().map(|it| (it.name.clone(), it.raw.clone())).collect();
    let mut left = REFERENCES_MAX;
    all.into_values()
        .map(|mut variable| {
            if variable.raw.contains("$(") && left > 0 {
                left -= 1;
                for (name, value) in &values {
                    let reference = format!("$({name})");
                    let fits = variable.value.len() < VALUE_MAX && value.len() < VALUE_MAX / 16;
                    if fits && variable.value.contains(&reference) {
                        variable.value = variable.value.replace(&reference, value);
                    }
                }
            }
            variable
        })
        .collect()
}

/// Commands that make copies of databases.
const BACKUP_COMMANDS: &[&str] = &[
    "pg_dump",
    "pg_dumpall",
    "mysqldump",
    "mariadb-dump",
    "mongodump",
    "pg_basebackup",
    "barman",
    "wal-g",
    "pgbackrest",
];

fn is_backup(workload: &Workload<'_>) -> bool {
    let words = ["command", "args"]
        .iter()
        .filter_map(|it| workload.container.get(it))
        .flat_map(Node::items);
    let mut words = words.filter_map(Node::as_text);
    workload.role == Some(Role::Backup)
        || words.any(|text| BACKUP_COMMANDS.iter().any(|it| text.contains(it)))
}

/// A job by the clock that makes copies: the stores that it reads are backed up.
fn backed_up(workload: &Workload<'_>, import: &mut Import) {
    let schedule = workload.object.spec(&["schedule"]).filter(|_| is_backup(workload));
    let Some((every_us, node)) =
        schedule.and_then(|it| Some((quantity::schedule_us(it.as_text()?)?, it)))
    else {
        return;
    };
    let graph = &mut import.graph;
    for edge in graph.edges.iter().filter(|it| it.from == workload.id) {
        if let Some(store) = graph.stores.iter_mut().find(|it| it.node.id == edge.to) {
            store.backup_every_us = Known::observed(every_us, node.span());
        }
    }
}
