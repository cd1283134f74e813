//! What a run says about each objective: kept, missed, or nothing.

use architrave_model::{Slo, words};

use super::tally::{ClassTally, Times};

/// Requests that must lie beyond a percentile before it says anything: with fewer, one outlier is the percentile.
const BEYOND_MIN: u64 = 10;
/// Where an objective is missed, the generator may have been late by this share of it at most, in parts of it.
const LAG_SHARE: u64 = 10;
/// Share of requests that may be refused by design, in parts per million: more, and it is refusals that were measured.
const REFUSED_PPM_MAX: u64 = 50_000;

/// What can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// It holds.
    Kept,
    /// The run does not say.
    CannotTell,
    /// It does not hold.
    Missed,
}

impl Judgement {
    /// As shown, and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::CannotTell => "cannot tell",
            Self::Missed => "missed",
        }
    }
}

/// What an objective promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// So many requests, in parts per million, take no longer than so many microseconds.
    Latency {
        /// Percentile in parts per million.
        ppm: u32,
        /// Microseconds.
        at_most_us: u64,
    },
    /// So many requests, in parts per million, are answered.
    Availability {
        /// Parts per million.
        at_least_ppm: u32,
    },
}

/// One promise of an objective, for one operation, at one load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Name of the objective.
    pub slo: String,
    /// The operation.
    pub operation: String,
    /// Times the peak.
    pub factor: u32,
    /// What was promised.
    pub goal: Goal,
    /// What was measured: microseconds, or parts per million that were answered. None where nothing was.
    pub measured: Option<u64>,
    /// Requests that it rests on.
    pub requests: u64,
    /// What follows.
    pub judgement: Judgement,
    /// Why, in a sentence.
    pub because: String,
}

/// What a step measured, as far as verdicts need it.
#[derive(Clone, Copy)]
pub struct Measured<'a> {
    /// Times the peak.
    pub factor: u32,
    /// (operation, what was counted).
    pub classes: &'a [(&'a str, &'a ClassTally)],
    /// How late the generator was.
    pub lag: &'a Times,
}

/// Judges every promise of every objective at one load. Where there is doubt about the whole run, such as a machine
/// that was not quiet, nothing can be told, however good the figures look.
#[must_use]
pub fn verdicts(slos: &[Slo], measured: Measured<'_>, doubt: Option<&str>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for slo in slos {
        for operation in &slo.covers {
            for goal in goals(slo) {
                verdicts.push(one(slo, &operation.text, goal, measured, doubt));
            }
        }
    }
    verdicts
}

fn goals(slo: &Slo) -> Vec<Goal> {
    let latency = slo
        .latency
        .iter()
        .map(|(ppm, us)| Goal::Latency { ppm: *ppm, at_most_us: u64::try_from(*us).unwrap_or(0) });
    let availability = slo.availability_ppm.map(|it| Goal::Availability { at_least_ppm: it });
    latency.chain(availability).collect()
}

fn one(
    slo: &Slo,
    operation: &str,
    goal: Goal,
    measured: Measured<'_>,
    doubt: Option<&str>,
) -> Verdict {
    let class = measured.classes.iter().find(|it| it.0 == operation).map(|it| it.1);
    let class = class.filter(|it| it.requests > 0);
    let (judgement, because, value) = match class {
        None => (Judgement::CannotTell, "no request of it was sent".to_owned(), None),
        Some(class) => {
            let value = value(goal, class);
            let (judgement, because) = judge(goal, value, class, measured.lag, doubt);
            (judgement, because, Some(value))
        }
    };
    Verdict {
        slo: slo.name.text.clone(),
        operation: operation.to_owned(),
        factor: measured.factor,
        goal,
        measured: value,
        requests: class.map_or(0, |it| it.requests),
        judgement,
        because,
    }
}

fn value(goal: Goal, class: &ClassTally) -> u64 {
    match goal {
        Goal::Latency { ppm, .. } => class.latency.at_ppm(ppm).div_ceil(1_000),
        Goal::Availability { .. } => {
            let answered = class.requests - class.failures();
            share_ppm(answered, class.requests)
        }
    }
}

