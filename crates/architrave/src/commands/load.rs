//! `architrave load PATH`

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use architrave_drive::{
    DriveError,
    load::verdict::Judgement,
    load::{
        Arrivals, Options, Report, Server, Source, Supply, Watch, WireLimits, allowed, campaign,
        page,
    },
    progress::Progress,
    seed::{SeedOptions, seed},
};
use architrave_engine::Fault;
use architrave_plan::Plan;
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{
    backend::write_public,
    checked::LockUse,
    console::Console,
    exit::Exit,
    load::{self, Child, Settings, Target},
};

/// Clients of the curve, where there is time for all of them.
const CLIENTS: &[usize] = &[1, 2, 4, 8, 16, 32, 64];

/// How to drive it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Times the peak at which requests are sent, one step each
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "1,3,10", value_parser = clap::value_parser!(u32).range(1..=1000))]
    factors: Vec<u32>,
    /// Up to which of the factors a missed objective fails the run
    #[arg(long, value_name = "FACTOR", default_value_t = 1)]
    must_hold: u32,
    /// How long each step takes, in seconds; 30, or 5 with --quick
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    duration: Option<u64>,
    /// Requests per second at the peak, in place of the blueprint's `workload.peak`
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    peak: Option<u64>,
    /// Shorter blocks: about half a minute in all, for a first look
    #[arg(long)]
    quick: bool,
    /// Send requests evenly spaced in place of independently of each other
    #[arg(long)]
    even: bool,
    /// Write a page with plots here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write the measurements that `capacity` reads here
    #[arg(long, value_name = "FILE")]
    measurements: Option<PathBuf>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// The same seed sends the same requests at the same times
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many rows of what the server is filled with first, e.g. catalog.Product=100000; may be repeated
    #[arg(long, value_name = "ENTITY=COUNT", value_parser = super::seed::rows, conflicts_with = "url")]
    rows: Vec<(String, u64)>,
    /// Drive this server, as it is filled, in place of one that is started for the time it takes. Rows are added to it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// With --url: who asks, as NAME=TOKEN; may be repeated, the first who may do something does it
    #[arg(long, value_name = "TOKEN", requires = "url")]
    token: Vec<String>,
    /// With --url: the server was started with --no-limits
    #[arg(long, requires = "url")]
    no_limits: bool,
    /// With --url: drive a server that is not on this machine
    #[arg(long, requires = "url")]
    i_own_this_target: bool,
}

