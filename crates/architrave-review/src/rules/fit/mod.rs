//! Rules of the fit family, in the order of their ids.

mod cargo_cult;
mod context_cycle;
mod distributed_monolith;
mod edge_ignored;
mod incomplete_model;
mod premature_microservices;
mod serverless_misfit;
mod ties;
mod units;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    premature_microservices::RULE,
    distributed_monolith::RULE,
    cargo_cult::RULE,
    edge_ignored::RULE,
    serverless_misfit::RULE,
    context_cycle::RULE,
    incomplete_model::RULE,
];
