//! `architrave load PATH`

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use architrave_drive::{
    client::Client,
    load::{Arrivals, Live, Run, Schedule, Source, Supply, WireLimits, open_loop},
    progress::Progress,
    seed::{SeedOptions, seed},
};
use architrave_engine::Fault;
use architrave_model::words;
use architrave_plan::Plan;
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{
    checked::LockUse,
    console::Console,
    exit::Exit,
    load::{Child, Settings},
};

/// How to drive it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Times the peak at which requests are sent, one step each
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "1,3,10", value_parser = clap::value_parser!(u32).range(1..=1000))]
    factors: Vec<u32>,
    /// How long each step takes, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    duration: u64,
    /// Requests per second at the peak, in place of the blueprint's `workload.peak`
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    peak: Option<u64>,
    /// The same seed sends the same requests at the same times
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Extend)? else {
            return Ok(Exit::Findings);
        };
        super::block_on(self.drive(console, Arc::new(plan)))
    }

    async fn drive(self, console: Console, plan: Arc<Plan>) -> Result<Exit, Fault> {
        let program = std::env::current_exe()
            .map_err(|error| Fault::new(format!("cannot find this program: {error}"), ""))?;
        let blueprint = self.blueprint.as_path().to_owned();
        let child = Child::start(&Settings { program, blueprint })?;
        let client = Client::new(&format!("http://{}", child.address));
        let progress = Arc::new(Progress::default());
        let options = SeedOptions {
            rows: BTreeMap::new(),
            is_only_named: false,
            seed: self.seed,
            connections: 8,
        };
        let (to_fill, quiet) = (Arc::clone(&plan), Arc::clone(&progress));
        seed(to_fill, client.clone(), child.tokens.clone(), options, quiet)
            .await
            .map_err(super::fault)?;
        let source = Source {
            plan,
            client,
            tokens: child.tokens.clone(),
            seed: self.seed,
            peak_milli_per_s: self.peak.map(|it| it * 1_000),
        };
        let mut supply = Supply::new(source, progress).await.map_err(super::fault)?;
        for factor in &self.factors {
            let workload = supply.workload();
            let rate = workload.peak_milli_per_s.saturating_mul(u64::from(*factor));
            let duration = Duration::from_secs(self.duration).as_nanos() as u64;
            let schedule = Schedule::new(
                self.seed,
                Arrivals::Independent,
                rate,
                duration,
                &workload.weights(),
            );
            let limits = WireLimits::default();
            let live = Live::default();
            let run = open_loop(child.address, limits, schedule, &mut supply, &live);
            let run = run.map_err(super::fault)?;
            console.line(format!("{factor}× the peak, {} offered", words::rate(rate)));
            show(console, &supply, &run);
        }
        Ok(Exit::Ok)
    }
}

fn show(console: Console, supply: &Supply, run: &Run) {
    let ms = |ns: u64| format!("{:>9.3} ms", ns as f64 / 1e6);
    for (class, tally) in supply.workload().classes.iter().zip(&run.tally.classes) {
        console.line(format!(
            "  {:32} {:>8} requests, {} failed, p50 {} p95 {} p99 {}",
            class.name,
            tally.requests,
            tally.failures(),
            ms(tally.latency.at_ppm(500_000)),
            ms(tally.latency.at_ppm(950_000)),
            ms(tally.latency.at_ppm(990_000)),
        ));
    }
    let lag = &run.tally.lag;
    let busy = run.processor_ns.unwrap_or(0) as f64 / run.duration_ns as f64 * 100.0;
    console.line(format!(
        "  the generator was late by p50 {} p99 {} at most {}, and busy for {busy:.0} % of a core",
        ms(lag.at_ppm(500_000)),
        ms(lag.at_ppm(990_000)),
        ms(lag.at_ppm(1_000_000)),
    ));
}
