//! What the operator sees: one line per request, faults, and figures.

mod exposition;
mod histogram;
mod line;
mod log;
mod metrics;
mod process;

pub(crate) use exposition::expose;
pub(crate) use line::RequestLine;
pub use log::{Format, Level, Log};
pub(crate) use metrics::{Gauge, Metrics};
