//! How busy the resources of a system are, by the utilisation law of operational analysis: rate times demand,
//! summed over the classes of requests, divided by how many of the resource there are.
//!
//! Rules, facts, costs, stages and pages all ask here, so that they never disagree. Start reading at
//! [`capacity`]; rules ask [`utilisations`] alone.

mod classes;
mod demands;
mod growth;
mod interval;
mod latency;
mod law;
mod measured;
mod predict;
mod queueing;
mod resources;

use architrave_model::{graph::Graph, measurement::Measurements};

pub use growth::{days_until, factor_after, growth_ppm, months_of_horizon};
pub use measured::{NotUsable, read_measurements};
pub use predict::capacity;
pub use resources::{nodes, of_node, spare, utilisations};

use super::assumed;

/// Share of a resource that may be busy, in parts per million.
pub const TARGET_PPM: u64 = assumed::TARGET.value;
/// The processors of a node; more nodes have more.
pub const PROCESSOR: &str = "processor";
/// The one writer of a database; more nodes do not have more.
pub const WRITER: &str = "writer";
/// Share of reads, where nobody said, in parts per million: ten reads to a write.
const READ_SHARE_ASSUMED_PPM: u64 = 909_000;

/// What a system is asked at its busiest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Requests per second, in thousandths.
    pub milli_per_s: u64,
    /// Share that reads, in parts per million.
    pub read_ppm: u64,
    /// Whether the share was assumed.
    pub is_share_assumed: bool,
}

impl Load {
    /// So many times the load, in thousandths.
    #[must_use]
    pub fn times(self, factor_permille: u64) -> Self {
        Self { milli_per_s: scaled(self.milli_per_s, factor_permille, 1_000), ..self }
    }
}

/// What is known of demands: measured or, without measurements, documented.
#[derive(Debug, Clone, Copy, Default)]
pub struct Basis<'m> {
    /// A load run of this system.
    pub measurements: Option<&'m Measurements>,
}

impl<'m> Basis<'m> {
    /// What the graph knows of a load run, where its machine was quiet.
    #[must_use]
    pub fn of(graph: &'m Graph) -> Self {
        let run = graph.measured.as_ref().map(|it| &it.run);
        Self { measurements: run.filter(|it| it.noise.is_quiet) }
    }
}

/// The declared load; none where no peak is known.
#[must_use]
pub fn load(graph: &Graph) -> Option<Load> {
    let share = graph.needs.read_share_ppm.value().copied().map(u64::from);
    Some(Load {
        milli_per_s: *graph.needs.peak_milli_per_s.value()?,
        read_ppm: share.unwrap_or(READ_SHARE_ASSUMED_PPM).min(1_000_000),
        is_share_assumed: share.is_none(),
    })
}

/// `number * times / of` without overflow.
pub(crate) fn scaled(number: u64, times: u64, of: u64) -> u64 {
    let product = u128::from(number) * u128::from(times) / u128::from(of.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}
