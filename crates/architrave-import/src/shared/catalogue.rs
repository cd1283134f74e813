//! Well-known images: what they are, where they keep data, which of their ports are for operators.
//!
//! Ports and paths are those of the images' own documentation.

use architrave_model::graph::{ServiceKind, StoreKind};

/// A product that is known by its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Product {
    /// Last parts of repositories under which it is published.
    pub(crate) repositories: &'static [&'static str],
    /// Lower case, e.g. `postgresql`.
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// Where it keeps what it must not lose; empty: nowhere.
    pub(crate) data: &'static [&'static str],
    /// Ports for operators and metrics.
    pub(crate) management_ports: &'static [u16],
}

/// What a product is in a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Store(StoreKind),
    Service(ServiceKind),
    /// Makes copies of a store.
    Backup,
    /// A tool for operators, such as a database console.
    Console,
}

const fn store(
    repositories: &'static [&'static str],
    name: &'static str,
    kind: StoreKind,
    data: &'static [&'static str],
    management_ports: &'static [u16],
) -> Product {
    Product { repositories, name, role: Role::Store(kind), data, management_ports }
}

const fn service(
    repositories: &'static [&'static str],
    name: &'static str,
    kind: ServiceKind,
    management_ports: &'static [u16],
) -> Product {
    Product { repositories, name, role: Role::Service(kind), data: &[], management_ports }
}

const fn other(
    repositories: &'static [&'static str],
    name: &'static str,
    role: Role,
    management_ports: &'static [u16],
) -> Product {
    Product { repositories, name, role, data: &[], management_ports }
}

const POSTGRES_DATA: &[&str] = &["/var/lib/postgresql", "/bitnami/postgresql", "/home/postgres"];
const MYSQL_DATA: &[&str] = &["/var/lib/mysql", "/bitnami/mysql", "/bitnami/mariadb"];