impl Arguments {
    pub(super) fn run(mut self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Extend)? else {
            return Ok(Exit::Findings);
        };
        self.factors.sort_unstable();
        self.factors.dedup();
        let plan = Arc::new(plan);
        let (report, ended) = super::block_on(self.drive(Arc::clone(&plan)))?;
        self.write(console, &plan, &report)?;
        if let Some(fault) = ended {
            return Err(fault);
        }
        Ok(match report.judgement(self.must_hold) {
            _ if report.ended_early.is_some() => Exit::Unclear,
            Judgement::Kept => Exit::Ok,
            // Without objectives there is nothing to miss.
            _ if report.verdicts.is_empty() => Exit::Ok,
            Judgement::Missed => Exit::Findings,
            Judgement::CannotTell => Exit::Unclear,
        })
    }

    /// Runs to the end, or until somebody wants it to stop; answers also how the server ended where it did so itself.
    async fn drive(&self, plan: Arc<Plan>) -> Result<(Report, Option<Fault>), Fault> {
        let watch = Arc::new(Watch::default());
        let stopping = Arc::clone(&watch);
        // On a task of its own: a block that is under way holds this one, and ends by the watch.
        tokio::spawn(async move {
            if super::serve::stop_signal().await.is_ok() {
                stopping.stop();
            }
        });
        let allowed = allowed();
        // The generator keeps one processor to itself, where there are two or more.
        let (own, others) = match allowed.split_last() {
            Some((own, others)) if !others.is_empty() => (Some(*own), others.to_vec()),
            _ => (None, Vec::new()),
        };
        let (mut child, server) = match &self.url {
            Some(url) => (None, load::server(&plan, &self.target(&plan, url))?),
            None => {
                let child = self.start(others.clone())?;
                let server = child.server(others.len().max(1) as u64).ok_or_else(|| {
                    Fault::new("the server under test does not say where it listens", "")
                })?;
                (Some(child), server)
            }
        };
        let driven = self.campaign(&plan, &server, own, &watch).await;
        let its_words = child.as_mut().and_then(Child::ended);
        match driven {
            Ok(report) => {
                let ended = ended(&report, its_words);
                Ok((report, ended))
            }
            Err(error) => Err(its_words.unwrap_or_else(|| super::fault(error))),
        }
    }

    /// Fills a server of our own, prepares requests, and drives it.
    async fn campaign(
        &self,
        plan: &Arc<Plan>,
        server: &Server,
        processor: Option<usize>,
        watch: &Watch,
    ) -> Result<Report, DriveError> {
        let progress = Arc::new(Progress::default());
        if self.url.is_none() {
            watch.unless_stopped(self.fill(plan, server, &progress)).await?;
        }
        let source = Source {
            plan: Arc::clone(plan),
            client: server.client.clone(),
            tokens: server.tokens.clone(),
            seed: self.seed,
            peak_milli_per_s: self.peak.map(|it| it.saturating_mul(1_000)),
        };
        let supply = watch.unless_stopped(Supply::new(source, progress)).await?;
        campaign(plan, server, supply, &self.options(processor), watch).await
    }

    fn start(&self, processors: Vec<usize>) -> Result<Child, Fault> {
        let program = std::env::current_exe()
            .map_err(|error| Fault::new(format!("cannot find this program: {error}"), ""))?;
        let blueprint = self.blueprint.as_path().to_owned();
        Child::start(&Settings { program, blueprint, processors })
    }

    async fn fill(
        &self,
        plan: &Arc<Plan>,
        server: &Server,
        progress: &Arc<Progress>,
    ) -> Result<(), DriveError> {
        let options = SeedOptions {
            rows: self.rows.iter().cloned().collect::<BTreeMap<_, _>>(),
            is_only_named: false,
            seed: self.seed,
            connections: 8,
        };
        let (client, tokens) = (server.client.clone(), server.tokens.clone());
        let filled = seed(Arc::clone(plan), client, tokens, options, Arc::clone(progress));
        filled.await.map(drop)
    }

    fn target(&self, plan: &Plan, url: &str) -> Target {
        let declared = plan.system.workload.as_ref().and_then(|it| it.peak_milli_per_s);
        let peak = self.peak.map(|it| it.saturating_mul(1_000)).or(declared).unwrap_or(0);
        let highest = self.factors.iter().copied().max().unwrap_or(1);
        Target {
            url: url.to_owned(),
            tokens: self.token.clone(),
            is_own: self.i_own_this_target,
            has_no_limits: self.no_limits,
            highest_milli_per_s: peak.saturating_mul(u64::from(highest)),
        }
    }

    fn options(&self, processor: Option<usize>) -> Options {
        let step = self.duration.unwrap_or(if self.quick { 5 } else { 30 });
        let clients = CLIENTS.iter().step_by(if self.quick { 2 } else { 1 });
        Options {
            factors: self.factors.clone(),
            step: Duration::from_secs(step),
            block: Duration::from_millis(if self.quick { 500 } else { 3_000 }),
            clients: clients.copied().collect(),
            demand_requests: if self.quick { 500 } else { 1_500 },
            arrivals: if self.even { Arrivals::Even } else { Arrivals::Independent },
            seed: self.seed,
            limits: WireLimits::default(),
            processor,
        }
    }

    fn write(&self, console: Console, plan: &Plan, report: &Report) -> Result<(), Fault> {
        if let Some(path) = &self.measurements {
            let json = serde_json::to_vec_pretty(&report.measurements);
            write_public(path, &json.unwrap_or_default())?;
        }
        if let Some(path) = &self.report {
            let page = page(report, &plan.system.slos, self.must_hold).map_err(super::fault)?;
            write_public(path, page.as_bytes())?;
        }
        if self.json {
            console.line(format!("{:#}", load::json(report, self.must_hold)));
        } else {
            for line in load::text(report, self.must_hold) {
                console.line(line);
            }
        }
        for path in self.measurements.iter().chain(&self.report) {
            console.note(format!("written: {}", path.display()));
        }
        Ok(())
    }
}

/// What is to be said of a server that was gone before the run was over.
fn ended(report: &Report, its_words: Option<Fault>) -> Option<Fault> {
    let ended = report.ended_early.as_ref().filter(|it| !it.is_stopped)?;
    Some(its_words.unwrap_or_else(|| {
        let help = "see its log; what was measured until then is in the report";
        Fault::new(format!("the run ended early: {}", ended.why), help)
    }))
}
