//! Rules of the compliance family, in the order of their ids.

mod erasure_impossible;
mod no_evidence;
mod no_export;
mod no_retention;
mod pan_stored;
mod phi_controls;
mod pii_in_telemetry;
mod processor_undeclared;
mod regimes;
mod residency_violation;
mod unclassified_personal_data;
mod weak_audit_trail;

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[
    unclassified_personal_data::RULE,
    no_retention::RULE,
    residency_violation::RULE,
    erasure_impossible::RULE,
    pii_in_telemetry::RULE,
    processor_undeclared::RULE,
    weak_audit_trail::RULE,
    pan_stored::RULE,
    phi_controls::RULE,
    no_evidence::RULE,
    no_export::RULE,
];
