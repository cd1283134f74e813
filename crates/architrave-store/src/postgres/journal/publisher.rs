//! How far readers may go: moves the watermark over numbers that are there, and proves dead those that are not.
//!
//! A number is drawn by the insert into `journal_tx`, under the lock that every insert takes first and that its
//! transaction keeps until it is visible. So whoever may still fill a hole below a number that is visible holds that
//! lock, or has ended. Once all holders of one look have ended, what is missing below that number is missing for ever,
//! and a tombstone is inserted in its place; the primary key makes sure of it. Nobody waits for a time to pass, and
//! nothing is ever skipped. This is the machine alone: it neither asks nor tells the time.

use std::{collections::BTreeSet, ops::RangeInclusive};

/// A transaction that holds the lock of an insert. A backend's next transaction is another holder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder {
    /// PostgreSQL's name of the transaction, e.g. `4/1023`.
    pub(crate) transaction: String,
    /// Its process; none for a prepared transaction.
    pub(crate) process: Option<i32>,
}

/// What is visible of the journal: the watermark and the numbers above it, ascending, cut at some length.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sight {
    pub(crate) safe: u64,
    pub(crate) numbers: Vec<u64>,
}

/// What a look tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Looked {
    /// Readers may go as far as this.
    pub(crate) advance_to: Option<u64>,
    /// Numbers are missing: the holders of the lock are needed, as they are after the look.
    pub(crate) has_holes: bool,
}

/// What to do about holes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Some of these may still fill them.
    Wait(Vec<Holder>),
    /// Nobody can: these numbers are dead.
    Bury(Vec<RangeInclusive<u64>>),
    /// These have held the lock longer than their budget, since so many milliseconds: they have to end first.
    End(Vec<Holder>, u64),
}

/// The machine. One per node; several at a time do no harm.
#[derive(Debug)]
pub(crate) struct Publisher {
    budget_ms: u64,
    holes: Vec<RangeInclusive<u64>>,
    head: u64,
    gate: Option<Gate>,
}

/// Whoever may fill a hole up to `head` is among `holders`, or has ended.
#[derive(Debug)]
struct Gate {
    head: u64,
    holders: BTreeSet<Holder>,
    since_ms: u64,
}

impl Publisher {
    /// One that lets a transaction hold the journal up for so long.
    pub(crate) fn new(budget_ms: u64) -> Self {
        Self { budget_ms, holes: Vec::new(), head: 0, gate: None }
    }

    /// Takes in what is visible.
    pub(crate) fn look(&mut self, sight: &Sight) -> Looked {
        self.holes.clear();
        let mut reached = sight.safe;
        self.head = sight.safe;
        for number in sight.numbers.iter().copied().filter(|it| *it > sight.safe) {
            if number > self.head + 1 {
                self.holes.push(self.head + 1..=number - 1);
            } else if self.holes.is_empty() {
                reached = number;
            }
            self.head = number;
        }
        // The gate has nothing to guard once all below it is there.
        let first = self.holes.first().map(|it| *it.start());
        let is_passed = |it: &Gate| first.is_none_or(|first| first > it.head);
        if self.gate.as_ref().is_some_and(is_passed) {
            self.gate = None;
        }
        let has_holes = !self.holes.is_empty();
        Looked { advance_to: (reached > sight.safe).then_some(reached), has_holes }
    }

    /// Judges the holes of the last look by who holds the lock after it.
    pub(crate) fn judge(&mut self, holders: &[Holder], now_ms: u64) -> Verdict {
        let head = self.head;
        let gate = self.gate.get_or_insert_with(|| Gate {
            head,
            holders: holders.iter().cloned().collect(),
            since_ms: now_ms,
        });
        gate.holders.retain(|it| holders.contains(it));
        if gate.holders.is_empty() {
            let dead = cut(&self.holes, gate.head);
            self.gate = None;
            return Verdict::Bury(dead);
        }
        let waiting: Vec<Holder> = gate.holders.iter().cloned().collect();
        let since_ms = now_ms.saturating_sub(gate.since_ms);
        if since_ms < self.budget_ms {
            Verdict::Wait(waiting)
        } else {
            Verdict::End(waiting, since_ms)
        }
    }
}

/// The ranges as far as they are not above `head`.
fn cut(ranges: &[RangeInclusive<u64>], head: u64) -> Vec<RangeInclusive<u64>> {
    let below = ranges.iter().filter(|it| *it.start() <= head);
    below.map(|it| *it.start()..=(*it.end()).min(head)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(transaction: &str) -> Holder {
        Holder { transaction: transaction.into(), process: Some(1) }
    }

    fn sight(safe: u64, numbers: &[u64]) -> Sight {
        Sight { safe, numbers: numbers.to_vec() }
    }

    #[test]
    fn the_watermark_stands_before_the_first_hole() {
        let check = |safe: u64, numbers: &[u64], advance_to: Option<u64>, has_holes: bool| {
            let looked = Publisher::new(10).look(&sight(safe, numbers));
            assert_eq!(looked, Looked { advance_to, has_holes }, "{safe} {numbers:?}");
        };
        check(0, &[], None, false);
        check(0, &[1, 2, 3], Some(3), false);
        check(0, &[1, 2, 4], Some(2), true);
        check(7, &[9, 10], None, true);
        check(7, &[8], Some(8), false);
        // A look that began before another publisher moved the mark.
        check(7, &[6, 7, 8], Some(8), false);
    }

    #[test]
    fn a_hole_is_dead_when_all_who_could_fill_it_have_ended() {
        let mut publisher = Publisher::new(1_000);
        publisher.look(&sight(0, &[2, 5]));
        let (a, b, later) = (holder("1/1"), holder("2/1"), holder("1/2"));
        assert_eq!(publisher.judge(&[a.clone(), b.clone()], 0), Verdict::Wait(vec![a, b.clone()]));
        // Another transaction of the same backend cannot have drawn a number below.
        publisher.look(&sight(0, &[2, 5, 7]));
        assert_eq!(publisher.judge(&[later.clone(), b.clone()], 5), Verdict::Wait(vec![b]));
        assert_eq!(publisher.judge(&[later], 6), Verdict::Bury(vec![1..=1, 3..=4]));
    }

    #[test]
    fn nobody_holds_the_journal_up_for_longer_than_the_budget() {
        let mut publisher = Publisher::new(1_000);
        publisher.look(&sight(0, &[2]));
        let stuck = holder("1/1");
        assert_eq!(
            publisher.judge(std::slice::from_ref(&stuck), 0),
            Verdict::Wait(vec![stuck.clone()])
        );
        assert_eq!(
            publisher.judge(std::slice::from_ref(&stuck), 1_000),
            Verdict::End(vec![stuck], 1_000)
        );
        assert_eq!(publisher.judge(&[], 1_001), Verdict::Bury(vec![1..=1]));
    }

    #[test]
    fn a_hole_that_was_filled_is_waited_for_no_longer() {
        let mut publisher = Publisher::new(1_000);
        publisher.look(&sight(0, &[2]));
        publisher.judge(&[holder("1/1")], 0);
        publisher.look(&sight(0, &[1, 2, 4]));
        let other = holder("3/1");
        assert_eq!(
            publisher.judge(std::slice::from_ref(&other), 900),
            Verdict::Wait(vec![other.clone()])
        );
        assert_eq!(
            publisher.judge(std::slice::from_ref(&other), 1_100),
            Verdict::Wait(vec![other])
        );
    }
}
