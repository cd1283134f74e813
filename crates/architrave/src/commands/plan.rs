//! `architrave plan PATH --json`

use architrave_engine::Fault;
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{checked::LockUse, console::Console, exit::Exit};

/// Whose plan.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Print the whole plan as JSON; the same bytes on every machine
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        // A plan is only looked at: names are written down when something is stored under them.
        let Some(plan) = checked.into_plan(console, LockUse::Ignore)? else {
            return Ok(Exit::Findings);
        };
        if self.json {
            console.write(architrave_plan::to_json(&plan).as_bytes());
            return Ok(Exit::Ok);
        }
        console.line(format!("plan {} of {}", plan.hash, plan.system.name.text));
        for operation in &plan.operations {
            let method = format!("{:?}", operation.method).to_uppercase();
            console.line(format!("{method:6} {:40} {}", operation.path, operation.name));
        }
        Ok(Exit::Ok)
    }
}