/// All known products. A repository is known by its whole path or by its last part.
pub(crate) const PRODUCTS: &[Product] = {
    use ServiceKind::{Frontend, Gateway, Monitoring};
    use StoreKind::{Analytics, Cache, Document, Object, Queue, Relational, Search, Stream};
    &[
        store(
            &[
                "postgres",
                "postgresql",
                "postgis",
                "pgvector",
                "supabase/postgres",
                "spilo-15",
                "spilo-16",
            ],
            "postgresql",
            Relational,
            POSTGRES_DATA,
            &[],
        ),
        store(&["timescaledb", "timescaledb-ha"], "timescaledb", Relational, POSTGRES_DATA, &[]),
        store(
            &["mysql", "mysql-server", "percona", "percona-server"],
            "mysql",
            Relational,
            MYSQL_DATA,
            &[],
        ),
        store(&["mariadb", "mariadb-galera"], "mariadb", Relational, MYSQL_DATA, &[]),
        store(&["cockroach"], "cockroachdb", Relational, &["/cockroach/cockroach-data"], &[8080]),
        store(
            &["mssql/server", "azure-sql-edge"],
            "sqlserver",
            Relational,
            &["/var/opt/mssql"],
            &[],
        ),
        store(
            &["oracle/database", "oracle-free", "oracle-xe"],
            "oracle",
            Relational,
            &["/opt/oracle/oradata"],
            &[],
        ),
        store(
            &["mongo", "mongodb", "mongodb-community-server"],
            "mongodb",
            Document,
            &["/data/db", "/bitnami/mongodb"],
            &[],
        ),
        store(&["couchdb"], "couchdb", Document, &["/opt/couchdb/data"], &[]),
        store(&["cassandra"], "cassandra", Document, &["/var/lib/cassandra"], &[]),
        store(&["scylla"], "scylladb", Document, &["/var/lib/scylla"], &[]),
        store(&["dynamodb-local"], "dynamodb", Document, &[], &[]),
        store(&["neo4j"], "neo4j", Document, &["/data"], &[]),
        store(&["etcd"], "etcd", Document, &["/etcd-data", "/var/lib/etcd", "/bitnami/etcd"], &[]),
        store(
            &["redis", "redis-stack", "redis-stack-server"],
            "redis",
            Cache,
            &["/data", "/bitnami/redis"],
            &[8001],
        ),
        store(&["valkey", "valkey/valkey"], "valkey", Cache, &["/data", "/bitnami/valkey"], &[]),
        store(&["keydb"], "keydb", Cache, &["/data"], &[]),
        store(&["dragonfly"], "dragonfly", Cache, &["/data"], &[]),
        store(&["memcached"], "memcached", Cache, &[], &[]),
        store(
            &["rabbitmq"],
            "rabbitmq",
            Queue,
            &["/var/lib/rabbitmq", "/bitnami/rabbitmq"],
            &[15672, 15692],
        ),
        store(
            &["activemq-classic", "activemq-artemis", "activemq"],
            "activemq",
            Queue,
            &["/var/lib/artemis-instance", "/opt/apache-activemq/data"],
            &[8161],
        ),
        store(&["beanstalkd"], "beanstalkd", Queue, &[], &[]),
        store(&["elasticmq", "elasticmq-native"], "elasticmq", Queue, &[], &[9325]),
        store(&["eclipse-mosquitto", "mosquitto"], "mosquitto", Queue, &["/mosquitto/data"], &[]),
        store(
            &["kafka", "cp-kafka", "cp-server", "kafka-native"],
            "kafka",
            Stream,
            &["/var/lib/kafka/data", "/bitnami/kafka", "/kafka"],
            &[],
        ),
        store(&["redpanda"], "redpanda", Stream, &["/var/lib/redpanda/data"], &[9644]),
        store(&["nats", "nats-streaming"], "nats", Stream, &["/data"], &[8222]),
        store(&["pulsar"], "pulsar", Stream, &["/pulsar/data"], &[]),
        store(
            &["zookeeper", "cp-zookeeper"],
            "zookeeper",
            Document,
            &["/data", "/bitnami/zookeeper", "/var/lib/zookeeper"],
            &[],
        ),
        store(
            &["elasticsearch"],
            "elasticsearch",
            Search,
            &["/usr/share/elasticsearch/data", "/bitnami/elasticsearch"],
            &[],
        ),
        store(&["opensearch"], "opensearch", Search, &["/usr/share/opensearch/data"], &[9600]),
        store(&["solr"], "solr", Search, &["/var/solr"], &[]),
        store(&["meilisearch"], "meilisearch", Search, &["/meili_data"], &[]),
        store(&["typesense"], "typesense", Search, &["/data"], &[]),
        store(&["manticore"], "manticore", Search, &["/var/lib/manticore"], &[]),
        store(&["sonic"], "sonic", Search, &["/var/lib/sonic"], &[]),
        store(
            &["minio", "minio/minio"],
            "minio",
            Object,
            &["/data", "/export", "/bitnami/minio"],
            &[9001],
        ),
        store(&["seaweedfs"], "seaweedfs", Object, &["/data"], &[]),
        store(&["garage"], "garage", Object, &["/var/lib/garage"], &[]),
        store(&["azurite"], "azurite", Object, &["/data"], &[]),
        store(&["localstack", "localstack-pro"], "localstack", Object, &[], &[]),
        store(
            &["clickhouse-server", "clickhouse"],
            "clickhouse",
            Analytics,
            &["/var/lib/clickhouse", "/bitnami/clickhouse"],
            &[9363],
        ),
        store(
            &["influxdb"],
            "influxdb",
            Analytics,
            &["/var/lib/influxdb", "/var/lib/influxdb2"],
            &[],
        ),
        store(&["questdb"], "questdb", Analytics, &["/var/lib/questdb"], &[]),
        store(
            &["victoria-metrics"],
            "victoriametrics",
            Analytics,
            &["/storage", "/victoria-metrics-data"],
            &[],
        ),
        store(&["qdrant"], "qdrant", Search, &["/qdrant/storage"], &[]),
        store(&["weaviate"], "weaviate", Search, &["/var/lib/weaviate"], &[]),
        service(
            &["nginx", "nginx-unprivileged", "openresty", "nginx-proxy", "jwilder/nginx-proxy"],
            "nginx",
            Gateway,
            &[],
        ),
        service(&["nginx-proxy-manager"], "nginx-proxy-manager", Gateway, &[81]),
        service(&["traefik"], "traefik", Gateway, &[8080]),
        service(&["caddy", "caddy-docker-proxy"], "caddy", Gateway, &[2019]),
        service(&["haproxy"], "haproxy", Gateway, &[8404]),
        service(&["envoy"], "envoy", Gateway, &[9901]),
        service(&["kong", "kong-gateway"], "kong", Gateway, &[8001, 8444, 8002]),
        service(&["krakend"], "krakend", Gateway, &[]),
        service(&["apisix"], "apisix", Gateway, &[9180]),
        service(&["varnish"], "varnish", Gateway, &[]),
        service(&["httpd"], "httpd", Gateway, &[]),
        service(&["cloudflared"], "cloudflared", Gateway, &[]),
        service(&["pgbouncer"], "pgbouncer", Gateway, &[]),
        service(&["prometheus"], "prometheus", Monitoring, &[9090]),
        service(&["alertmanager"], "alertmanager", Monitoring, &[9093]),
        service(&["grafana", "grafana-oss", "grafana-enterprise"], "grafana", Monitoring, &[3000]),
        service(&["loki"], "loki", Monitoring, &[3100]),
        service(&["promtail"], "promtail", Monitoring, &[9080]),
        service(&["tempo"], "tempo", Monitoring, &[3200]),
        service(&["mimir"], "mimir", Monitoring, &[]),
        service(&["alloy"], "alloy", Monitoring, &[12345]),
        service(
            &["all-in-one", "jaeger", "jaeger-query", "jaeger-collector", "jaeger-agent"],
            "jaeger",
            Monitoring,
            &[16686, 14269],
        ),
        service(&["zipkin"], "zipkin", Monitoring, &[9411]),
        service(
            &["opentelemetry-collector", "opentelemetry-collector-contrib"],
            "opentelemetry-collector",
            Monitoring,
            &[8888, 13133, 55679],
        ),
        service(&["cadvisor"], "cadvisor", Monitoring, &[8080]),
        service(&["node-exporter"], "node-exporter", Monitoring, &[9100]),
        service(
            &["postgres-exporter", "postgres_exporter"],
            "postgres-exporter",
            Monitoring,
            &[9187],
        ),
        service(&["redis_exporter"], "redis-exporter", Monitoring, &[9121]),
        service(&["blackbox-exporter"], "blackbox-exporter", Monitoring, &[9115]),
        service(&["statsd-exporter"], "statsd-exporter", Monitoring, &[9102]),
        service(&["kibana"], "kibana", Monitoring, &[5601]),
        service(&["opensearch-dashboards"], "opensearch-dashboards", Monitoring, &[5601]),
        service(&["logstash"], "logstash", Monitoring, &[9600]),
        service(&["filebeat", "metricbeat"], "beats", Monitoring, &[]),
        service(&["fluentd", "fluent-bit"], "fluentd", Monitoring, &[24231, 2020]),
        service(&["vector"], "vector", Monitoring, &[8686]),
        service(&["uptime-kuma"], "uptime-kuma", Monitoring, &[3001]),
        service(&["keycloak"], "keycloak", ServiceKind::Api, &[9000]),
        service(&["swagger-ui"], "swagger-ui", Frontend, &[]),
        other(&["adminer"], "adminer", Role::Console, &[8080]),
        other(&["pgadmin4"], "pgadmin", Role::Console, &[80, 443, 5050]),
        other(&["phpmyadmin", "phpmyadmin/phpmyadmin"], "phpmyadmin", Role::Console, &[80]),
        other(&["mongo-express"], "mongo-express", Role::Console, &[8081]),
        other(&["redis-commander"], "redis-commander", Role::Console, &[8081]),
        other(&["redisinsight"], "redisinsight", Role::Console, &[5540, 8001]),
        other(&["kafka-ui", "kafdrop", "akhq"], "kafka-ui", Role::Console, &[8080, 9000]),
        other(&["portainer", "portainer-ce"], "portainer", Role::Console, &[9000, 9443]),
        other(&["flower"], "flower", Role::Console, &[5555]),
        other(&["mailhog", "mailpit", "maildev"], "mailpit", Role::Console, &[8025, 1080]),
        other(&["dozzle"], "dozzle", Role::Console, &[8080]),
        other(
            &["postgres-backup-local", "postgres-backup-s3", "pgbackrest"],
            "postgres-backup",
            Role::Backup,
            &[],
        ),
        other(&["mysql-backup", "mysql-backup-s3"], "mysql-backup", Role::Backup, &[]),
        other(&["docker-volume-backup"], "docker-volume-backup", Role::Backup, &[]),
    ]
};

