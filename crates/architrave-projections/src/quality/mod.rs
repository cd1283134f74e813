//! What it withstands, what threatens it, what the law asks, and who may do what.

mod access;
mod governance;
pub(crate) mod slos;
mod threats;

pub(crate) use access::PROJECTION as ACCESS;
pub(crate) use governance::PROJECTION as GOVERNANCE;
pub(crate) use slos::PROJECTION as SLOS;
pub(crate) use threats::PROJECTION as THREATS;
