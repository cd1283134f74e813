//! The order of a whole run: a quiet block, the curve, the demands of each class, the steps, the quiet block again.

use std::{sync::Arc, time::Duration};

use architrave_model::{
    measurement::{MeasuredClass, Step, StepClass, SweepPoint},
    words,
};
use architrave_plan::Plan;

use super::{
    machine, noise,
    report::{Ended, Report, StepRun, Used, milli_per_s},
    run::{Closed, Run, closed_loop, open_loop},
    schedule::{Arrivals, PLANNED_MAX, Schedule},
    server::{Figures, Server},
    supply::Supply,
    tally::Tally,
    verdict::{Measured, verdicts},
    watch::{Watch, stopped},
    wire::WireLimits,
    workload::{Class, Workload},
};
use crate::DriveError;

/// Clients of the quiet block, and of the blocks that measure what a class takes: enough for a writer to put
/// transactions together as it does under load.
const BLOCK_CLIENTS: usize = 16;
/// Most requests of a class that are prepared for one block of the curve.
const PREPARED_MAX: u64 = 10_000;
/// Most requests that change something that are prepared for one step, 1 KiB each.
const STEP_PREPARED_MAX: u64 = 1_000_000;

/// How long and how hard.
#[derive(Debug, Clone)]
pub struct Options {
    /// Times the peak, one step each, ascending.
    pub factors: Vec<u32>,
    /// How long each step takes.
    pub step: Duration,
    /// How long each block of the curve and the quiet block take.
    pub block: Duration,
    /// Clients of the curve.
    pub clients: Vec<usize>,
    /// Requests of each of the two blocks that measure what a class takes; 0 leaves them out.
    pub demand_requests: u64,
    /// How requests follow each other.
    pub arrivals: Arrivals,
    /// The same seed plans the same requests.
    pub seed: u64,
    /// What the wire may have open.
    pub limits: WireLimits,
    /// Processor that the generator keeps to; none: any.
    pub processor: Option<usize>,
}

/// A run under way.
struct Campaign<'a> {
    server: &'a Server,
    supply: Supply,
    options: &'a Options,
    watch: &'a Watch,
    /// Highest throughput so far, in thousandths per second.
    fastest_milli_per_s: u64,
    /// Title of the block that is under way.
    block: String,
}

/// Drives a server through all blocks. Where that ends early, because somebody stops it or the server is gone, what
/// was measured until then is answered, and judges nothing.
///
/// # Errors
/// Where nothing could be measured: the server does not answer, rows cannot be made, or more is asked than can be
/// planned.
pub async fn campaign(
    plan: &Arc<Plan>,
    server: &Server,
    supply: Supply,
    options: &Options,
    watch: &Watch,
) -> Result<Report, DriveError> {
    check(supply.workload(), options)?;
    let mut seen = noise::Seen {
        waiting_before_permille: machine::waiting_permille(),
        ..noise::Seen::default()
    };
    let stolen = machine::Stolen::now();
    let mut report = Report::new(plan, server, supply.workload());
    let mut campaign =
        Campaign { server, supply, options, watch, fastest_milli_per_s: 0, block: String::new() };
    let done = campaign.blocks(&mut report, &mut seen).await;
    seen.stolen_ppm = stolen.ppm();
    (report.measurements.noise, report.noise) = noise::judge(&seen);
    if let Err(error) = done {
        if report.is_empty() {
            return Err(error);
        }
        let why = format!("{}: {}", campaign.block, error.what);
        report.end_early(Ended { why, is_stopped: watch.is_stopped() });
    }
    judge(plan, &mut report);
    Ok(report)
}

/// What is asked for must be possible at all.
fn check(workload: &Workload, options: &Options) -> Result<(), DriveError> {
    let highest = u64::from(options.factors.iter().copied().max().unwrap_or(1));
    let rate = u128::from(workload.peak_milli_per_s.saturating_mul(highest)) / 1_000;
    let planned = rate * options.step.as_nanos() / 1_000_000_000;
    if planned > u128::from(PLANNED_MAX) {
        let what = format!(
            "the largest step would send {planned} requests; at most {PLANNED_MAX} can be planned"
        );
        return Err(DriveError::new(what, "lower the factors or the duration"));
    }
    Ok(())
}

