//! Load: requests at a fixed rate whether or not answers come, and what their senders had to wait.
//!
//! Latency counts from when a request was to be sent, not from when it was (Tene, "How not to measure latency",
//! 2013): a server that stops for a second delays everyone who would have asked within it, and a generator that
//! waits for answers would not even notice. Start reading at [`campaign`], then [`open_loop`].

mod campaign;
mod machine;
pub mod noise;
mod page;
mod report;
mod run;
mod schedule;
mod server;
mod supply;
mod tally;
pub mod verdict;
mod watch;
mod wire;
mod workload;

pub use campaign::{Options, campaign};
pub use machine::{allowed, keep_to};
pub use page::page;
pub use report::{Ended, Report, StepRun, Used, whole_percent};
pub use run::{Closed, Live, Requests, Run, closed_loop, open_loop};
pub use schedule::{Arrivals, PLANNED_MAX, Planned, Schedule};
pub use server::{Figures, Server};
pub use supply::{Source, Supply};
pub use tally::{ClassTally, PERCENTILES_PPM, SLICES, Slice, Tally, Times};
pub use watch::Watch;
pub use wire::{Outcome, WireLimits};
pub use workload::{Class, Workload};