fn judge(
    goal: Goal,
    value: u64,
    class: &ClassTally,
    lag: &Times,
    doubt: Option<&str>,
) -> (Judgement, String) {
    let told = told(goal, value, class);
    let cannot = |why: &str| (Judgement::CannotTell, format!("{told}; {why}"));
    if let Some(doubt) = doubt {
        return cannot(doubt);
    }
    let refused = share_ppm(class.refusals(), class.requests);
    if refused > REFUSED_PPM_MAX {
        return cannot(&format!("{} were refused by design", words::percent(refused)));
    }
    match goal {
        Goal::Latency { ppm, at_most_us } => {
            let needed = BEYOND_MIN * 1_000_000 / u64::from(1_000_000 - ppm.min(999_999)).max(1);
            let lag_us = lag.at_ppm(ppm) / 1_000;
            if class.requests < needed {
                let needed = words::grouped(needed);
                cannot(&format!("this percentile needs {needed} requests: run longer"))
            } else if value <= at_most_us {
                // The generator's own lag is part of what was measured: it can only have made it worse.
                (Judgement::Kept, told)
            } else if lag_us * LAG_SHARE > at_most_us {
                let late = words::time(i64::try_from(lag_us).unwrap_or(i64::MAX));
                cannot(&format!("the generator itself was late by {late}"))
            } else {
                (Judgement::Missed, told)
            }
        }
        Goal::Availability { at_least_ppm } if value >= u64::from(at_least_ppm) => {
            (Judgement::Kept, told)
        }
        Goal::Availability { .. } => (Judgement::Missed, told),
    }
}

fn told(goal: Goal, value: u64, class: &ClassTally) -> String {
    let requests = words::grouped(class.requests);
    match goal {
        Goal::Latency { ppm, at_most_us } => {
            let time = |us: u64| words::time(i64::try_from(us).unwrap_or(i64::MAX));
            format!(
                "{} {} of at most {}, {requests} requests",
                percentile(ppm),
                time(value),
                time(at_most_us)
            )
        }
        Goal::Availability { at_least_ppm } => format!(
            "{} of {requests} requests failed; {} must be answered",
            words::grouped(class.failures()),
            words::percent(u64::from(at_least_ppm))
        ),
    }
}

/// `p99`, `p99.9`.
#[must_use]
pub fn percentile(ppm: u32) -> String {
    format!("p{}", words::percent(u64::from(ppm)).trim_end_matches(" %"))
}

fn share_ppm(part: u64, whole: u64) -> u64 {
    let ppm = u128::from(part) * 1_000_000 / u128::from(whole.max(1));
    u64::try_from(ppm).unwrap_or(u64::MAX)
}

