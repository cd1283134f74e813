//! Derives the plan: one file per derived thing. Total and pure.

mod column;
mod event;
mod index;
mod input;
mod list;
mod moved;
mod operation;
mod path;
mod problem;
mod representation;
mod table;
#[cfg(test)]
mod tests;
mod word;

use architrave_model::{Finding, Rate, System};

use crate::{Lock, Plan, RateLimit, json, lock::Names};

pub(crate) use column::BUILT_IN_COLUMNS;
pub use moved::MOVED_FROM_UNKNOWN;

/// Largest body of a request unless the blueprint says otherwise.
const BODY_BYTES_MAX: u64 = 1024 * 1024;

/// The plan of a system, and what became of the lock.
#[derive(Debug, Clone)]
pub struct Derived {
    /// Everything derived.
    pub plan: Plan,
    /// The lock with the names that were given for the first time. To be stored beside the blueprint.
    pub lock: Lock,
    /// What is worth knowing about it.
    pub notes: Vec<Finding>,
}

/// Derives the plan of a checked system with the names of its lock. Total: of a system with findings it
/// derives what can be derived.
#[must_use]
pub fn derive(system: System, lock: &Lock) -> Derived {
    let mut lock = lock.clone();
    let notes = moved::apply(&system, &mut lock);
    let mut names = Names::new(lock);

    let mut tables = table::tables(&system, &mut names);
    table::link(&system, &mut tables);
    let representations = representation::representations(&system, &tables);
    let paths = path::paths(&system, &mut names);
    let limits = limits(&system);
    let mut plan = Plan {
        hash: String::new(),
        lists: list::lists(&system, &tables),
        creates: input::creates(&system),
        updates: input::updates(&system),
        commands: input::commands(&system),
        event_types: event::event_types(&system, &tables, &representations),
        operations: Vec::new(),
        cors: system.limits.cors.clone(),
        body_bytes_max: system.limits.body_bytes_max.unwrap_or(BODY_BYTES_MAX),
        limits,
        tables,
        representations,
        system,
    };
    plan.operations = operation::operations(&plan, &paths);
    plan.hash = json::hash(&plan);
    Derived { plan, lock: names.finish(), notes }
}

fn limits(system: &System) -> Vec<RateLimit> {
    let declared =
        [("anonymous", &system.limits.anonymous), ("signed-in", &system.limits.signed_in)];
    let limit = |name: &str, rate: &Rate| RateLimit {
        name: name.to_owned(),
        count: rate.count,
        period_us: rate.period_us,
        key: rate.key,
    };
    declared.into_iter().filter_map(|(name, rate)| Some(limit(name, rate.as_ref()?))).collect()
}
