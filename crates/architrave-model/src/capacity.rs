//! How much a system bears, what that costs, and how it grows. Whole numbers throughout, so that documents are the
//! same bytes on every machine.

use crate::{decision::Trigger, graph::Provenance};

/// How busy a system is at its declared load and above.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Capacity {
    /// Declared peak in thousandths of a request per second.
    pub peak_milli_per_s: u64,
    /// Share of a resource that may be busy, in parts per million.
    pub target_ppm: u64,
    /// What the load is made of.
    pub classes: Vec<LoadClass>,
    /// What a request of each class takes.
    pub demands: Vec<Demand>,
    /// The system at 1, 3 and 10 times the declared peak, at the spike and at the horizon, the smallest first.
    pub loads: Vec<LoadPoint>,
    /// Name of the resource that runs out first; one of [`ResourceUse::resource`].
    pub bottleneck: String,
    /// How many times the peak the first bottleneck bears at the target, in thousandths.
    pub headroom_permille: u64,
    /// How many times the peak it bears at all, in thousandths.
    pub saturation_permille: u64,
    /// Throughput by concurrency, as measured and as fitted; empty where nothing was measured.
    pub curve: Vec<CurvePoint>,
    /// The law of the curve; none where nothing was measured or the fit is too weak to say anything.
    pub fit: Option<Fit>,
    /// Times to an answer at each of the loads; empty where nothing was timed.
    pub latencies: Vec<Latency>,
    /// The day on which it was measured, `2026-11-21`; none where every demand is assumed.
    pub measured_on: Option<String>,
    /// Why a number is not to be trusted far, one sentence each, e.g. that demands are assumed.
    pub doubts: Vec<String>,
}

/// A part of the load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadClass {
    /// Stable, e.g. `read` or an operation's name such as `sales.Order.place`.
    pub name: String,
    /// Whether its requests write.
    pub is_write: bool,
    /// At the peak, in thousandths per second.
    pub milli_per_s: u64,
    /// Whether no caller waits for it: what commands set in motion. Such work comes on top of the peak.
    pub is_background: bool,
    /// Where the number comes from.
    pub because: String,
}

/// Time to an answer at a load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latency {
    /// Name of the operation.
    pub operation: String,
    /// Times the declared peak, in thousandths.
    pub factor_permille: u64,
    /// In parts per million: 990,000 is p99.
    pub percentile_ppm: u32,
    /// In microseconds.
    pub us: u64,
    /// Whether it is the least that queueing theory allows for rather than timed.
    pub is_model: bool,
    /// How it comes about.
    pub because: String,
}

/// What one request of a class takes of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// [`LoadClass::name`].
    pub class: String,
    /// [`ResourceUse::resource`].
    pub resource: String,
    /// Nanoseconds of the resource per request.
    pub nanoseconds: u64,
    /// Measured, or assumed.
    pub provenance: Provenance,
    /// Who says so, with the day.
    pub source: String,
}

/// The system at one load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadPoint {
    /// E.g. "declared peak", "10 times the peak", "in 24 months".
    pub title: String,
    /// Times the declared peak, in thousandths.
    pub factor_permille: u64,
    /// In thousandths of a request per second.
    pub milli_per_s: u64,
    /// The busiest first, at one node.
    pub uses: Vec<ResourceUse>,
    /// Nodes that keep what grows with nodes at the target; none where no number of nodes is enough.
    pub nodes: Option<Nodes>,
    /// Mean time to an answer on the machine that was measured, by the fitted law, in microseconds; none without a
    /// law, or where it would have to be drawn out too far.
    pub mean_us: Option<u64>,
}

/// How many nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nodes {
    /// For the load.
    pub for_load: u64,
    /// Besides, so that one may be lost.
    pub spare: u64,
    /// The least that the error of the measurements allows for, spare ones included.
    pub min: u64,
    /// The most.
    pub max: u64,
}

impl Nodes {
    /// As people read it: `2 (1 + 1 spare)`, `3 (90 %: 2–4)`.
    #[must_use]
    pub fn told(self) -> String {
        let Self { for_load, spare, min, max } = self;
        let interval = if min == max { String::new() } else { format!(" (90 %: {min}–{max})") };
        let spare_part =
            if spare > 0 { format!(" ({for_load} + {spare} spare)") } else { String::new() };
        format!("{}{spare_part}{interval}", for_load + spare)
    }
}

