//! Decisions as pages speak of them.

use architrave_model::{
    Assessment,
    decision::{Considered, Decision, Record},
};

use crate::page;

/// The decision of this name, e.g. `primary_store`.
pub(crate) fn by<'a>(assessment: &'a Assessment, name: &str) -> Option<&'a Decision> {
    assessment.decisions.iter().find(|it| it.name == name)
}

/// What a decision is about, e.g. "primary store" or "API style".
pub(crate) fn words(decision: &Decision) -> String {
    decision.name.replace('_', " ").replace("api", "API")
}

/// What was chosen.
pub(crate) fn option(decision: &Decision) -> Option<&Considered> {
    decision.options.iter().find(|it| it.name == decision.chosen)
}

/// The record that holds now.
pub(crate) fn record<'a>(assessment: &'a Assessment, decision: &Decision) -> Option<&'a Record> {
    let of = assessment.records.iter().filter(|it| it.decision == decision.id);
    of.filter(|it| it.superseded_by.is_none()).max_by_key(|it| it.number)
}

/// `D-02`, as a link to its record where there is one.
pub(crate) fn link(assessment: &Assessment, decision: &Decision, from: &str) -> String {
    match record(assessment, decision) {
        Some(it) => page::link(&decision.id, from, &format!("decisions/{}", it.path)),
        None => page::escape(&decision.id),
    }
}
