//! Rules of the fit family, in the order of their ids.

mod cargo_cult;
mod context_cycle;
mod distributed_monolith;
mod edge_ignored;
mod god_context;
mod hard_coded_endpoint;
mod incomplete_model;
mod layer_cut;
mod mesh_without_need;
mod nano_service;
mod no_gateway;
mod premature_microservices;
mod regions_without_need;
mod serverless_candidate;
mod serverless_misfit;
mod ties;
mod too_many_standards;
mod units;
mod unused_element;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    premature_microservices::RULE,
    distributed_monolith::RULE,
    cargo_cult::RULE,
    edge_ignored::RULE,
    serverless_misfit::RULE,
    serverless_candidate::RULE,
    god_context::RULE,
    nano_service::RULE,
    context_cycle::RULE,
    layer_cut::RULE,
    mesh_without_need::RULE,
    too_many_standards::RULE,
    unused_element::RULE,
    regions_without_need::RULE,
    incomplete_model::RULE,
    hard_coded_endpoint::RULE,
    no_gateway::RULE,
];
