//! How it is built, shipped and run.

use super::{Known, Node, Origin};

/// A file that says how the system is deployed.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// `manifest:deploy/web.yaml`
    pub node: Node,
    /// What it is.
    pub kind: ManifestKind,
    /// Facts of interest for which the graph has no better place: (key, value, place), e.g.
    /// `network_policy`, `schema`, `server` (an address at which a contract is served).
    pub facts: Vec<(String, String, Origin)>,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManifestKind {
    /// A blueprint of ours.
    #[default]
    Blueprint,
    /// `docker-compose.yml`
    Compose,
    /// Kubernetes objects.
    Kubernetes,
    /// `Dockerfile`
    Dockerfile,
    /// OpenAPI.
    OpenApi,
    /// AsyncAPI.
    AsyncApi,
    /// SQL.
    Sql,
    /// Build and delivery.
    Pipeline,
    /// A decision record.
    Decision,
}

/// An open port.
#[derive(Debug, Clone, Default)]
pub struct Port {
    /// Number inside.
    pub number: u16,
    /// Where it was found.
    pub origin: Origin,
    /// Whether it can be reached from outside the private network (published on all addresses, a load
    /// balancer, a node port).
    pub is_exposed: Known<bool>,
    /// Whether it is for management or metrics.
    pub is_management: Known<bool>,
}

/// How somebody asks whether a process is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// What is asked, as written, e.g. `GET /health/ready :8080`.
    pub asks: String,
}

/// What a process may use.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// Thousandths of a processor asked for.
    pub cpu_request_milli: Known<u64>,
    /// Most thousandths of a processor.
    pub cpu_limit_milli: Known<u64>,
    /// Bytes of memory asked for.
    pub memory_request_bytes: Known<u64>,
    /// Most bytes of memory.
    pub memory_limit_bytes: Known<u64>,
}

/// A container image in use.
#[derive(Debug, Clone, Default)]
pub struct Image {
    /// `image:postgres:16`
    pub node: Node,
    /// Registry and repository, e.g. `docker.io/library/postgres`.
    pub repository: String,
    /// Tag; absent: none, which means `latest`.
    pub tag: Known<String>,
    /// Digest; absent: none.
    pub digest: Known<String>,
    /// Product, lower case, where the repository is one of the well-known ones.
    pub product: Known<String>,
    /// Version, where the tag says it.
    pub version: Known<String>,
    /// Whether it is built from files of this system.
    pub is_own: Known<bool>,
}

/// A credential written where everybody with the files can read it. Its value is never kept.
#[derive(Debug, Clone, Default)]
pub struct LiteralSecret {
    /// `secret:docker-compose.yml/db/POSTGRES_PASSWORD`
    pub node: Node,
    /// Why it is taken for a credential, e.g. `its name`, `the form of an AWS key`.
    pub because: String,
    /// Whether it is a stand-in for a developer's machine, such as `changeme` or `postgres`.
    pub is_placeholder: bool,
}

/// Build and delivery.
#[derive(Debug, Clone, Default)]
pub struct Pipeline {
    /// `pipeline:.github/workflows/ci.yml`
    pub node: Node,
    /// Foreign steps that it runs.
    pub steps: Vec<PipelineStep>,
    /// Images that it ships, as written, with their places.
    pub ships: Vec<(String, Origin)>,
    /// Whether it runs tests.
    pub runs_tests: Known<bool>,
    /// Whether it makes a list of what is inside (SBOM).
    pub has_bill_of_materials: Known<bool>,
    /// Whether it signs what it makes.
    pub signs: Known<bool>,
}

/// A foreign step, e.g. `uses: actions/checkout@v4`.
#[derive(Debug, Clone, Default)]
pub struct PipelineStep {
    /// Name and version as written.
    pub uses: String,
    /// Where.
    pub origin: Origin,
    /// Whether it is pinned to content (a commit, a digest) rather than to a name that can move.
    pub is_pinned: bool,
}
