//! `architrave capacity PATH`: nodes, headroom, what runs out first, and when to move to the next stage.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_model::measurement::Measurements;
use architrave_plan::Plan;
use architrave_review::{
    Given, assess, graph_of, measure::capacity::read_measurements, tell::capacity as tell,
};
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{checked::LockUse, console::Console, exit::Exit, own_tables, source, world::today};

/// Whose capacity, and what is known of it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// What `architrave load` measured of this blueprint; without it demands are assumed
    #[arg(long, value_name = "FILE")]
    measurements: Option<PathBuf>,
    /// Up to how many times the peak
    #[arg(long, value_name = "TIMES", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    factor: u64,
    /// Your own prices, in the form of the table that comes with the program
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        // It is only looked at: nothing is stored under any name.
        let Some(plan) = checked.into_plan(console, LockUse::Ignore)? else {
            return Ok(Exit::Findings);
        };
        let measured = match &self.measurements {
            Some(path) => Some(measurements(path, &plan)?),
            None => None,
        };
        let prices = match &self.prices {
            Some(path) => Some(own_tables::prices(path)?),
            None => None,
        };
        let graph = graph_of(&plan, today());
        let given = Given {
            measurements: measured.as_ref(),
            factor: self.factor,
            prices: prices.as_ref(),
            is_without_questions: true,
            ..Given::default()
        };
        let assessment = assess(&graph, &given);
        let Some(capacity) = &assessment.capacity else {
            return Err(no_load());
        };
        if self.json {
            let json = tell::as_json(capacity, &assessment.stages);
            console.line(format!("{json:#}"));
        } else {
            console.line(tell::text(capacity, &assessment.stages).trim_end());
        }
        Ok(Exit::Ok)
    }
}

/// What cannot be reckoned without a load.
pub(crate) fn no_load() -> Fault {
    Fault::new(
        "nobody said how much is asked of this system",
        "declare it: workload { peak = \"900/s\" }",
    )
}

/// Reads a file of measurements of this plan.
pub(crate) fn measurements(path: &Path, plan: &Plan) -> Result<Measurements, Fault> {
    let file = source::load_one(path)?;
    let name = &plan.system.name.text;
    read_measurements(&file.text, name, &plan.hash).map_err(|refused| {
        let what = format!("cannot use {}: {}", path.display(), refused.reasons.join("; "));
        Fault::new(what, refused.help)
    })
}
