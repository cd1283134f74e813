//! Rules of the data family, in the order of their ids.

mod fk_without_index;
mod money_as_float;
mod naive_timestamp;
mod no_primary_key;
mod redundant_index;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    fk_without_index::RULE,
    redundant_index::RULE,
    no_primary_key::RULE,
    money_as_float::RULE,
    naive_timestamp::RULE,
];
