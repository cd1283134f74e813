//! What a node holds of one budget: a few requests that the database granted in advance, for a short time.
//!
//! The database counts a request when it grants it, the node spends it within the slice's time. So whatever is
//! accepted within any span was granted within that span or one slice's time before it: at most what the budget allows
//! plus what comes back to it in that time. What is not spent goes back, and may be counted against a budget that was
//! full meanwhile; that is the same amount once more. With slices of 1 % of the period a cluster of any size stays
//! within +2 %, whatever the slices' sizes, which only decide how often the database is asked.

/// A slice is good for one part in so many of the budget's period.
const PARTS: i64 = 100;
/// Most requests of one slice.
pub(super) const WANTED_MAX: u32 = 1_000;

/// A slice of one budget. All times are of one clock of this node, in microseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Slice {
    granted: u32,
    spent: u32,
    until_us: i64,
    /// How many more the budget itself had when it was asked, and when it would be full.
    left: u32,
    full_at_us: i64,
    /// Where the budget was used up: when it may be asked again, and from when on there is one more.
    refused_until_us: i64,
    one_more_at_us: i64,
}

/// What the database granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grant {
    /// How many requests; none where the budget is used up.
    pub(super) granted: u32,
    /// How many more it has.
    pub(super) left: u32,
    /// Until it is full again.
    pub(super) full_in_us: i64,
    /// Until there is one more, where there was none.
    pub(super) one_more_in_us: i64,
}

/// What the slice says of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It may go on: this many may follow, and the budget is full in so long.
    Yes { remaining: u32, full_in_us: i64 },
    /// It may not, for so long.
    No { full_in_us: i64, one_more_in_us: i64 },
    /// The database has to be asked: for so many, with so many given back.
    Ask { wanted: u32, unspent: u32 },
}

impl Slice {
    /// How long a slice of a budget with this period is good, in microseconds.
    pub(super) fn time_us(period_us: i64) -> i64 {
        (period_us / PARTS).max(1)
    }

    /// Spends one, if there is one.
    pub(super) fn spend(&mut self, now_us: i64) -> Said {
        let full_in_us = (self.full_at_us - now_us).max(0);
        if now_us < self.refused_until_us {
            let one_more_in_us = (self.one_more_at_us - now_us).max(1);
            return Said::No { full_in_us, one_more_in_us };
        }
        let held = self.granted - self.spent;
        if held > 0 && now_us < self.until_us {
            self.spent += 1;
            return Said::Yes { remaining: held - 1 + self.left, full_in_us };
        }
        // As many as were spent, and twice as many where that was all of them before the time was over.
        let is_short = held == 0 && self.granted > 0 && now_us < self.until_us;
        let wanted = if is_short { self.spent.saturating_mul(2) } else { self.spent };
        Said::Ask { wanted: wanted.clamp(1, WANTED_MAX), unspent: held }
    }

    /// Takes in what was granted, behind a question that was sent at `asked_us`. What was given back is gone.
    pub(super) fn granted(&mut self, grant: Grant, asked_us: i64, period_us: i64) {
        let time_us = Self::time_us(period_us);
        *self = Self {
            granted: grant.granted,
            spent: 0,
            until_us: asked_us + time_us,
            left: grant.left,
            full_at_us: asked_us + grant.full_in_us,
            ..Self::default()
        };
        if grant.granted == 0 && grant.left == 0 {
            // Others may give back, so the database is asked again before the time is over.
            self.refused_until_us = asked_us + time_us.min(grant.one_more_in_us);
            self.one_more_at_us = asked_us + grant.one_more_in_us;
        }
    }

    /// Whether nothing of it matters any more.
    pub(super) fn is_over(&self, now_us: i64) -> bool {
        now_us >= self.until_us.max(self.refused_until_us)
    }

    /// What is to be given back where the time is over.
    pub(super) fn unspent(&self, now_us: i64) -> Option<u32> {
        let held = self.granted - self.spent;
        (held > 0 && now_us >= self.until_us).then_some(held)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND_US: i64 = 1_000_000;

    /// The budget as the statement in the database keeps it.
    struct Budget {
        full_at_us: i64,
        interval_us: i64,
        period_us: i64,
    }

    impl Budget {
        fn ask(&mut self, now_us: i64, wanted: u32, unspent: u32) -> Grant {
            let full_at_us = (self.full_at_us - i64::from(unspent) * self.interval_us).max(now_us);
            let left = ((self.period_us - (full_at_us - now_us)) / self.interval_us).max(0);
            let granted = i64::from(wanted).min((left / 4).max(1)).min(left);
            self.full_at_us = full_at_us + granted * self.interval_us;
            Grant {
                granted: u32::try_from(granted).unwrap(),
                left: u32::try_from(left - granted).unwrap(),
                full_in_us: self.full_at_us - now_us,
                one_more_in_us: (self.full_at_us + self.interval_us - self.period_us - now_us)
                    .max(1),
            }
        }
    }

    fn is_let_in(slice: &mut Slice, budget: &mut Budget, now_us: i64) -> bool {
        loop {
            match slice.spend(now_us) {
                Said::Yes { .. } => return true,
                Said::No { .. } => return false,
                Said::Ask { wanted, unspent } => {
                    let grant = budget.ask(now_us, wanted, unspent);
                    slice.granted(grant, now_us, budget.period_us);
                }
            }
        }
    }

    #[test]
    fn one_node_gets_its_budget_and_then_what_comes_back() {
        let mut budget =
            Budget { full_at_us: 0, interval_us: SECOND_US, period_us: 100 * SECOND_US };
        let mut slice = Slice::default();
        let let_in = (0..300).filter(|it| is_let_in(&mut slice, &mut budget, *it)).count();
        assert_eq!(let_in, 100);
        assert!(!is_let_in(&mut slice, &mut budget, SECOND_US / 2));
        assert!(is_let_in(&mut slice, &mut budget, 2 * SECOND_US));
    }

    proptest! {
        /// Whoever asks whichever node, as fast or slowly as they like: within any span that begins with a full
        /// budget no more than budget and rate allow, plus 2 %, plus one.
        #[test]
        fn a_cluster_stays_within_two_percent(
            count in 1_i64..400,
            asks in prop::collection::vec((0_usize..3, 0_i64..2_000_000), 1..600),
        ) {
            let period_us = 60 * SECOND_US;
            let mut budget = Budget { full_at_us: 0, interval_us: (period_us + count - 1) / count, period_us };
            let mut nodes = [Slice::default(); 3];
            let (mut now_us, mut let_in) = (0, Vec::new());
            for (node, pause_us) in asks {
                now_us += pause_us / if count > 100 { 100 } else { 1 };
                if is_let_in(&mut nodes[node], &mut budget, now_us) {
                    let_in.push(now_us);
                }
            }
            for (first, from_us) in let_in.iter().enumerate() {
                for (last, to_us) in let_in.iter().enumerate().skip(first) {
                    let allowed = count as f64 + (to_us - from_us) as f64 * count as f64 / period_us as f64;
                    prop_assert!((last - first + 1) as f64 <= allowed * 1.02 + 1.0);
                }
            }
        }
    }
}