/// What all verdicts up to a load come to: one that is missed is enough, then one that cannot be told.
#[must_use]
pub fn overall(verdicts: &[Verdict], factor_max: u32) -> Judgement {
    let decisive = verdicts.iter().filter(|it| it.factor <= factor_max);
    decisive.map(|it| it.judgement).max().unwrap_or(Judgement::CannotTell)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use architrave_model::{Name, Slo, Span};

    use super::{Judgement, Measured, overall, verdicts};
    use crate::load::{
        tally::{ClassTally, Times},
        wire::Outcome,
    };

    const MS: u64 = 1_000_000;

    fn slo(latency: &[(u32, i64)], availability_ppm: Option<u32>) -> Slo {
        let name = |text: &str| Name { text: text.to_owned(), span: Span::default() };
        Slo {
            name: name("browse"),
            doc: String::new(),
            covers: vec![name("catalog.Product.read")],
            availability_ppm,
            latency: latency.to_vec(),
            window_us: None,
            span: Span::default(),
        }
    }

    fn times(all: &[(u64, u64)]) -> Times {
        let mut times = Times::exact().unwrap();
        for (ms, count) in all {
            (0..*count).for_each(|_| times.add(ms * MS));
        }
        times
    }

    /// (milliseconds, requests), (outcome, requests)
    fn counted(latency: &[(u64, u64)], outcomes: &[(Outcome, u64)]) -> ClassTally {
        ClassTally {
            requests: latency.iter().map(|it| it.1).sum(),
            latency: times(latency),
            outcomes: outcomes.iter().copied().collect::<BTreeMap<_, _>>(),
            body_bytes: 0,
        }
    }

    fn judge(slo: &Slo, class: &ClassTally, lag_ms: u64, is_quiet: bool) -> (Judgement, String) {
        let classes = [("catalog.Product.read", class)];
        let lag = times(&[(lag_ms, 100)]);
        let measured = Measured { factor: 1, classes: &classes, lag: &lag };
        let doubt = (!is_quiet).then_some("the machine was not quiet");
        let verdicts = verdicts(std::slice::from_ref(slo), measured, doubt);
        assert_eq!(verdicts.len(), 1);
        (verdicts[0].judgement, verdicts[0].because.clone())
    }

    #[test]
    fn a_latency_is_kept_missed_or_cannot_be_told() {
        use Judgement::{CannotTell, Kept, Missed};
        let p99 = slo(&[(990_000, 150_000)], None);
        let ok = |requests| vec![(Outcome::Answered(200), requests)];
        for (latency, outcomes, lag_ms, is_quiet, expected, why) in [
            (vec![(10, 995), (200, 5)], ok(1_000), 0, true, Kept, "p99"),
            (vec![(10, 980), (200, 20)], ok(1_000), 0, true, Missed, "of at most 150 ms"),
            // Good figures of a noisy machine are no good figures, and bad ones no bad ones.
            (vec![(10, 1_000)], ok(1_000), 0, false, CannotTell, "not quiet"),
            (vec![(200, 1_000)], ok(1_000), 0, false, CannotTell, "not quiet"),
            (vec![(10, 999)], ok(999), 0, true, CannotTell, "needs 1,000 requests"),
            // The generator's lag is part of the latency: it excuses, and never improves.
            (vec![(200, 1_000)], ok(1_000), 100, true, CannotTell, "itself was late"),
            (vec![(10, 1_000)], ok(1_000), 100, true, Kept, "1,000 requests"),
            (
                vec![(10, 1_000)],
                vec![(Outcome::Answered(409), 51), (Outcome::Answered(200), 949)],
                0,
                true,
                CannotTell,
                "5.1 % were refused",
            ),
            (vec![], vec![], 0, true, CannotTell, "no request of it"),
        ] {
            let class = counted(&latency, &outcomes);
            let (judgement, because) = judge(&p99, &class, lag_ms, is_quiet);
            assert_eq!(judgement, expected, "{latency:?}: {because}");
            assert!(because.contains(why), "{latency:?}: {because}");
        }
    }

    #[test]
    fn availability_counts_what_the_server_failed() {
        let three_nines = slo(&[], Some(999_000));
        for (outcomes, expected) in [
            (vec![(Outcome::Answered(200), 1_000)], Judgement::Kept),
            (vec![(Outcome::Answered(200), 999), (Outcome::Late, 1)], Judgement::Kept),
            (vec![(Outcome::Answered(200), 998), (Outcome::Answered(503), 2)], Judgement::Missed),
            (vec![(Outcome::Answered(200), 998), (Outcome::NoRoom, 2)], Judgement::Missed),
            // A missing row is an answer.
            (vec![(Outcome::Answered(200), 990), (Outcome::Answered(404), 10)], Judgement::Kept),
        ] {
            let class = counted(&[(1, 1_000)], &outcomes);
            assert_eq!(judge(&three_nines, &class, 0, true).0, expected, "{outcomes:?}");
        }
    }

    #[test]
    fn one_that_is_missed_decides_within_the_factors_that_must_hold() {
        let p99 = slo(&[(990_000, 150_000)], None);
        let good = counted(&[(1, 1_000)], &[(Outcome::Answered(200), 1_000)]);
        let bad = counted(&[(900, 1_000)], &[(Outcome::Answered(200), 1_000)]);
        let lag = times(&[]);
        let mut all = Vec::new();
        for (factor, class) in [(1, &good), (10, &bad)] {
            let classes = [("catalog.Product.read", class)];
            let measured = Measured { factor, classes: &classes, lag: &lag };
            all.extend(verdicts(std::slice::from_ref(&p99), measured, None));
        }
        assert_eq!(overall(&all, 1), Judgement::Kept);
        assert_eq!(overall(&all, 10), Judgement::Missed);
        assert_eq!(overall(&all, 0), Judgement::CannotTell);
    }
}
