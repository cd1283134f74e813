//! What the system must withstand.

use crate::{Name, Span};

/// Expected load.
#[derive(Debug, Clone, Default)]
pub struct Workload {
    /// Number of tenants.
    pub tenants: Option<u64>,
    /// Number of people.
    pub users: Option<u64>,
    /// Continents or regions in which they are, e.g. `asia`, `us-east`.
    pub from: Vec<Name>,
    /// Requests per second at the busiest time, in thousandths.
    pub peak_milli_per_s: Option<u64>,
    /// Share of requests that read, in parts per million.
    pub read_share_ppm: Option<u32>,
    /// Growth in parts per million per month.
    pub growth_ppm_per_month: Option<u32>,
    /// How far ahead it is planned, in microseconds.
    pub horizon_us: Option<i64>,
    /// How many times the peak it must survive.
    pub spike: Option<u64>,
    /// How many times the mean the peak is.
    pub peak_to_mean: Option<u64>,
    /// Share of the time in which there is anything to do, in parts per million.
    pub busy_ppm: Option<u32>,
    /// Share of the load that the largest tenant makes, in parts per million.
    pub largest_tenant_ppm: Option<u32>,
    /// How far apart tenants must be kept: `row`, `schema`, `database`.
    pub isolation: Option<Name>,
    /// How old an answer may be, in microseconds.
    pub staleness_us: Option<i64>,
    /// Kinds of clients that each ask for a different shape of the same data.
    pub client_kinds: Option<u64>,
    /// The whole block.
    pub span: Span,
}

/// A service level objective.
#[derive(Debug, Clone)]
pub struct Slo {
    /// `snake_case`.
    pub name: Name,
    /// The comment above it.
    pub doc: String,
    /// Operations, e.g. `sales.Order.place`.
    pub covers: Vec<Name>,
    /// In parts per million.
    pub availability_ppm: Option<u32>,
    /// (percentile in parts per million, latency in microseconds), ascending.
    pub latency: Vec<(u32, i64)>,
    /// In microseconds.
    pub window_us: Option<i64>,
    /// The whole block.
    pub span: Span,
}

/// What may be lost and how long recovery may take, in microseconds.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    /// Recovery point objective.
    pub rpo_us: Option<i64>,
    /// Recovery time objective.
    pub rto_us: Option<i64>,
    /// Time between backups.
    pub backup_every_us: Option<i64>,
    /// The whole block.
    pub span: Span,
}

/// Rules that the system is subject to.
#[derive(Debug, Clone, Default)]
pub struct Compliance {
    /// E.g. `gdpr`, `pci_dss_saq_a`.
    pub regimes: Vec<Name>,
    /// In microseconds.
    pub audit_retention_us: Option<i64>,
    /// Regions that personal data must not leave.
    pub residency: Vec<Name>,
    /// What of the past must be told: `none`, `log` (who changed what), `temporal` (how it was on a day).
    pub history: Option<Name>,
    /// The whole block.
    pub span: Span,
}

/// What the team can afford.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Number of people.
    pub team: Option<u32>,
    /// Number of teams that release on their own.
    pub release_teams: Option<u32>,
    /// How well the domain is known: `new`, `changing`, `stable`.
    pub domain: Option<Name>,
    /// Time until the first release, in microseconds.
    pub first_release_us: Option<i64>,
    /// Products that the team runs and knows, e.g. `postgresql`, `kubernetes`.
    pub uses: Vec<Name>,
    /// Products that must not be used.
    pub avoids: Vec<Name>,
    /// E.g. `business_hours`.
    pub on_call: Option<Name>,
    /// (minor units, currency) per month.
    pub budget_per_month: Option<(i64, String)>,
    /// The whole block.
    pub span: Span,
}
