//! Rules of the cost family, in the order of their ids.

mod duplicate_stores;
mod egress_heavy;
mod idle_capacity;
mod no_budget;
mod ops_burden;
mod over_budget;
mod stale_prices;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    over_budget::RULE,
    idle_capacity::RULE,
    no_budget::RULE,
    egress_heavy::RULE,
    duplicate_stores::RULE,
    stale_prices::RULE,
    ops_burden::RULE,
];
