//! What the system must withstand, and what its owners can afford.

use super::{Known, Node};

/// Load, recovery, law and means.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Number of tenants.
    pub tenants: Known<u64>,
    /// Number of people.
    pub users: Known<u64>,
    /// Continents or regions in which they are, e.g. `asia`, `us-east`.
    pub users_from: Known<Vec<String>>,
    /// Requests per second at the busiest time, in thousandths.
    pub peak_milli_per_s: Known<u64>,
    /// Share of requests that read, in parts per million.
    pub read_share_ppm: Known<u32>,
    /// Growth in parts per million per month.
    pub growth_ppm_per_month: Known<u32>,
    /// Recovery point objective in microseconds.
    pub rpo_us: Known<i64>,
    /// Recovery time objective in microseconds.
    pub rto_us: Known<i64>,
    /// Time between backups of the whole system, in microseconds.
    pub backup_every_us: Known<i64>,
    /// Regimes, e.g. `gdpr`.
    pub regimes: Known<Vec<String>>,
    /// How long the audit trail is kept, in microseconds.
    pub audit_retention_us: Known<i64>,
    /// Where it runs.
    pub regions: Known<Vec<String>>,
    /// People who build and operate it.
    pub team: Known<u32>,
    /// When somebody is on call, e.g. `business_hours`.
    pub on_call: Known<String>,
    /// (minor units, currency) per month.
    pub budget_per_month: Known<(i64, String)>,
    /// How far ahead it is planned, in microseconds.
    pub horizon_us: Known<i64>,
    /// How many times the peak it must survive.
    pub spike: Known<u64>,
    /// How many times the mean the peak is.
    pub peak_to_mean: Known<u64>,
    /// Share of the time in which there is anything to do, in parts per million.
    pub busy_ppm: Known<u32>,
    /// Share of the load that the largest tenant makes, in parts per million.
    pub largest_tenant_ppm: Known<u32>,
    /// How far apart tenants must be kept: `row`, `schema`, `database`.
    pub isolation: Known<String>,
    /// How old an answer may be, in microseconds.
    pub staleness_us: Known<i64>,
    /// Kinds of clients that each ask for a different shape of the same data.
    pub client_kinds: Known<u64>,
    /// Regions that personal data must not leave.
    pub residency: Known<Vec<String>>,
    /// What of the past must be told: `none`, `log`, `temporal`.
    pub history: Known<String>,
    /// Number of teams that release on their own.
    pub release_teams: Known<u32>,
    /// How well the domain is known: `new`, `changing`, `stable`.
    pub domain: Known<String>,
    /// Time until the first release, in microseconds.
    pub first_release_us: Known<i64>,
    /// Products that the team runs and knows.
    pub uses: Known<Vec<String>>,
    /// Products that must not be used.
    pub avoids: Known<Vec<String>>,
    /// Service level objectives.
    pub objectives: Vec<Objective>,
}

/// A service level objective.
#[derive(Debug, Clone, Default)]
pub struct Objective {
    /// `slo:browse`
    pub node: Node,
    /// Ids of the operations that it covers; of a call of somebody else's system `external:payments.gateway.charge`.
    pub covers: Vec<String>,
    /// In parts per million.
    pub availability_ppm: Known<u32>,
    /// (percentile in parts per million, latency in microseconds), ascending.
    pub latency: Vec<(u32, i64)>,
    /// In microseconds.
    pub window_us: Known<i64>,
    /// Whether an alert watches it.
    pub has_alert: Known<bool>,
}