/// The product of a repository, e.g. of `docker.io/library/postgres`.
pub(crate) fn product(repository: &str) -> Option<&'static Product> {
    let lower = repository.to_ascii_lowercase();
    let last = lower.rsplit('/').next().unwrap_or("");
    PRODUCTS.iter().find(|product| {
        product.repositories.iter().any(|it| {
            if it.contains('/') {
                lower.strip_suffix(it).is_some_and(|before| before.ends_with('/'))
            } else {
                last == *it
            }
        })
    })
}

/// Ports that are for operators and metrics whoever listens on them, by custom: pprof, Prometheus, exporters,
/// and the consoles of common frameworks.
pub(crate) const MANAGEMENT_PORTS: &[u16] = &[6060, 9090, 9100, 9464, 15672, 2112];

/// Most connections of a database whose settings say nothing, by the documentation of its product.
pub(crate) fn connections_by_default(product: &str) -> Option<u32> {
    match product {
        "postgresql" | "timescaledb" => Some(100),
        "mysql" | "mariadb" => Some(151),
        _ => None,
    }
}

/// `-c max_connections=200`, `--max-connections 200`: the number, if it is one; nothing where nobody says.
pub(crate) fn connections_of(words: &[&str]) -> Option<Option<u32>> {
    words.iter().enumerate().find_map(|(position, word)| {
        let word = word.trim_start_matches('-').replace('-', "_");
        let value = word.strip_prefix("max_connections")?.trim_start_matches('=');
        let next = words.get(position + 1).copied().unwrap_or("");
        Some(if value.is_empty() { next.parse().ok() } else { value.parse().ok() })
    })
}

