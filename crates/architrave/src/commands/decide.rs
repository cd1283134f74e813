//! `architrave decide PATH`: what is decided, why, and what would change it; records and lock on request.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_model::{
    civil::day_text,
    decision::{Decision, Record, RecordStatus},
};
use architrave_review::{
    Tables, decide_by, decided,
    record::{self, FOLDER, Recorded},
};
use clap::Args;

use crate::{
    console::Console,
    exit::Exit,
    own_tables,
    records::{self, Records},
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
    #[arg(long, conflicts_with_all = ["write", "check"])]
    json: bool,
    /// Write new records, proposed until a person accepts them, and decisions.lock beside the blueprint
    #[arg(long, conflicts_with_all = ["decision", "check"])]
    write: bool,
    /// Write nothing; end with 1 where decisions.lock no longer says what is decided
    #[arg(long, conflicts_with = "decision")]
    check: bool,
    /// The folder of records in place of docs/architecture/decisions beside the blueprint
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Tables (*.toml) of this folder in place of those with the same id, and further ones
    #[arg(long, value_name = "FOLDER")]
    tables: Option<PathBuf>,
    /// Your own lines of support of products, in the form of the table that comes with the program
    #[arg(long, value_name = "FILE")]
    lifecycles: Option<PathBuf>,
    /// Decide as of this day (YYYY-MM-DD) in place of today
    #[arg(long, value_name = "DATE", value_parser = super::review::parse_day)]
    as_of: Option<i32>,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let as_of_day = self.as_of.unwrap_or_else(today);
        let subject = Subject::load(&self.paths)?;
        let Seen { name, mut graph, findings, is_readable, .. } = subject.seen(as_of_day);
        super::review::show(console, &findings, subject.files());
        if !is_readable {
            return Ok(Exit::Findings);
        }
        let Some(own) = self.own_tables(console)? else { return Ok(Exit::Findings) };
        let tables = own.as_ref().unwrap_or(Tables::ours());
        for (id, day) in tables.stale(as_of_day) {
            console.note(format!("note: nobody has looked at table {id} since {day}"));
        }
        let home = records::home(self.paths.first().map_or(Path::new("."), |it| it.as_path()));
        graph.lifecycles = own_tables::lifecycles_in(self.lifecycles.as_deref())?;
        let folder = self.out.clone().unwrap_or_else(|| home.join(FOLDER));
        let there = Records::load(&folder, &home)?;
        there.into_graph(&mut graph);
        let decisions = decide_by(tables, &graph, &record::precedents(&there.files));
        if self.write || self.check {
            let recorded = record::keep(tables, &decisions, &graph, there.kept());
            return if self.check {
                Ok(checked(&recorded, console))
            } else {
                written(&there, &recorded, console)
            };
        }
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

    /// The tables of a folder, proven; none within where no folder was named. None where something is wrong with
    /// them, which has been said.
    fn own_tables(&self, console: Console) -> Result<Option<Option<Tables>>, Fault> {
        let Some(folder) = &self.tables else { return Ok(Some(None)) };
        let files = records::files(folder, "toml")?;
        if files.is_empty() {
            return Err(Fault::new(
                format!("there is no table in {}", folder.display()),
                "put *.toml files there; `architrave explain D-02` shows what is in one",
            ));
        }
        match Tables::with(&files) {
            Ok(tables) => Ok(Some(Some(tables))),
            Err(faults) => {
                for it in faults {
                    let line = it.line.map_or(String::new(), |it| format!(":{it}"));
                    let path = folder.join(&it.file);
                    console.note(format!("error: {}{line}: {}", path.display(), it.what));
                }
                console.note("help: docs/decisions.md says how a table is written");
                Ok(None)
            }
        }
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

/// Says how each decision stands; whether the lock holds.
fn checked(recorded: &Recorded, console: Console) -> Exit {
    console.write(record::text(&recorded.standings).as_bytes());
    for fault in &recorded.faults {
        console.note(format!("error: {fault}"));
    }
    if recorded.faults.is_empty() && recorded.standings.iter().all(record::Standing::holds) {
        return Exit::Ok;
    }
    console.note("help: look at what changed, then run `architrave decide PATH --write`");
    Exit::Findings
}

fn written(there: &Records, recorded: &Recorded, console: Console) -> Result<Exit, Fault> {
    if let Some(first) = recorded.faults.first() {
        return Err(Fault::new(first.clone(), "mend it by hand; nothing was written"));
    }
    console.write(record::text(&recorded.standings).as_bytes());
    // The records first: a lock that names a record which is not there would be worse than none.
    there.write(&recorded.changed)?;
    there.write_lock(&recorded.lock)?;
    let count = recorded.changed.len();
    let files = if count == 1 { "file" } else { "files" };
    console.note(format!("wrote {count} {files} to {}", there.folder.display()));
    // The first that waits for a person, of those that were written now.
    let is_waiting = |it: &&Record| {
        it.status == RecordStatus::Proposed
            && recorded.changed.iter().any(|(path, _)| *path == it.path)
    };
    if let Some(first) = recorded.records.iter().find(is_waiting) {
        console.note(format!(
            "help: accept what you agree with: architrave adr accept {} --by NAME",
            first.number
        ));
    }
    Ok(Exit::Ok)
}
