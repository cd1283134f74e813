//! Of what the system consists, from the outside in: C4 context, containers, components, deployment; and where data flows.

mod c4;
mod components;
mod containers;
mod context;
mod data_flow;
mod deployment;
mod holds;
mod parties;
mod technology;
mod uses;

pub(crate) use components::PROJECTION as COMPONENTS;
pub(crate) use containers::PROJECTION as CONTAINERS;
pub(crate) use context::PROJECTION as CONTEXT;
pub(crate) use data_flow::PROJECTION as DATA_FLOW;
pub(crate) use deployment::PROJECTION as DEPLOYMENT;
pub(crate) use holds::holds;
pub(crate) use parties::{Caller, callers};
pub(crate) use technology::PROJECTION as TECHNOLOGY;
pub(crate) use uses::{Use, uses};
