//! Rules of the operability family, in the order of their ids.

mod config_baked;
mod no_owner;
mod no_slo;
mod slo_unmeasurable;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] =
    &[no_slo::RULE, slo_unmeasurable::RULE, config_baked::RULE, no_owner::RULE];
