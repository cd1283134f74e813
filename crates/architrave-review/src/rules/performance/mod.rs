//! Rules of the performance family, in the order of their ids.

mod capacity_shortfall;
mod headroom;
mod long_work_inline;
mod pool_size;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] =
    &[capacity_shortfall::RULE, headroom::RULE, long_work_inline::RULE, pool_size::RULE];
