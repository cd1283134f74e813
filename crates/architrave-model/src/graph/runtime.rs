//! What runs and what it talks to.

use super::{Known, Node, Origin, Port, Probe, Resources};

/// A bounded context, or what comes closest to it.
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// `module:sales`
    pub node: Node,
    /// Ids of the modules that it uses.
    pub depends_on: Vec<(String, Origin)>,
    /// Who looks after it.
    pub owner: Known<String>,
}

/// How tenants are kept apart.
#[derive(Debug, Clone, Default)]
pub struct Tenancy {
    /// Whether there is more than one tenant in one store.
    pub is_shared: Known<bool>,
    /// Id of the table with the tenants.
    pub tenant_table: Option<String>,
}

/// A process that serves, works or schedules.
#[derive(Debug, Clone, Default)]
pub struct Service {
    /// `service:web`
    pub node: Node,
    /// What it is for.
    pub kind: Known<ServiceKind>,
    /// Id of its image in [`super::Graph::images`].
    pub image: Option<String>,
    /// How many run.
    pub replicas: Known<u32>,
    /// Zones that they are spread over.
    pub zones: Known<u32>,
    /// Ports that it listens on, and who can reach them.
    pub ports: Vec<Port>,
    /// Networks that it is attached to.
    pub networks: Vec<String>,
    /// Limits and requests.
    pub resources: Resources,
    /// Says that it lives.
    pub liveness: Known<Probe>,
    /// Says that it can take work.
    pub readiness: Known<Probe>,
    /// Time between asking it to stop and killing it, in microseconds.
    pub stop_grace_us: Known<i64>,
    /// Whether it starts again by itself.
    pub restarts: Known<bool>,
    /// Whether it runs as root.
    pub runs_as_root: Known<bool>,
    /// Powers over its host that it should not have, each with its place: `privileged`, `docker socket`,
    /// `host path /`, `capability SYS_ADMIN`, `host network`.
    pub host_powers: Vec<(String, Origin)>,
    /// Whether its root file system is read-only.
    pub has_read_only_root: Known<bool>,
    /// Connections that each replica opens to its database at most.
    pub pool_size: Known<u32>,
    /// Whether it is reachable from the internet.
    pub is_public: Known<bool>,
    /// Whether requests beyond what it can do are turned away rather than queued without bound.
    pub sheds_load: Known<bool>,
    /// Replicas by load: (fewest, most).
    pub autoscale: Known<(u32, u32)>,
    /// Whether it is started when it is asked for and stopped when it is not (Knative, Cloud Run).
    pub is_serverless: Known<bool>,
    /// How many of a serverless one run while nobody asks.
    pub replicas_idle: Known<u32>,
    /// Earlier descriptions that are kept to go back to.
    pub revisions_kept: Known<u32>,
    /// Whether losing nodes on purpose leaves enough of it (a disruption budget).
    pub has_disruption_budget: Known<bool>,
    /// Whether replicas are kept apart.
    pub is_spread: Known<bool>,
    /// Whether it does something before it stops, so that no request is dropped (a `preStop` hook).
    pub has_stop_hook: Known<bool>,
    /// Whether rules say who may reach it on the network.
    pub has_network_policy: Known<bool>,
    /// Who looks after it.
    pub owner: Known<String>,
}

/// What a service is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// Answers requests.
    Api,
    /// Takes work from a queue or a schedule.
    Worker,
    /// Runs once or by the clock.
    Job,
    /// Stands before others: reverse proxy, ingress, API gateway.
    Gateway,
    /// Shows pages.
    Frontend,
    /// Watches: metrics, traces, logs.
    Monitoring,
}

/// A database, cache, queue, search engine or object store.
#[derive(Debug, Clone, Default)]
pub struct Store {
    /// `store:db`
    pub node: Node,
    /// What it is.
    pub kind: Known<StoreKind>,
    /// Product, lower case, e.g. `postgresql`, `redis`.
    pub product: Known<String>,
    /// Version, e.g. `16.4`.
    pub version: Known<String>,
    /// How many copies run.
    pub replicas: Known<u32>,
    /// Ports that it listens on, and who can reach them.
    pub ports: Vec<Port>,
    /// Networks that it is attached to.
    pub networks: Vec<String>,
    /// Whether what it holds survives its process.
    pub is_persistent: Known<bool>,
    /// Most connections.
    pub connections_max: Known<u32>,
    /// Whether whoever reaches it must prove who they are.
    pub asks_who: Known<bool>,
    /// Whether it is encrypted at rest as a whole.
    pub is_encrypted: Known<bool>,
    /// Time between backups in microseconds.
    pub backup_every_us: Known<i64>,
    /// Limits and requests.
    pub resources: Resources,
    /// Says that it can take work.
    pub readiness: Known<Probe>,
    /// Region.
    pub region: Known<String>,
    /// Whether what is queued or kept has a bound (queues, streams, caches).
    pub is_bounded: Known<bool>,
    /// What cached entries depend on, so that a change removes them (caches).
    pub invalidation: Known<String>,
    /// How long cached entries live, in microseconds (caches).
    pub time_to_live_us: Known<i64>,
    /// Id of its image in [`super::Graph::images`].
    pub image: Option<String>,
}

