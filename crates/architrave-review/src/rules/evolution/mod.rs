//! Rules of the evolution family, in the order of their ids.

mod adr_drift;
mod breaking_api;
mod breaking_event;
mod compare;
mod data_dependent_constraint;
mod decision_overdue;
mod destructive_migration;
mod end_of_life_tech;
mod lock_heavy_ddl;
mod no_lock_timeout;
mod rename_in_place;
mod steps;
mod unbatched_backfill;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    breaking_api::RULE,
    breaking_event::RULE,
    destructive_migration::RULE,
    lock_heavy_ddl::RULE,
    no_lock_timeout::RULE,
    data_dependent_constraint::RULE,
    rename_in_place::RULE,
    unbatched_backfill::RULE,
    adr_drift::RULE,
    end_of_life_tech::RULE,
    decision_overdue::RULE,
];