/// Whether a cache drops entries when it is full, rather than growing until it is killed; nothing where a
/// file of settings or another product decides. memcached keeps 64 MB unless told otherwise.
pub(crate) fn is_bounded(product: &str, words: &[&str], has_settings: bool) -> Option<bool> {
    match product {
        "memcached" => Some(true),
        "redis" | "valkey" | "keydb" if words.iter().any(|it| it.contains("maxmemory")) => {
            Some(true)
        }
        "redis" | "valkey" | "keydb" => {
            let is_elsewhere = has_settings || words.iter().any(|it| it.ends_with(".conf"));
            (!is_elsewhere).then_some(false)
        }
        _ => None,
    }
}

/// Programs that come with the images of stores and talk to one.
const CLIENTS: &[&str] = &[
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "pg_isready",
    "mysql",
    "mysqldump",
    "mariadb",
    "mariadb-dump",
    "mongosh",
    "mongo",
    "mongodump",
    "mongorestore",
    "redis-cli",
    "valkey-cli",
    "kafka-topics",
    "kafka-topics.sh",
    "rabbitmqadmin",
    "clickhouse-client",
    "cqlsh",
];

/// Programs that are one.
const SERVERS: &[&str] = &[
    "postgres",
    "mysqld",
    "mariadbd",
    "mongod",
    "redis-server",
    "valkey-server",
    "rabbitmq-server",
    "clickhouse-server",
    "docker-entrypoint.sh",
    "kafka-server-start.sh",
];

/// Whether a command runs a client of the store whose image it uses, and not the store.
pub(crate) fn is_client(words: &[&str]) -> bool {
    let runs = |programs: &[&str]| {
        words.iter().any(|it| programs.contains(&it.rsplit('/').next().unwrap_or("")))
    };
    runs(CLIENTS) && !runs(SERVERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_repository_is_two_products() {
        let mut all: Vec<&str> = PRODUCTS.iter().flat_map(|it| it.repositories).copied().collect();
        all.sort_unstable();
        assert!(all.windows(2).all(|it| it[0] != it[1]), "{all:?}");
    }

    #[test]
    fn clients_are_told_from_servers() {
        let check = |command: &str, expected: bool| {
            let words: Vec<&str> = command.split_whitespace().collect();
            assert_eq!(is_client(&words), expected, "{command}");
        };
        check("sh -c /usr/bin/pg_dump -h db", true);
        check("postgres -c max_connections=200", false);
        check("redis-server --requirepass x", false);
        check("", false);
        assert_eq!(connections_of(&["postgres", "-c", "max_connections=200"]), Some(Some(200)));
        assert_eq!(connections_of(&["--max-connections", "50"]), Some(Some(50)));
        assert_eq!(connections_of(&["--max_connections=lots"]), Some(None));
        assert_eq!(connections_of(&["postgres"]), None);
        assert_eq!(is_bounded("redis", &["--maxmemory", "1gb"], false), Some(true));
        assert_eq!(is_bounded("redis", &["redis-server", "/etc/redis.conf"], false), None);
        assert_eq!(is_bounded("redis", &[], false), Some(false));
        assert_eq!(is_bounded("postgresql", &[], false), None);
    }

    #[test]
    fn repositories_are_known_by_their_last_part() {
        for (repository, name) in [
            ("docker.io/library/postgres", Some("postgresql")),
            ("quay.io/minio/minio", Some("minio")),
            ("mcr.microsoft.com/mssql/server", Some("sqlserver")),
            ("ghcr.io/acme/postgres-helper", None),
            ("docker.io/acme/server", None),
        ] {
            assert_eq!(product(repository).map(|it| it.name), name, "{repository}");
        }
    }
}
