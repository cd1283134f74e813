//! Everything that a run came to, for whoever tells it: on a terminal, as JSON, as a page, as a file of measurements.

use architrave_model::{
    measurement::{MEASUREMENTS_VERSION, Measurements},
    words,
};
use architrave_plan::Plan;

use super::{
    machine,
    run::Run,
    server::{Figures, Server},
    verdict::{Judgement, Verdict, overall},
    workload::{Class, Workload},
};

/// How busy a resource must be to be what ran out, in parts per million.
const EXHAUSTED_PPM: u64 = 850_000;

/// A whole run.
#[derive(Debug, Clone)]
pub struct Report {
    /// What `capacity` reads.
    pub measurements: Measurements,
    /// What was asked for.
    pub classes: Vec<Class>,
    /// The steps, in the order of their factors.
    pub steps: Vec<StepRun>,
    /// What was used at the last point of the curve, where clients ask as fast as they are answered.
    pub saturated: Option<Used>,
    /// What the run says about each objective.
    pub verdicts: Vec<Verdict>,
    /// Why the machine was not quiet; empty where it was.
    pub noise: Vec<String>,
    /// Why it is not all that was asked for; none where it is.
    pub ended_early: Option<Ended>,
    /// What was assumed about the workload.
    pub assumptions: Vec<String>,
    /// (operation, why it was not asked for).
    pub left_out: Vec<(String, String)>,
}

/// That a run did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// During which block, and what happened.
    pub why: String,
    /// Whether somebody wanted it so; else the server is gone.
    pub is_stopped: bool,
}

/// One step.
#[derive(Debug, Clone)]
pub struct StepRun {
    /// Times the peak.
    pub factor: u32,
    /// Requests that were to be sent, in thousandths per second.
    pub offered_milli_per_s: u64,
    /// What was counted.
    pub run: Run,
    /// What was used.
    pub used: Used,
}

/// How busy resources were during a run, in parts per million; none where nobody says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// All processors of the server.
    pub processors_ppm: Option<u64>,
    /// The one writer of its database.
    pub writer_ppm: Option<u64>,
    /// The generator's one processor.
    pub generator_ppm: Option<u64>,
}

impl Used {
    pub(super) fn of(server: &Server, figures: Figures, run: &Run) -> Self {
        let time = run.tally.ended_ns.max(1);
        let share = |ns: Option<u64>, whole: u64| {
            ns.map(|it| {
                u64::try_from(u128::from(it) * 1_000_000 / u128::from(whole)).unwrap_or(u64::MAX)
            })
        };
        Self {
            processors_ppm: share(
                figures.processor_ns,
                time.saturating_mul(server.processors.max(1)),
            ),
            writer_ppm: share(figures.writer_ns, time),
            generator_ppm: share(run.processor_ns, time),
        }
    }

    /// The busiest resource of the server and how busy it was.
    #[must_use]
    pub fn busiest(&self) -> Option<(&'static str, u64)> {
        let all = [
            ("the server's processors", self.processors_ppm),
            ("the one writer of the database", self.writer_ppm),
        ];
        let known = all.into_iter().filter_map(|(name, ppm)| Some((name, ppm?)));
        known.max_by_key(|it| it.1)
    }
}

impl StepRun {
    /// Answers that came, in thousandths per second.
    #[must_use]
    pub fn achieved_milli_per_s(&self) -> u64 {
        let tally = &self.run.tally;
        milli_per_s(tally.answered(), tally.ended_ns.max(self.run.duration_ns))
    }
}

impl Report {
    pub(super) fn new(plan: &Plan, server: &Server, workload: &Workload) -> Self {
        let measurements = Measurements {
            version: MEASUREMENTS_VERSION,
            taken_at: machine::now(),
            system: plan.system.name.text.clone(),
            plan_hash: plan.hash.clone(),
            program: format!("architrave {}", env!("CARGO_PKG_VERSION")),
            store: "sqlite".to_owned(),
            machine: machine::machine(server.processors),
            ..Measurements::default()
        };
        Self {
            measurements,
            classes: workload.classes.clone(),
            steps: Vec::new(),
            saturated: None,
            verdicts: Vec::new(),
            noise: Vec::new(),
            ended_early: None,
            assumptions: workload.assumptions.clone(),
            left_out: workload.left_out.clone(),
        }
    }

    /// Whether nothing was measured.
    pub(super) fn is_empty(&self) -> bool {
        self.measurements.sweep.is_empty() && self.steps.is_empty()
    }

    /// Marks that the run did not come to its end: the quiet block was not repeated, so that nobody knows whether the
    /// machine was quiet.
    pub(super) fn end_early(&mut self, ended: Ended) {
        self.measurements.ended_early = Some(ended.why.clone());
        self.measurements.noise.is_quiet = false;
        self.measurements.noise.last_milli_per_s = 0;
        self.noise.clear();
        self.ended_early = Some(ended);
    }

    /// What the verdicts up to a load come to.
    #[must_use]
    pub fn judgement(&self, factor_max: u32) -> Judgement {
        overall(&self.verdicts, factor_max)
    }

    /// What ran out first, or what was nearest to it, in a sentence; none where nobody says what was used.
    #[must_use]
    pub fn bottleneck(&self) -> Option<String> {
        for step in &self.steps {
            if let Some((name, ppm)) = step.used.busiest().filter(|it| it.1 >= EXHAUSTED_PPM) {
                let (ppm, rate) = (whole_percent(ppm), words::rate(step.offered_milli_per_s));
                let factor = step.factor;
                return Some(format!("{name}: {ppm} busy at {factor}× the peak ({rate})"));
            }
        }
        let last = self.steps.last()?;
        let (name, ppm) = last.used.busiest()?;
        let mut told = format!(
            "none up to {}× the peak: there the busiest was {name}, {} busy",
            last.factor,
            whole_percent(ppm)
        );
        if let Some((name, ppm)) = self.saturated.and_then(|it| it.busiest())
            && let Some(point) = self.measurements.sweep.last()
        {
            let (rate, ppm) = (words::rate(point.milli_per_s / 1_000 * 1_000), whole_percent(ppm));
            told.push_str(&format!(
                "; asked as fast as it answers ({} clients, {rate}) it is {name}, {ppm} busy",
                point.clients
            ));
        }
        Some(told)
    }
}

/// A busy share, to the whole per cent.
#[must_use]
pub fn whole_percent(ppm: u64) -> String {
    words::percent(ppm / 10_000 * 10_000)
}

/// So many in so long, in thousandths per second.
pub(super) fn milli_per_s(count: u64, time_ns: u64) -> u64 {
    let rate = u128::from(count) * 1_000_000_000_000 / u128::from(time_ns.max(1));
    u64::try_from(rate).unwrap_or(u64::MAX)
}
