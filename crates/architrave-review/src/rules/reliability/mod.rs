//! Rules of the reliability family, in the order of their ids.

mod abrupt_shutdown;
mod amplification;
mod backup_gap;
mod bad_probes;
mod calls;
mod double_delivery;
mod dual_write;
mod no_backpressure;
mod no_breaker;
mod no_dead_letter;
mod no_spread;
mod no_timeout;
mod promise_above_dependencies;
mod retry_storm;
mod retry_without_key;
mod saga_without_end;
mod single_point;
mod slow_restore;
mod sync_cycle;
mod time_budget;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    no_timeout::RULE,
    time_budget::RULE,
    retry_without_key::RULE,
    retry_storm::RULE,
    amplification::RULE,
    no_breaker::RULE,
    promise_above_dependencies::RULE,
    single_point::RULE,
    no_dead_letter::RULE,
    double_delivery::RULE,
    dual_write::RULE,
    saga_without_end::RULE,
    no_backpressure::RULE,
    bad_probes::RULE,
    abrupt_shutdown::RULE,
    backup_gap::RULE,
    slow_restore::RULE,
    no_spread::RULE,
    sync_cycle::RULE,
];
