//! What a load run measured; written by `architrave load`, read by `architrave capacity`.

use serde::{Deserialize, Serialize};

/// Version of the file's form.
pub const MEASUREMENTS_VERSION: u32 = 1;

/// One run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurements {
    /// [`MEASUREMENTS_VERSION`].
    pub version: u32,
    /// When it began, RFC 3339 in UTC.
    pub taken_at: String,
    /// Name of the system.
    pub system: String,
    /// [`Plan::hash`](../architrave_plan/struct.Plan.html) of what was served.
    pub plan_hash: String,
    /// Version of the program that was driven, and of the driver.
    pub program: String,
    /// `sqlite` or `postgresql`.
    pub store: String,
    /// The machine.
    pub machine: Machine,
    /// Whether the machine did nothing else.
    pub noise: Noise,
    /// What requests of each class took.
    pub classes: Vec<MeasuredClass>,
    /// Throughput by clients that wait for their answers; for the law of the curve.
    pub sweep: Vec<SweepPoint>,
    /// Requests sent at a fixed rate, whether or not answers come; for latencies.
    pub steps: Vec<Step>,
    /// Why the run ended before it had measured everything; none where it did not. Nothing may rest on such a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_early: Option<String>,
}

/// A machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// As the processor calls itself.
    pub processor: String,
    /// Processors that the program may use.
    pub processors: u64,
    /// Memory in bytes.
    pub memory_bytes: u64,
    /// Kernel and its version.
    pub system: String,
}

/// Whether the machine was quiet: the same block is run before and after the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Throughput of the first block, in thousandths per second.
    pub first_milli_per_s: u64,
    /// Throughput of the same block at the end.
    pub last_milli_per_s: u64,
    /// Largest difference between runs of a loop that touches nothing else, in parts per million.
    pub loop_spread_ppm: u64,
    /// Whether both are within their bounds. Where not, no verdict may rest on the run.
    pub is_quiet: bool,
}

/// What requests of a class took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredClass {
    /// An operation's name, or `read` and `write` for all of a kind.
    pub name: String,
    /// Whether its requests write.
    pub is_write: bool,
    /// Requests that it was measured by.
    pub requests: u64,
    /// Processor time of the server per request, in nanoseconds.
    pub processor_ns: u64,
    /// Time of the one writer per request, in nanoseconds; 0 for reads.
    pub writer_ns: u64,
    /// Spread between blocks, in parts per million of the value.
    pub spread_ppm: u64,
}

/// Throughput of so many clients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweepPoint {
    /// Clients, each with one request at a time.
    pub clients: u64,
    /// In thousandths of a request per second.
    pub milli_per_s: u64,
}

/// A while at one rate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Times the declared peak, in thousandths.
    pub factor_permille: u64,
    /// How long, in microseconds.
    pub duration_us: u64,
    /// Requests that were to be sent, in thousandths per second.
    pub offered_milli_per_s: u64,
    /// Answers that came, in thousandths per second.
    pub achieved_milli_per_s: u64,
    /// By class.
    pub classes: Vec<StepClass>,
    /// (percentile in parts per million, microseconds by which requests were sent later than planned), ascending.
    pub lag_us: Vec<(u32, u64)>,
}

/// A class within a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepClass {
    /// An operation's name.
    pub name: String,
    /// Requests sent.
    pub requests: u64,
    /// Answers that say the server failed or refused for lack of room: 5xx, 429, none in time.
    pub failures: u64,
    /// (percentile in parts per million, microseconds from the planned start to the end of the answer), ascending.
    pub latency_us: Vec<(u32, u64)>,
}
