//! What the system must withstand.

use crate::{Name, Span};

/// Expected load.
#[derive(Debug, Clone, Default)]
pub struct Workload {
    /// Number of tenants.
    pub tenants: Option<u64>,
    /// Number of people.
    pub users: Option<u64>,
    /// Requests per second at the busiest time, in thousandths.
    pub peak_milli_per_s: Option<u64>,
    /// Share of requests that read, in parts per million.
    pub read_share_ppm: Option<u32>,
    /// Growth in parts per million per month.
    pub growth_ppm_per_month: Option<u32>,
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
    /// The whole block.
    pub span: Span,
}

/// What the team can afford.
#[derive(Debug, Clone, Default)]
pub struct Constraints {
    /// Number of people.
    pub team: Option<u32>,
    /// E.g. `business_hours`.
    pub on_call: Option<Name>,
    /// (minor units, currency) per month.
    pub budget_per_month: Option<(i64, String)>,
    /// The whole block.
    pub span: Span,
}
