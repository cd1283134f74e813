//! Rules of the data family, in the order of their ids.

mod cache_without_invalidation;
mod cross_context_join;
mod fk_without_index;
mod int_exhaustion;
mod key_not_unique;
mod money_as_float;
mod naive_timestamp;
mod no_primary_key;
mod noisy_neighbour;
mod pattern_without_index;
mod random_key_clustering;
mod redundant_index;
mod repeating_columns;
mod shared_persistency;
mod soft_delete_leak;
mod tenant_key_missing;
mod unbounded_growth;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    shared_persistency::RULE,
    fk_without_index::RULE,
    pattern_without_index::RULE,
    redundant_index::RULE,
    no_primary_key::RULE,
    key_not_unique::RULE,
    money_as_float::RULE,
    naive_timestamp::RULE,
    int_exhaustion::RULE,
    unbounded_growth::RULE,
    repeating_columns::RULE,
    soft_delete_leak::RULE,
    random_key_clustering::RULE,
    cache_without_invalidation::RULE,
    cross_context_join::RULE,
    tenant_key_missing::RULE,
    noisy_neighbour::RULE,
];
