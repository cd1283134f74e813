//! What it withstands, what threatens it, what the law asks, and who may do what.

mod access;
mod capacity;
mod compliance;
mod cost;
mod governance;
mod risks;
pub(crate) mod slos;
mod threats;

pub(crate) use access::PROJECTION as ACCESS;
pub(crate) use capacity::PROJECTION as CAPACITY;
pub(crate) use compliance::PROJECTION as COMPLIANCE;
pub(crate) use cost::{PROJECTION as COST, of_kind, range, verdict as cost_verdict};
pub(crate) use governance::PROJECTION as GOVERNANCE;
pub(crate) use risks::PROJECTION as RISKS;
pub(crate) use slos::PROJECTION as SLOS;
pub(crate) use threats::PROJECTION as THREATS;
