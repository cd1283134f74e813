//! Rules of the performance family, in the order of their ids.

mod autoscale_conflict;
mod calibration_weak;
mod call_per_element;
mod capacity_shortfall;
mod extraneous_fetch;
mod headroom;
mod latency_infeasible;
mod long_work_inline;
mod no_resources;
mod pool_size;
mod unpaginated_list;
mod write_amplification;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    capacity_shortfall::RULE,
    headroom::RULE,
    latency_infeasible::RULE,
    call_per_element::RULE,
    unpaginated_list::RULE,
    long_work_inline::RULE,
    pool_size::RULE,
    extraneous_fetch::RULE,
    no_resources::RULE,
    write_amplification::RULE,
    autoscale_conflict::RULE,
    calibration_weak::RULE,
];
