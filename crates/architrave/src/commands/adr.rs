//! `architrave adr`: what people do with decision records.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use architrave_model::{SourceFile, decision::Record, graph::Graph};
use architrave_review::record::{self, Act, FOLDER, Refused};
use clap::{Args, Subcommand};

use crate::{console::Console, exit::Exit, records::Records, world::today};

/// What to do with which records.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of records
    #[arg(long, value_name = "FOLDER", default_value = FOLDER, global = true)]
    records: PathBuf,
    /// Act as of this day (YYYY-MM-DD) in place of today
    #[arg(long, value_name = "DATE", value_parser = super::review::parse_day, global = true)]
    as_of: Option<i32>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the records with their status
    List,
    /// Print a record
    Show {
        /// Its number
        number: u32,
    },
    /// Accept what is proposed; what it takes the place of is superseded
    Accept {
        /// Its number
        number: u32,
        /// Who accepts it
        #[arg(long, value_name = "NAME")]
        by: String,
    },
    /// Say no to what is proposed; the option is not proposed again
    Reject {
        /// Its number
        number: u32,
        /// Who says no
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why
        #[arg(long, value_name = "REASON")]
        because: String,
    },
    /// Say that an accepted record takes the place of another
    Supersede {
        /// The number of the one that gives way
        number: u32,
        /// The number of the one that takes its place
        #[arg(long, value_name = "NUMBER")]
        with: u32,
    },
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        if !self.records.is_dir() {
            return Err(Fault::new(
                format!("there is no folder {}", self.records.display()),
                "write records with `architrave decide PATH --write`, or name the folder with --records",
            ));
        }
        let there = Records::load(&self.records, Path::new("."))?;
        let day = self.as_of.unwrap_or_else(today);
        match self.what {
            What::List => Ok(list(&there, day, console)),
            What::Show { number } => show(&there, number, day, console),
            What::Accept { number, by } => {
                change(&there, number, &Act::Accept { by }, day, console)
            }
            What::Reject { number, by, because } => {
                change(&there, number, &Act::Reject { by, because }, day, console)
            }
            What::Supersede { number, with } => {
                change(&there, number, &Act::Supersede { with }, day, console)
            }
        }
    }
}

fn all(there: &Records, day: i32) -> Vec<Record> {
    let mut graph = Graph { as_of_day: day, ..Graph::default() };
    there.into_graph(&mut graph);
    record::records(&there.files, &graph)
}

fn list(there: &Records, day: i32, console: Console) -> Exit {
    let records = all(there, day);
    if records.is_empty() {
        console.note(format!("there are no records in {}", there.folder.display()));
    }
    for it in records {
        let overdue = if it.review_by_day.is_some_and(|it| it < day) { ", overdue" } else { "" };
        let decision = if it.decision.is_empty() { "by hand" } else { it.decision.as_str() };
        let status = format!("{}{overdue}", standing(&it));
        console.line(format!("{:04}  {decision:<7}  {status:<24}  {}", it.number, it.title));
    }
    Exit::Ok
}

/// "accepted by Ada", "superseded by 0021".
fn standing(record: &Record) -> String {
    let by = match record.superseded_by {
        Some(by) => format!(" by {by:04}"),
        None if record.accepted_by.is_empty() => String::new(),
        None => format!(" by {}", record.accepted_by.join(", ")),
    };
    format!("{}{by}", record.status.name())
}

fn show(there: &Records, number: u32, day: i32, console: Console) -> Result<Exit, Fault> {
    let records = all(there, day);
    let Some(record) = records.iter().find(|it| it.number == number) else {
        return Err(Fault::new(
            format!("there is no record {number:04}"),
            "`architrave adr list` shows the records that are there",
        ));
    };
    console.write(record.text.as_bytes());
    Ok(Exit::Ok)
}

fn change(
    there: &Records,
    number: u32,
    act: &Act,
    day: i32,
    console: Console,
) -> Result<Exit, Fault> {
    match record::act(&there.files, number, act, day) {
        Ok(changed) => {
            there.write(&changed)?;
            let named = changed.into_iter().map(|(name, text)| SourceFile { name, text });
            let written = Records { files: named.collect(), ..Records::default() };
            for it in all(&written, day) {
                console.line(format!("{}: {}", it.path, standing(&it)));
            }
            Ok(Exit::Ok)
        }
        Err(Refused { what, help }) => {
            console.note(format!("error: {what}"));
            console.note(format!("help: {help}"));
            Ok(Exit::Usage)
        }
    }
}
