//! Two reviews of one system: what is new, what is mended, what stayed.

use std::collections::BTreeSet;

use architrave_model::Outcome;

use crate::Review;

/// What has changed since an earlier review.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// What it is compared with, as a person says it, e.g. `baseline.json` or `main`.
    pub with: String,
    /// Ids of findings that were there before and still are.
    pub known: BTreeSet<String>,
    /// Ids of findings that were there before and are gone (mended or waived).
    pub fixed: BTreeSet<String>,
}

impl Comparison {
    /// Compares a review with the ids of the findings of an earlier one.
    #[must_use]
    pub fn of(review: &Review, with: impl Into<String>, before: &BTreeSet<String>) -> Self {
        let now = review.failures();
        Self {
            with: with.into(),
            known: before.intersection(&now).cloned().collect(),
            fixed: before.difference(&now).cloned().collect(),
        }
    }
}

impl Review {
    /// Ids of what fails and is not waived.
    #[must_use]
    pub fn failures(&self) -> BTreeSet<String> {
        let failing = self.verdicts.iter().filter(|it| it.outcome == Outcome::Fail);
        failing.map(architrave_model::Verdict::id).collect()
    }
}
