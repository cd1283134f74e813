//! `architrave docs PATH --out FOLDER`

use std::{io, path::PathBuf};

use architrave_engine::Fault;
use architrave_model::Accept;
use architrave_projections::{Document, Material, SITE_PATH, documents, site};
use architrave_review::{Given, assess, graph_of};
use clap::{Args, ValueEnum};

use super::blueprint::BlueprintPath;
use crate::{
    checked::{LockUse, has_errors},
    console::Console,
    documents::{Differences, Files, Target, tidy, write},
    exit::Exit,
    own_tables,
    records::{self, Records},
    review,
    world::today,
};

/// Most lines of what differs; the rest is counted.
const LINES_MAX: usize = 40;

/// What to document and where to.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// The folder for the documents; whatever else is in it is kept
    #[arg(long, value_name = "FOLDER", default_value = "docs/architecture")]
    out: PathBuf,
    /// Pages as Markdown, as one web site in one file, or both; files for programs are written in any case
    #[arg(long, value_enum, default_value = "both")]
    format: Format,
    /// Write nothing; end with 1 and say which files differ where the folder is not what would be written
    #[arg(long)]
    check: bool,
    /// Write even where files were edited by hand; these are kept beside as NAME.edited
    #[arg(long, conflicts_with = "check")]
    overwrite: bool,
    /// Read more waivers from this file
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// What `architrave load` measured of this blueprint; without it capacity rests on assumptions
    #[arg(long, value_name = "FILE")]
    measurements: Option<PathBuf>,
    /// Your own prices, in the form of the table that comes with the program
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Your own lines of support of products, in the form of the table that comes with the program
    #[arg(long, value_name = "FILE")]
    lifecycles: Option<PathBuf>,
    /// Judge as of this day (YYYY-MM-DD) in place of today: waivers, support of products and prices end
    #[arg(long, value_name = "DATE", value_parser = super::review::parse_day)]
    as_of: Option<i32>,
}

/// In which form pages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown with Mermaid, as code hosts show it
    Markdown,
    /// One page that opens without a network, with its diagrams drawn
    Html,
    /// Both
    Both,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let paths = [self.blueprint.as_path().to_owned()];
        let (mut waivers, found, files) = review::waivers(self.waivers.as_deref(), &paths)?;
        super::review::show(console, &found, &files);
        if has_errors(&found) {
            return Ok(Exit::Findings);
        }
        // Documents store nothing, hence take no names.
        let checked = self.blueprint.load()?;
        let Some(plan) = checked.into_plan(console, LockUse::Ignore)? else {
            return Ok(Exit::Findings);
        };
        let target =
            Target::open(&self.out, self.blueprint.as_path(), self.overwrite || self.check)?;
        waivers.extend(plan.system.accepts.iter().filter_map(Accept::waiver));
        let mut graph = graph_of(&plan, self.as_of.unwrap_or_else(today));
        graph.lifecycles = own_tables::lifecycles_in(self.lifecycles.as_deref())?;
        // Records are kept as they stand, and new ones are numbered behind them.
        let home = records::home(self.blueprint.as_path());
        let records = Records::load(&self.out.join("decisions"), &home)?;
        records.into_graph(&mut graph);
        let measured = match &self.measurements {
            Some(path) => Some(super::capacity::measurements(path, &plan)?),
            None => None,
        };
        let prices = self.prices.as_deref().map(own_tables::prices).transpose()?;
        let given = Given {
            waivers: &waivers,
            measurements: measured.as_ref(),
            records: records.kept(),
            prices: prices.as_ref(),
            ..Given::default()
        };
        let assessment = assess(&graph, &given);
        let material = Material { plan: &plan, assessment: &assessment };
        let files = self.files(&plan.system.name.text, documents(&material));
        let differences = Differences::between(&target.path, &target.present, &files)?;
        if self.check {
            return Ok(self.checked(&differences, console));
        }
        if !differences.edited.is_empty() && !self.overwrite {
            return Err(self.edited(&differences));
        }
        if differences.is_none() {
            tidy(&target);
            console.line(format!("{} is up to date: {} files", self.out.display(), files.len()));
            return Ok(Exit::Ok);
        }
        let kept = write(&target, &files, &differences, &mut |_| io::Result::Ok(()))?;
        for path in kept {
            console.note(format!("kept what was edited by hand: {path}"));
        }
        console.line(format!("wrote {} files to {}", files.len(), self.out.display()));
        console.line(format!("read  {}", self.out.join(self.first()).display()));
        Ok(Exit::Ok)
    }

    fn files(&self, name: &str, documents: Vec<Document>) -> Files {
        let mut files = Files::new();
        if self.format != Format::Markdown {
            files.insert(SITE_PATH.to_owned(), site(name, &documents).into_bytes());
        }
        let wants = |it: &Document| !it.is_page() || self.format != Format::Html;
        let kept = documents.into_iter().filter(wants);
        files.extend(kept.map(|it| (it.path, it.text.into_bytes())));
        files
    }

    /// Where to begin reading.
    fn first(&self) -> &'static str {
        if self.format == Format::Markdown { "README.md" } else { SITE_PATH }
    }

    fn checked(&self, differences: &Differences, console: Console) -> Exit {
        if differences.is_none() {
            return Exit::Ok;
        }
        let command = format!(
            "architrave docs {} --out {}",
            self.blueprint.as_path().display(),
            self.out.display()
        );
        console.note(format!("{} is not what would be written:", self.out.display()));
        shortened(&differences.lines()).iter().for_each(|it| console.line(it));
        console.note(format!("help: write it with `{command}`"));
        Exit::Findings
    }

    fn edited(&self, differences: &Differences) -> Fault {
        let lines = shortened(&differences.edited);
        Fault::new(
            format!(
                "files in {} were edited by hand, nothing was written:\n  {}",
                self.out.display(),
                lines.join("\n  ")
            ),
            "say in the blueprint what they say, or keep them beside the new ones as NAME.edited with --overwrite",
        )
    }
}

fn shortened(lines: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = lines.iter().take(LINES_MAX).cloned().collect();
    if lines.len() > LINES_MAX {
        shown.push(format!("and {} more", lines.len() - LINES_MAX));
    }
    shown
}