fn judge(plan: &Plan, report: &mut Report) {
    let doubt = match &report.ended_early {
        Some(_) => Some("the run ended early"),
        None => (!report.measurements.noise.is_quiet).then_some("the machine was not quiet"),
    };
    for step in &report.steps {
        let names = report.classes.iter().map(|it| it.name.as_str());
        let classes: Vec<(&str, _)> = names.zip(&step.run.tally.classes).collect();
        let lag = &step.run.tally.lag;
        let measured = Measured { factor: step.factor, classes: &classes, lag };
        report.verdicts.extend(verdicts(&plan.system.slos, measured, doubt));
    }
}

impl Campaign<'_> {
    /// All of them, the quiet block first and last.
    async fn blocks(
        &mut self,
        report: &mut Report,
        seen: &mut noise::Seen,
    ) -> Result<(), DriveError> {
        seen.loops_ns.push(noise::sample_loop());
        self.fastest_milli_per_s = self.quiet("warming up")?;
        seen.first_milli_per_s = self.quiet("quiet block, first time")?;
        seen.loops_ns.push(noise::sample_loop());
        for clients in &self.options.clients {
            let (point, used) = self.point(*clients).await?;
            report.measurements.sweep.push(point);
            report.saturated = Some(used);
        }
        seen.loops_ns.push(noise::sample_loop());
        self.demands(&mut report.measurements.classes).await?;
        seen.loops_ns.push(noise::sample_loop());
        for factor in &self.options.factors {
            let step = self.step(*factor).await?;
            seen.loops_ns.push(noise::sample_loop());
            let tally = &step.run.tally;
            let (requests, answered) = (tally.requests(), tally.answered());
            // A step that was cut short is told, and not handed on.
            if step.run.is_whole {
                report.measurements.steps.push(as_measured(&step, self.supply.workload()));
            }
            if requests > 0 {
                report.steps.push(step);
            }
            self.go_on(answered)?;
        }
        seen.last_milli_per_s = self.quiet("quiet block, last time")?;
        seen.loops_ns.push(noise::sample_loop());
        Ok(())
    }

    /// Whether there is any sense in the next block.
    fn go_on(&self, answered: u64) -> Result<(), DriveError> {
        if self.watch.is_stopped() {
            return Err(stopped());
        }
        if answered == 0 {
            return Err(DriveError::new("the server answered nothing", "see why it hangs"));
        }
        Ok(())
    }

    /// Throughput of reads by a few clients, in thousandths per second: the same block at different moments.
    fn quiet(&mut self, title: &str) -> Result<u64, DriveError> {
        let classes = self.supply.workload().classes.iter().enumerate();
        let weights = classes.map(|(index, it)| {
            let is_repeatable = !it.is_write && !self.supply.is_used_up(index);
            if is_repeatable { it.share_ppm } else { 0 }
        });
        let mut weights: Vec<u64> = weights.collect();
        if weights.iter().all(|it| *it == 0) {
            // A system that only writes: what can be repeated must do.
            weights = (0..weights.len()).map(|it| u64::from(!self.supply.is_used_up(it))).collect();
        }
        let closed = self.closed(BLOCK_CLIENTS, self.options.block, u64::MAX, weights);
        self.block = title.to_owned();
        let run = self.run_closed(&closed)?;
        Ok(milli_per_s(run.tally.answered(), run.tally.ended_ns))
    }

    /// A point of the curve: the declared mix by so many clients.
    async fn point(&mut self, clients: usize) -> Result<(SweepPoint, Used), DriveError> {
        self.block = match clients {
            1 => "1 client that waits for its answers".to_owned(),
            _ => format!("{clients} clients that wait for their answers"),
        };
        let weights = self.supply.workload().weights();
        let whole: u64 = weights.iter().sum();
        // Nobody knows how fast it will be; a class that runs out ends the block early.
        let block_ms = u64::try_from(self.options.block.as_millis()).unwrap_or(u64::MAX);
        let expected = self.fastest_milli_per_s.saturating_mul(block_ms) / 1_000_000;
        let needed = weights.iter().map(|it| {
            let expected = expected.saturating_mul(*it) / whole.max(1);
            (expected + expected / 4 + 50).min(PREPARED_MAX)
        });
        let needed: Vec<u64> = needed.collect();
        self.refill(&needed).await?;
        let closed = self.closed(clients, self.options.block, u64::MAX, weights);
        let before = self.server.figures().await;
        let run = self.run_closed(&closed)?;
        let used = Used::of(self.server, self.server.figures().await.since(before), &run);
        let milli_per_s = milli_per_s(run.tally.answered(), run.tally.ended_ns);
        self.fastest_milli_per_s = self.fastest_milli_per_s.max(milli_per_s);
        Ok((SweepPoint { clients: clients as u64, milli_per_s }, used))
    }

    /// What a request of each class takes, two blocks each.
    async fn demands(&mut self, measured: &mut Vec<MeasuredClass>) -> Result<(), DriveError> {
        let is_told = self.server.figures().await.processor_ns.is_some();
        let blocks = if is_told && self.options.demand_requests > 0 { 2 } else { 0 };
        let classes = self.supply.workload().classes.clone();
        for (index, class) in classes.iter().enumerate().filter(|_| blocks > 0) {
            let mut taken = Vec::new();
            for _ in 0..blocks {
                taken.extend(self.demand(index, &class.name).await?);
            }
            measured.extend(of_blocks(class, &taken));
        }
        Ok(())
    }

    /// One block of one class alone: requests, and what they took of the server.
    async fn demand(
        &mut self,
        index: usize,
        name: &str,
    ) -> Result<Option<(u64, Figures)>, DriveError> {
        let only = |value: u64| {
            let classes = 0..self.supply.workload().classes.len();
            classes.map(|it| if it == index { value } else { 0 }).collect::<Vec<u64>>()
        };
        let (needed, weights) = (only(self.options.demand_requests), only(1));
        self.block = format!("{name} alone");
        self.refill(&needed).await?;
        let (time, requests) = (Duration::from_secs(60), self.options.demand_requests);
        let closed = self.closed(BLOCK_CLIENTS, time, requests, weights);
        let before = self.server.figures().await;
        let run = self.run_closed(&closed)?;
        let used = self.server.figures().await.since(before);
        let answered = run.tally.answered();
        Ok((answered > 0).then_some((answered, used)))
    }

    /// So many times the peak, whether or not answers come.
    async fn step(&mut self, factor: u32) -> Result<StepRun, DriveError> {
        let workload = self.supply.workload();
        let rate = workload.peak_milli_per_s.saturating_mul(u64::from(factor));
        self.block = format!("{factor}× the peak, {}", words::rate(rate));
        let duration_ns = nanoseconds(self.options.step);
        let (seed, arrivals) = (self.options.seed ^ u64::from(factor), self.options.arrivals);
        let schedule = Schedule::new(seed, arrivals, rate, duration_ns, &workload.weights());
        let counts = schedule.counts();
        let once = counts.iter().enumerate().filter(|it| self.supply.is_used_up(it.0));
        let prepared: u64 = once.map(|it| *it.1).sum();
        if prepared > STEP_PREPARED_MAX {
            let what =
                format!("{prepared} requests that change something would have to be prepared");
            return Err(DriveError::new(what, "lower the factors or the duration"));
        }
        self.refill(&counts).await?;
        let (address, limits) = (self.server.address, self.options.limits);
        let (watch, processor) = (self.watch, self.options.processor);
        let supply = &mut self.supply;
        let before = self.server.figures().await;
        let run = watch.during(&self.block, self.options.step, processor, |live| {
            open_loop(address, limits, schedule, supply, live)
        })?;
        let used = Used::of(self.server, self.server.figures().await.since(before), &run);
        Ok(StepRun { factor, offered_milli_per_s: rate, run, used })
    }

    fn closed(
        &self,
        clients: usize,
        time: Duration,
        requests_max: u64,
        weights: Vec<u64>,
    ) -> Closed {
        let (duration_ns, seed) = (nanoseconds(time), self.options.seed);
        Closed { clients, duration_ns, requests_max, weights, seed }
    }

    async fn refill(&mut self, counts: &[u64]) -> Result<(), DriveError> {
        self.watch.unless_stopped(self.supply.refill(counts)).await
    }

    /// Runs the block whose title is set.
    fn run_closed(&mut self, closed: &Closed) -> Result<Run, DriveError> {
        let address = self.server.address;
        let (watch, processor) = (self.watch, self.options.processor);
        let supply = &mut self.supply;
        let time = Duration::from_nanos(closed.duration_ns);
        let run = watch.during(&self.block, time, processor, |live| {
            closed_loop(address, closed, supply, live)
        })?;
        self.go_on(run.tally.answered())?;
        Ok(run)
    }
}