/// What a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreKind {
    /// Tables.
    Relational,
    /// Documents.
    Document,
    /// Keys and values that may be lost.
    Cache,
    /// Messages that are taken once.
    Queue,
    /// An ordered log of messages.
    Stream,
    /// Full-text search.
    Search,
    /// Files.
    Object,
    /// Columns for analysis, time series.
    Analytics,
}

/// A system of somebody else.
#[derive(Debug, Clone, Default)]
pub struct External {
    /// `external:payments.gateway`
    pub node: Node,
    /// Availability that it promises, in parts per million.
    pub availability_ppm: Known<u32>,
    /// How fast it promises to answer: (percentile in parts per million, microseconds), ascending.
    pub latency: Known<Vec<(u32, i64)>>,
    /// Where it runs.
    pub region: Known<String>,
    /// Whether an agreement on personal data exists.
    pub has_processing_agreement: Known<bool>,
}

/// One element uses another.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    /// `edge:FROM->TO`, e.g. `edge:sales.Fulfilment.charge_card->payments.gateway.charge`.
    pub node: Node,
    /// Id of the user: a service, module, operation or process step.
    pub from: String,
    /// Id of the used: a service, store, external, operation.
    pub to: String,
    /// How.
    pub kind: EdgeKind,
    /// Whether the user waits for the answer.
    pub is_synchronous: Known<bool>,
    /// Whether it crosses a network.
    pub is_remote: Known<bool>,
    /// Whether that network leaves the host; within one container engine it does not.
    pub crosses_hosts: Known<bool>,
    /// Whether the user fails when the used is down and nothing takes its place.
    pub is_hard: Known<bool>,
    /// In microseconds.
    pub timeout_us: Known<i64>,
    /// How attempts are repeated; absent: one attempt.
    pub retry: Known<RetryPolicy>,
    /// Whether calls stop for a while when too many fail.
    pub has_breaker: Known<bool>,
    /// Calls at once, at most.
    pub concurrency_max: Known<u32>,
    /// Whether doing it twice is the same as doing it once (by nature or by key).
    pub is_idempotent: Known<bool>,
    /// Whether it moves money.
    pub moves_money: Known<bool>,
    /// Whether the connection is encrypted.
    pub is_encrypted: Known<bool>,
    /// How the user proves who it is; absent: not at all.
    pub auth: Known<super::AuthScheme>,
    /// Kinds of personal data that cross it.
    pub personal_data: Known<Vec<String>>,
    /// Whether the address comes from data that users write.
    pub address_is_user_data: Known<bool>,
    /// The address, where it is written out, e.g. `http://10.0.0.5:8080`.
    pub address: Known<String>,
    /// Whether trace context is passed on.
    pub propagates_trace: Known<bool>,
    /// Name of the database, virtual host or bucket within the store: two users of one server share nothing
    /// while these differ.
    pub database: Known<String>,
    /// Name of the account that the user signs in with.
    pub account: Known<String>,
}

/// How one element uses another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// Asks and takes an answer.
    #[default]
    Calls,
    /// Reads and writes a store.
    Stores,
    /// Only reads a store.
    Reads,
    /// Publishes messages to.
    Publishes,
    /// Takes messages from.
    Consumes,
    /// Is said to need it (start order); only a hint.
    Hint,
}

/// How attempts are repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all; `None`: for ever.
    pub attempts_max: Option<u32>,
    /// Whether the wait grows.
    pub is_exponential: bool,
    /// Whether the wait is spread at random.
    pub has_jitter: bool,
    /// First wait in microseconds.
    pub first_us: i64,
    /// Longest wait in microseconds.
    pub max_us: i64,
}
