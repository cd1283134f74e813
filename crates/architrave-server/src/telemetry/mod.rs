//! What the operator sees: one line per request, faults, and figures.

mod exposition;
mod histogram;
mod line;
mod log;
mod metrics;

pub(crate) use exposition::expose;
pub use exposition::{FAMILIES, Family};
pub(crate) use line::RequestLine;
pub use log::{Format, Level, Log};
pub(crate) use metrics::{Gauge, Metrics};
