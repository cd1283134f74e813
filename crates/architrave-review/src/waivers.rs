//! Findings that somebody took upon themselves, for a time.

use architrave_model::{Outcome, Verdict, Waiver};

use crate::{Review, pattern::matches, tell::day};

/// What became of some waivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waived {
    /// Those that have ended and would have waived something: it is a finding again.
    pub expired: Vec<Waiver>,
    /// Those that match no finding: what they were about is mended or renamed.
    pub unused: Vec<Waiver>,
}

impl Review {
    /// Takes findings away that somebody took upon themselves. The last day of a waiver counts.
    pub fn waive(&mut self, waivers: &[Waiver], as_of_day: i32) -> Waived {
        let mut result = Waived::default();
        for waiver in waivers {
            let is_over = waiver.until_day < as_of_day;
            let mut has_matched = false;
            for verdict in &mut self.verdicts {
                let is_open = matches!(verdict.outcome, Outcome::Fail | Outcome::Waived);
                if is_open && matches(&waiver.pattern, &verdict.id()) {
                    has_matched = true;
                    mark(verdict, waiver, is_over);
                }
            }
            match (has_matched, is_over) {
                (false, _) => result.unused.push(waiver.clone()),
                (true, true) => result.expired.push(waiver.clone()),
                (true, false) => {}
            }
        }
        self.sort();
        result
    }
}

fn mark(verdict: &mut Verdict, waiver: &Waiver, is_over: bool) {
    if verdict.outcome == Outcome::Waived {
        return;
    }
    if is_over {
        let ended = day::written(waiver.until_day);
        verdict.because.push(format!("{} accepted it until {ended}, which is over", waiver.owner));
    } else {
        verdict.outcome = Outcome::Waived;
        verdict.waiver = Some(waiver.clone());
    }
}
