//! The graph of a system: what is known of it, whoever said so and however much is missing.
//!
//! Two doors lead here. A blueprint is a *closed* world: what it does not say is absent. An existing system
//! read from its files is an *open* world: what was not found is unknown, and no verdict may rest on it.
//! Rules read this graph alone, so that both are judged by the same words.
//!
//! Start reading at [`Graph`], then [`Known`].

mod change;
mod contract;
mod data;
mod deployment;
mod dump;
mod flow;
mod known;
mod lifecycle;
mod needs;
mod practice;
mod runtime;

pub use change::{ChangeKind, MigrationStep};
pub use contract::{
    AccessShape, Audience, AuthScheme, Operation, OperationEffect, Parameter, ParameterPlace,
    Payload, PayloadField,
};
pub use data::{
    AccessPattern, Column, ColumnKind, ForeignKey, IndexSpec, PersonalData, Table, TableAccess,
};
pub use deployment::{
    Image, LiteralSecret, Manifest, ManifestKind, Pipeline, PipelineStep, Port, Probe, Resources,
};
pub use dump::dump;
pub use flow::{Consumer, ConsumerKind, Message, Process, ProcessStep};
pub use known::{Known, Node, Origin, Provenance};
pub use lifecycle::Lifecycle;
pub use needs::{Needs, Objective};
pub use practice::{Alert, DecisionRecord, Evidence, EvidenceKind, MeasuredRun};
pub use runtime::{
    Edge, EdgeKind, External, Module, RetryPolicy, Service, ServiceKind, Store, StoreKind, Tenancy,
};

/// Everything known of one system. Lists are in the order in which they were read; ids are unique within
/// the graph and stable from run to run.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    /// The system itself; its id is `system`.
    pub system: Node,
    /// Whether silence means absence (a blueprint) or ignorance (files of an existing system).
    pub is_closed: bool,
    /// The day on which it is judged, as days since 1970; the graph knows no clock.
    pub as_of_day: i32,
    /// The same system as it was before, where that is known: what its callers and consumers rely on. Its places
    /// point into files of its own, which nobody shows.
    pub before: Option<Box<Graph>>,
    /// What it must withstand.
    pub needs: Needs,
    /// How tenants are kept apart.
    pub tenancy: Tenancy,
    /// Id of the table with the people who call.
    pub people_table: Option<String>,
    /// Bounded contexts, or what comes closest to them.
    pub modules: Vec<Module>,
    /// Processes that serve, work or schedule.
    pub services: Vec<Service>,
    /// Databases, caches, queues, search engines, object stores.
    pub stores: Vec<Store>,
    /// Systems of somebody else.
    pub externals: Vec<External>,
    /// Who calls, reads, writes, publishes to and consumes from whom.
    pub edges: Vec<Edge>,
    /// Tables and the entities kept in them.
    pub tables: Vec<Table>,
    /// What callers can ask for.
    pub operations: Vec<Operation>,
    /// Events and messages.
    pub messages: Vec<Message>,
    /// What happens when a message arrives.
    pub consumers: Vec<Consumer>,
    /// Processes of several steps.
    pub processes: Vec<Process>,
    /// Statements of migrations, in the order in which they run.
    pub migrations: Vec<MigrationStep>,
    /// Files that say how it is deployed, and what of them is of interest.
    pub manifests: Vec<Manifest>,
    /// Container images in use.
    pub images: Vec<Image>,
    /// Credentials written where everybody with the files can read them.
    pub literal_secrets: Vec<LiteralSecret>,
    /// Build and delivery.
    pub pipelines: Vec<Pipeline>,
    /// Alerts.
    pub alerts: Vec<Alert>,
    /// Decision records.
    pub decisions: Vec<DecisionRecord>,
    /// Drills, restores and load runs that have been done.
    pub evidence: Vec<Evidence>,
    /// What the last load run measured.
    pub measured: Option<Box<MeasuredRun>>,
    /// What people looked up about versions of products.
    pub lifecycles: Vec<Lifecycle>,
}

impl Graph {
    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|it| it.node.id == id)
    }

    /// The store with this id.
    #[must_use]
    pub fn store(&self, id: &str) -> Option<&Store> {
        self.stores.iter().find(|it| it.node.id == id)
    }

    /// The system of somebody else with this id.
    #[must_use]
    pub fn external(&self, id: &str) -> Option<&External> {
        self.externals.iter().find(|it| it.node.id == id)
    }

    /// The table with this id.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.node.id == id)
    }

    /// The operation with this id.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|it| it.node.id == id)
    }
}
