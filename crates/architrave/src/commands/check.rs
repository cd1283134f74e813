//! `architrave check PATH`

use architrave_blueprint::render;
use architrave_engine::Fault;
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{checked::has_errors, console::Console, exit::Exit, lock_file};

/// What to check and how to say it.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
    /// Refuse names that architrave.lock does not have yet, in place of adding them
    #[arg(long)]
    locked: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let checked = self.blueprint.load()?;
        if self.json {
            let json = render::to_json(&checked.findings, &checked.blueprint.files);
            console.line(format!("{json:#}"));
        } else {
            checked.show(console);
        }
        if has_errors(&checked.findings) {
            return Ok(Exit::Findings);
        }
        if let Some((plan, lock)) = &checked.planned {
            if checked.is_lock_extended && self.locked {
                return Err(lock_file::is_behind(&checked.blueprint.folder));
            }
            if checked.is_lock_extended {
                lock_file::write(&checked.blueprint.folder, &lock.render())?;
            }
            if !self.json {
                let system = &plan.system;
                console.line(format!(
                    "{} is fine: {}, {}, {}",
                    self.blueprint.as_path().display(),
                    counted(system.contexts.len(), "context", "contexts"),
                    counted(system.entities.len(), "entity", "entities"),
                    counted(plan.operations.len(), "operation", "operations"),
                ));
            }
        }
        Ok(Exit::Ok)
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
