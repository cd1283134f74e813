//! `architrave decide PATH`: what is decided, why, and what would change it.

use std::path::PathBuf;

use architrave_engine::Fault;
use architrave_model::{civil::day_text, decision::Decision};
use architrave_review::{decide, decided};
use clap::Args;

use crate::{
    console::Console,
    exit::Exit,
    review::{Seen, Subject},
    world::today,
};

/// What to decide about and how to tell it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A blueprint (a file, or a folder of *.hcl files), or files and folders of an existing system
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Only this decision, by its id or name: D-02, primary_store; may be given several times
    #[arg(long, value_name = "DECISION")]
    decision: Vec<String>,
    /// Print everything as JSON
    #[arg(long)]
    json: bool,
    /// Decide as of this day (YYYY-MM-DD) in place of today
    #[arg(long, value_name = "DATE", value_parser = super::review::parse_day)]
    as_of: Option<i32>,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let as_of_day = self.as_of.unwrap_or_else(today);
        let subject = Subject::load(&self.paths)?;
        let Seen { name, graph, findings, is_readable, .. } = subject.seen(as_of_day);
        super::review::show(console, &findings, subject.files());
        if !is_readable {
            return Ok(Exit::Findings);
        }
        let decisions = decide(&graph);
        let asked = self.asked(&decisions)?;
        if self.json {
            let day = day_text(i64::from(as_of_day));
            console.line(format!("{:#}", decided::json(&name, &day, &asked)));
        } else {
            let texts: Vec<String> = asked.iter().map(|it| decided::text(it)).collect();
            console.write(texts.join("\n").as_bytes());
        }
        Ok(Exit::Ok)
    }

    fn asked<'d>(&self, decisions: &'d [Decision]) -> Result<Vec<&'d Decision>, Fault> {
        let is_meant =
            |it: &Decision, name: &str| it.id.eq_ignore_ascii_case(name) || it.name == name;
        for name in &self.decision {
            if !decisions.iter().any(|it| is_meant(it, name)) {
                let ids: Vec<&str> = decisions.iter().map(|it| it.id.as_str()).collect();
                return Err(Fault::new(
                    format!("there is no decision {name}"),
                    format!("decisions are {}", ids.join(", ")),
                ));
            }
        }
        let is_asked = |it: &&Decision| {
            self.decision.is_empty() || self.decision.iter().any(|name| is_meant(it, name))
        };
        Ok(decisions.iter().filter(is_asked).collect())
    }
}
