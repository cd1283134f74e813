//! All rules, by family. A rule is one file and one page of the same name in its family's folder.

mod api;
mod compliance;
mod cost;
mod data;
mod evolution;
mod fit;
mod operability;
mod performance;
mod reliability;
mod security;

use crate::Rule;

/// Families in reading order.
const FAMILIES: &[&[Rule]] = &[
    security::RULES,
    reliability::RULES,
    data::RULES,
    performance::RULES,
    api::RULES,
    evolution::RULES,
    cost::RULES,
    operability::RULES,
    compliance::RULES,
    fit::RULES,
];

/// All rules, in reading order.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

/// The rule with this id or name.
#[must_use]
pub fn rule(id_or_name: &str) -> Option<&'static Rule> {
    rules().find(|it| it.id.eq_ignore_ascii_case(id_or_name) || it.name == id_or_name)
}