/// The mean of the blocks, and how far they are apart.
fn of_blocks(class: &Class, blocks: &[(u64, Figures)]) -> Option<MeasuredClass> {
    let requests: u64 = blocks.iter().map(|it| it.0).sum();
    let per_request = |of: fn(&Figures) -> Option<u64>| {
        blocks.iter().map(|it| of(&it.1).unwrap_or(0) / it.0.max(1)).collect::<Vec<u64>>()
    };
    let processor = per_request(|it| it.processor_ns);
    let writer = per_request(|it| it.writer_ns);
    let mean = |values: &[u64]| values.iter().sum::<u64>() / (values.len() as u64).max(1);
    let processor_ns = mean(&processor);
    let apart = processor.iter().max().zip(processor.iter().min()).map_or(0, |it| it.0 - it.1);
    let spread_ppm = apart.saturating_mul(1_000_000) / processor_ns.max(1);
    (requests > 0 && processor_ns > 0).then(|| MeasuredClass {
        name: class.name.clone(),
        is_write: class.is_write,
        requests,
        processor_ns,
        writer_ns: if class.is_write { mean(&writer) } else { 0 },
        spread_ppm: spread_ppm.min(1_000_000),
    })
}

/// A step as the file of measurements has it.
fn as_measured(step: &StepRun, workload: &Workload) -> Step {
    let tally: &Tally = &step.run.tally;
    let classes = workload.classes.iter().zip(&tally.classes).filter(|it| it.1.requests > 0);
    Step {
        factor_permille: u64::from(step.factor) * 1_000,
        duration_us: step.run.duration_ns / 1_000,
        offered_milli_per_s: step.offered_milli_per_s,
        achieved_milli_per_s: step.achieved_milli_per_s(),
        classes: classes
            .map(|(class, counted)| StepClass {
                name: class.name.clone(),
                requests: counted.requests,
                failures: counted.failures(),
                latency_us: counted.latency.percentiles_us(),
            })
            .collect(),
        lag_us: tally.lag.percentiles_us(),
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Class, Figures, of_blocks};

    #[test]
    fn a_class_takes_the_mean_of_its_blocks() {
        let class = |is_write| Class {
            operation: architrave_plan::OperationId(0),
            name: "sales.Order.place".to_owned(),
            is_write,
            share_ppm: 0,
            has_objective: false,
        };
        let used =
            |processor, writer| Figures { processor_ns: Some(processor), writer_ns: Some(writer) };
        let blocks = [(100, used(4_000_000, 1_000_000)), (100, used(5_000_000, 3_000_000))];
        let measured = of_blocks(&class(true), &blocks).unwrap();
        assert_eq!(
            (measured.requests, measured.processor_ns, measured.writer_ns),
            (200, 45_000, 20_000)
        );
        assert_eq!(measured.spread_ppm, 222_222);
        assert_eq!(of_blocks(&class(false), &blocks).unwrap().writer_ns, 0);
        // Without figures there is nothing to say.
        assert_eq!(of_blocks(&class(true), &[(100, Figures::default())]), None);
        assert_eq!(of_blocks(&class(true), &[]), None);
    }
}
