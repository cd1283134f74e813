//! Rules of the operability family, in the order of their ids.

mod cause_only_alerts;
mod config_baked;
mod exposed_management;
mod label_cardinality;
mod mutable_tag;
mod no_owner;
mod no_rollback;
mod no_runbook;
mod no_slo;
mod queue_invisible;
mod slo_unmeasurable;
mod trace_gap;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    no_slo::RULE,
    no_runbook::RULE,
    slo_unmeasurable::RULE,
    cause_only_alerts::RULE,
    trace_gap::RULE,
    queue_invisible::RULE,
    mutable_tag::RULE,
    no_rollback::RULE,
    config_baked::RULE,
    no_owner::RULE,
    label_cardinality::RULE,
    exposed_management::RULE,
];
