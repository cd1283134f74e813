//! Stores that an operator runs, described by objects of its own.

use architrave_model::graph::{Known, Node as GraphNode, Store, StoreKind};

use super::object::{Object, Objects};
use crate::{Import, shared::quantity, yaml::Node};

/// One operator's kind of store.
struct Kind {
    /// Beginning of `apiVersion`.
    api: &'static str,
    kind: &'static str,
    product: &'static str,
    store: StoreKind,
    /// Where it says how many run.
    replicas: &'static [&'static str],
    /// What follows its name in the names under which it answers.
    hosts: &'static [&'static str],
}

/// By the operators' documentation.
const KINDS: &[Kind] = &[
    Kind {
        api: "postgresql.cnpg.io",
        kind: "Cluster",
        product: "postgresql",
        store: StoreKind::Relational,
        replicas: &["instances"],
        hosts: &["-rw", "-ro", "-r"],
    },
    Kind {
        api: "acid.zalan.do",
        kind: "postgresql",
        product: "postgresql",
        store: StoreKind::Relational,
        replicas: &["numberOfInstances"],
        hosts: &["", "-repl", "-pooler"],
    },
    Kind {
        api: "kafka.strimzi.io",
        kind: "Kafka",
        product: "kafka",
        store: StoreKind::Stream,
        replicas: &["kafka", "replicas"],
        hosts: &["-kafka-bootstrap", "-kafka-brokers"],
    },
    Kind {
        api: "rabbitmq.com",
        kind: "RabbitmqCluster",
        product: "rabbitmq",
        store: StoreKind::Queue,
        replicas: &["replicas"],
        hosts: &[""],
    },
    Kind {
        api: "elasticsearch.k8s.elastic.co",
        kind: "Elasticsearch",
        product: "elasticsearch",
        store: StoreKind::Search,
        replicas: &["nodeSets"],
        hosts: &["-es-http"],
    },
    Kind {
        api: "mongodbcommunity.mongodb.com",
        kind: "MongoDBCommunity",
        product: "mongodb",
        store: StoreKind::Document,
        replicas: &["members"],
        hosts: &["-svc"],
    },
    Kind {
        api: "databases.spotahome.com",
        kind: "RedisFailover",
        product: "redis",
        store: StoreKind::Cache,
        replicas: &["redis", "replicas"],
        hosts: &["", "rfs-"],
    },
];

fn kind_of(object: &Object<'_>) -> Option<&'static Kind> {
    KINDS.iter().find(|it| object.kind == it.kind && object.api.starts_with(it.api))
}

/// Adds all of them, and how often they are backed up.
pub(super) fn read(objects: &Objects<'_>, import: &mut Import) {
    for object in objects.iter() {
        let Some(kind) = kind_of(object) else { continue };
        let replicas = object.spec(kind.replicas).and_then(|it| Some((it.as_u64()?, it.span())));
        let version = object.spec(&["version"]).and_then(|it| Some((it.as_text()?, it.span())));
        let store = Store {
            node: GraphNode::observed("store", object.name, object.at),
            kind: Known::observed(kind.store, object.at),
            product: Known::observed(kind.product.to_owned(), object.at),
            version: version
                .map_or(Known::Unknown, |(text, span)| Known::observed(text.to_owned(), span)),
            replicas: replicas
                .and_then(|(number, span)| Some(Known::observed(u32::try_from(number).ok()?, span)))
                .unwrap_or_default(),
            networks: vec![object.namespace.to_owned()],
            // Operators keep what they run on claims unless told otherwise.
            is_persistent: Known::observed(true, object.at),
            ..Store::default()
        };
        if import.graph.store(&store.node.id).is_none() {
            import.graph.stores.push(store);
        }
    }
    for backup in objects.of_kind(&["ScheduledBackup"]) {
        let of = backup.spec(&["cluster", "name"]).and_then(Node::as_text).unwrap_or("");
        let schedule = backup.spec(&["schedule"]);
        // CloudNativePG writes seconds before the minutes.
        let every = schedule.and_then(Node::as_text).and_then(|it| {
            quantity::schedule_us(it).or_else(|| quantity::schedule_us(it.split_once(' ')?.1))
        });
        let store = import.graph.stores.iter_mut().find(|it| it.node.name == of);
        if let (Some(store), Some(every), Some(node)) = (store, every, schedule) {
            store.backup_every_us = Known::observed(every, node.span());
        }
    }
}

/// The names under which they answer, with namespace and id.
pub(super) fn hosts(objects: &Objects<'_>) -> Vec<(String, String, String)> {
    let of = objects.iter().filter_map(|it| Some((it, kind_of(it)?)));
    of.flat_map(|(object, kind)| {
        kind.hosts.iter().map(|end| {
            (
                object.namespace.to_owned(),
                format!("{}{end}", object.name),
                format!("store:{}", object.name),
            )
        })
    })
    .collect()
}