/// How busy a resource is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResourceUse {
    /// Stable, e.g. `processor`, `writer`, `sync`.
    pub resource: String,
    /// As shown, e.g. "the one writer of the database".
    pub title: String,
    /// In parts per million of one node's; more than a million where it cannot keep up.
    pub ppm: u64,
    /// Whether more nodes have more of it.
    pub grows_with_nodes: bool,
    /// How it comes about, one sentence each, with the source of every number.
    pub because: Vec<String>,
}

/// A point of the throughput curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurvePoint {
    /// Clients at the same time.
    pub clients: u64,
    /// Measured, in thousandths of a request per second; none for points that are only fitted.
    pub measured_milli_per_s: Option<u64>,
    /// By the fitted law.
    pub fitted_milli_per_s: Option<u64>,
}

/// The universal scalability law, fitted: `X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1))` (Gunther,
/// Guerrilla Capacity Planning, 2007).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// Throughput of one client, in thousandths of a request per second.
    pub lambda_milli_per_s: u64,
    /// Contention, in parts per billion.
    pub sigma_ppb: u64,
    /// Coherency, in parts per billion.
    pub kappa_ppb: u64,
    /// Largest relative error at a measured point, in parts per million.
    pub residual_ppm_max: u64,
    /// The most clients at which it was measured; twice that is as far as it may be drawn out.
    pub clients_measured_max: u64,
}

/// What a system costs each month. Millionths of a dollar throughout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cost {
    /// The dearest first.
    pub lines: Vec<CostLine>,
    /// The sum, at the least and at the most.
    pub micro_usd: (u64, u64),
    /// What is allowed; none where nobody said.
    pub budget_micro_usd: Option<u64>,
    /// The day of the oldest price, `2026-11-21`.
    pub checked: String,
    /// The prices that it rests on.
    pub prices: Vec<PriceUsed>,
}

/// A price or an effort, as a page shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceUsed {
    /// Stable, e.g. `vcpu_hour`; what a file of the user's calls it.
    pub id: String,
    /// With its unit, e.g. `$0.031611`.
    pub value: String,
    /// What it is per, e.g. `vCPU and hour`.
    pub per: String,
    /// Who says so.
    pub source: String,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: String,
    /// Whether it is from a file of the user's.
    pub is_own: bool,
    /// Whether it is too old to rely on.
    pub is_stale: bool,
}

/// A part of the cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CostLine {
    /// E.g. "nodes", "operations".
    pub what: String,
    /// Infrastructure, operations or development.
    pub kind: CostKind,
    /// At the least and at the most.
    pub micro_usd: (u64, u64),
    /// How it comes about, with sources.
    pub because: String,
}

/// What kind of cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CostKind {
    /// Machines, disks, traffic.
    #[default]
    Infrastructure,
    /// People who keep it running.
    Operations,
    /// People who change it.
    Development,
}

/// A stage of growth.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// `S0`, `S1`, …
    pub id: String,
    /// E.g. "one node with SQLite".
    pub title: String,
    /// What it is made of, one sentence.
    pub what: String,
    /// Why it is due whatever the load, e.g. for the availability that is promised; none where load alone decides.
    pub is_due_because: Option<String>,
    /// Nodes.
    pub nodes: u64,
    /// Up to which load it holds, in thousandths of a request per second; none: as far as anything can be said.
    pub holds_until_milli_per_s: Option<u64>,
    /// What breaks first at that load.
    pub breaks_first: String,
    /// When to move on, early enough for the move; none for the last stage.
    pub trigger: Option<Trigger>,
    /// The day on which that is to be expected at the declared growth, as days since 1970; none where no growth is
    /// declared or it lies beyond the horizon.
    pub expected_day: Option<i32>,
    /// How long the move takes, in days.
    pub lead_time_days: u32,
    /// What to do to come here from the stage before, in order.
    pub steps: Vec<String>,
    /// What is given up by coming here.
    pub gives_up: String,
    /// What it costs each month.
    pub cost: Option<Cost>,
}
