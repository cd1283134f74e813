//! What a review comes to: how much was judged, and what to mend first.

use std::collections::BTreeMap;

use architrave_model::{Level, Outcome, Verdict};

use super::Report;

/// Most rules that are named as those to mend first.
const FIRST_MAX: usize = 5;

/// What became of every rule. A rule counts once, by the gravest of its verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rules that were asked.
    pub evaluated: usize,
    /// Rules that there are.
    pub all: usize,
    /// Rules that hold wherever they apply.
    pub pass: usize,
    /// Rules that are broken somewhere.
    pub fail: usize,
    /// Rules that are broken only where somebody took it upon themselves.
    pub waived: usize,
    /// Rules that miss a fact somewhere and are broken nowhere.
    pub cannot_tell: usize,
    /// Rules about something that is not there.
    pub not_applicable: usize,
}

/// One rule to mend first.
#[derive(Debug, Clone, Copy)]
pub struct MendFirst<'r> {
    /// The gravest of its findings.
    pub first: &'r Verdict,
    /// How many findings it has.
    pub count: usize,
}

impl Report {
    /// What became of every rule.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut worst: BTreeMap<&str, Outcome> = BTreeMap::new();
        for verdict in &self.review.verdicts {
            let outcome = worst.entry(verdict.rule).or_insert(Outcome::NotApplicable);
            *outcome = (*outcome).min(verdict.outcome);
        }
        let asked: Vec<&str> = self.rules().map(|it| it.id).collect();
        let count = |outcome: Outcome| {
            asked.iter().filter(|it| worst.get(*it).is_some_and(|it| *it == outcome)).count()
        };
        Coverage {
            evaluated: asked.iter().filter(|it| worst.contains_key(*it)).count(),
            all: crate::rules().count(),
            pass: count(Outcome::Pass),
            fail: count(Outcome::Fail),
            waived: count(Outcome::Waived),
            cannot_tell: count(Outcome::CannotTell),
            not_applicable: count(Outcome::NotApplicable),
        }
    }

    /// How many findings there are of each level, the gravest first; levels without any are left out.
    #[must_use]
    pub fn levels(&self) -> Vec<(Level, usize)> {
        let mut counts: BTreeMap<Level, usize> = BTreeMap::new();
        for verdict in self.news() {
            *counts.entry(verdict.level).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// The five rules to mend first: the gravest, and of equals the one that is broken most often.
    #[must_use]
    pub fn mend_first(&self) -> Vec<MendFirst<'_>> {
        let mut by_rule: BTreeMap<&str, MendFirst<'_>> = BTreeMap::new();
        // Verdicts are sorted: the first of a rule is its gravest.
        for verdict in self.news() {
            let entry =
                by_rule.entry(verdict.rule).or_insert(MendFirst { first: verdict, count: 0 });
            entry.count += 1;
        }
        let mut all: Vec<MendFirst<'_>> = by_rule.into_values().collect();
        all.sort_by_key(|it| (it.first.level, std::cmp::Reverse(it.count), it.first.rule));
        all.truncate(FIRST_MAX);
        all
    }
}
