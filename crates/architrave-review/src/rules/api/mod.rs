//! Rules of the api family, in the order of their ids.

mod deprecation_window;
mod event_contract_incomplete;
mod guessable_ids;
mod lost_update;
mod missing_responses;
mod naming_inconsistent;
mod no_problem_json;
mod no_version_policy;
mod open_query;
mod post_without_idempotency;
mod undocumented;
mod unsafe_get;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    no_problem_json::RULE,
    missing_responses::RULE,
    no_version_policy::RULE,
    unsafe_get::RULE,
    post_without_idempotency::RULE,
    lost_update::RULE,
    naming_inconsistent::RULE,
    guessable_ids::RULE,
    open_query::RULE,
    undocumented::RULE,
    event_contract_incomplete::RULE,
    deprecation_window::RULE,
];
