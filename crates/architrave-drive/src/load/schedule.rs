//! When each request is to be sent: worked out beforehand, so that a slow answer delays no later request.

use crate::random::Random;

/// Most requests that one schedule may plan: a day at 200 a second, or a quarter of an hour at 20,000.
pub const PLANNED_MAX: u64 = 20_000_000;

/// How arrivals follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrivals {
    /// Independent of each other, as many people are: a Poisson process.
    #[default]
    Independent,
    /// Evenly spaced.
    Even,
}

/// A request to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Nanoseconds since the start.
    pub at_ns: u64,
    /// Position of its class among the weights.
    pub class: usize,
}

/// Requests in the order in which they are to be sent. Classes are drawn by weight; the classes of a Poisson
/// process, drawn so, are independent Poisson processes themselves.
#[derive(Debug, Clone)]
pub struct Schedule {
    gaps: Random,
    drawn: Drawn,
    arrivals: Arrivals,
    gap_ns: f64,
    at_ns: f64,
    end_ns: u64,
    left: u64,
}

/// Classes drawn by weight, without end.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    random: Random,
    /// Sums of the weights up to and including each class.
    bounds: Vec<u64>,
}

impl Drawn {
    pub(super) fn new(seed: u64, weights: &[u64]) -> Self {
        let mut sum = 0_u64;
        let bounds = weights.iter().map(|it| {
            sum = sum.saturating_add(*it);
            sum
        });
        Self { bounds: bounds.collect(), random: Random::new(seed, "load: classes", 0) }
    }

    /// Whether no class has any weight.
    pub(super) fn is_empty(&self) -> bool {
        self.sum() == 0
    }

    fn sum(&self) -> u64 {
        self.bounds.last().copied().unwrap_or(0)
    }

    /// The next class; the first one where none has any weight.
    pub(super) fn next(&mut self) -> usize {
        let drawn = self.random.below(self.sum());
        self.bounds.partition_point(|it| *it <= drawn)
    }
}

impl Schedule {
    /// Requests for `duration_ns` at a rate in thousandths per second. Classes of weight 0 get none.
    #[must_use]
    pub fn new(
        seed: u64,
        arrivals: Arrivals,
        milli_per_s: u64,
        duration_ns: u64,
        weights: &[u64],
    ) -> Self {
        let drawn = Drawn::new(seed, weights);
        let is_empty = milli_per_s == 0 || drawn.is_empty();
        let gap_ns = 1e12 / milli_per_s.max(1) as f64;
        Self {
            gaps: Random::new(seed, "load: gaps", milli_per_s),
            drawn,
            arrivals,
            gap_ns,
            // The first one is half a gap away, so that rate times time is the count.
            at_ns: if arrivals == Arrivals::Even { -gap_ns / 2.0 } else { 0.0 },
            end_ns: duration_ns,
            left: if is_empty { 0 } else { PLANNED_MAX },
        }
    }

    /// How many classes there are.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.drawn.bounds.len()
    }

    /// For how long requests are planned, in nanoseconds.
    #[must_use]
    pub fn duration_ns(&self) -> u64 {
        self.end_ns
    }

    /// How many requests of each class there will be.
    #[must_use]
    pub fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.drawn.bounds.len()];
        for planned in self.clone() {
            if let Some(count) = counts.get_mut(planned.class) {
                *count += 1;
            }
        }
        counts
    }
}

impl Iterator for Schedule {
    type Item = Planned;

    fn next(&mut self) -> Option<Planned> {
        self.left = self.left.checked_sub(1)?;
        let gap = match self.arrivals {
            Arrivals::Even => 1.0,
            // The inverse of the exponential distribution; `1 - unit` is never 0.
            Arrivals::Independent => -(1.0 - self.gaps.unit()).ln(),
        };
        self.at_ns += gap * self.gap_ns;
        // Saturates; a schedule lasts far less than 2^53 ns, which is 104 days.
        let at_ns = self.at_ns as u64;
        if at_ns >= self.end_ns {
            self.left = 0;
            return None;
        }
        Some(Planned { at_ns, class: self.drawn.next() })
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrivals, Planned, Schedule};

    const SECOND: u64 = 1_000_000_000;

    fn planned(seed: u64, arrivals: Arrivals, per_s: u64, weights: &[u64]) -> Vec<Planned> {
        Schedule::new(seed, arrivals, per_s * 1_000, 20 * SECOND, weights).collect()
    }

    #[test]
    fn the_rate_is_kept_and_classes_get_their_share() {
        for seed in 1..6 {
            let independent = planned(seed, Arrivals::Independent, 1_000, &[90, 0, 10]);
            // Four standard deviations of a Poisson count: 4 * sqrt(20,000).
            assert!(
                (19_434..=20_566).contains(&independent.len()),
                "{seed}: {}",
                independent.len()
            );
            let writes = independent.iter().filter(|it| it.class == 2).count();
            assert!((1_820..=2_180).contains(&writes), "{seed}: {writes}");
            assert!(independent.iter().all(|it| it.class != 1));
            let even = planned(seed, Arrivals::Even, 1_000, &[1]);
            assert_eq!(even.len(), 20_000);
            assert_eq!(even.first().map(|it| it.at_ns), Some(500_000));
            assert!(even.windows(2).all(|it| it[1].at_ns.abs_diff(it[0].at_ns + 1_000_000) <= 1));
        }
    }

    #[test]
    fn gaps_are_exponential() {
        let all = planned(1, Arrivals::Independent, 1_000, &[1]);
        let gaps: Vec<u64> = all.windows(2).map(|it| it[1].at_ns - it[0].at_ns).collect();
        let share =
            |above: u64| gaps.iter().filter(|it| **it > above).count() as f64 / gaps.len() as f64;
        for (above, expected) in [(0.5_f64, 0.6065), (1.0, 0.3679), (2.0, 0.1353), (4.0, 0.0183)] {
            let share = share((above * 1e6) as u64);
            assert!((share - expected).abs() < 0.01, "{above}: {share} for {expected}");
        }
    }

    #[test]
    fn the_same_seed_plans_the_same_and_counts_are_those_of_the_run() {
        let plan = |seed| planned(seed, Arrivals::Independent, 100, &[3, 1]);
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        let schedule = Schedule::new(7, Arrivals::Independent, 100_000, 20 * SECOND, &[3, 1]);
        let writes = plan(7).iter().filter(|it| it.class == 1).count() as u64;
        assert_eq!(schedule.counts()[1], writes);
        assert_eq!(schedule.counts()[0] + writes, plan(7).len() as u64);
    }

    #[test]
    fn nothing_is_planned_where_there_is_nothing_to_plan() {
        for (rate, duration, weights) in
            [(0, SECOND, vec![1]), (1_000, 0, vec![1]), (1_000, SECOND, vec![0]), (1, 1, vec![])]
        {
            let schedule = Schedule::new(1, Arrivals::Independent, rate, duration, &weights);
            assert_eq!(schedule.count(), 0);
        }
    }
}
