//! `architrave review PATH…`

use std::path::PathBuf;

use architrave_blueprint::render::{self, Style};
use architrave_engine::Fault;
use architrave_model::{Finding, Level, Severity, SourceFile};
use architrave_review::{
    Comparison, Family, LEVELS, LevelChange, level,
    tell::{Format, Report},
};
use clap::{Args, ValueEnum};

use crate::{
    checked::has_errors,
    console::Console,
    exit::Exit,
    own_tables,
    review::{self, Judged, Judgement, Subject},
    world::today,
};

/// What to review and how to tell it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A blueprint (a file, or a folder of *.hcl files), or files and folders of an existing system; also a
    /// database: a file of SQLite, or postgres://user@host/database with the password in PGPASSWORD
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value = "text")]
    format: Told,
    /// End with 1 where a finding matters at least so much: critical, high, elevated, medium, low, info
    #[arg(long, value_name = "LEVEL", default_value = "high", value_parser = parse_level)]
    fail_on: Level,
    /// Tell only what is not in this file, which --write-baseline or --format json wrote
    #[arg(long, value_name = "FILE", conflicts_with = "against")]
    baseline: Option<PathBuf>,
    /// Write what fails now to a file, for --baseline
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Tell only what is new since this revision of the git repository, and what is fixed
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,
    /// Apply the proposals that have exactly one right answer (blueprints only)
    #[arg(long)]
    fix: bool,
    /// Ask only the rules of this family; may be given several times
    #[arg(long, value_name = "FAMILY", value_parser = parse_family)]
    family: Vec<Family>,
    /// Change how much findings matter, e.g. 'reliability.*=low' or REL-01=info; the longest pattern wins
    #[arg(long, value_name = "PATTERN=LEVEL")]
    severity: Vec<LevelChange>,
    /// Read waivers from this file in place of architrave-waivers.hcl in the folder
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    /// Take the figures of a load run from this file, which architrave load wrote
    #[arg(long, value_name = "FILE")]
    measurements: Option<PathBuf>,
    /// Your own lines of support of products, in the form of the table that comes with the program
    #[arg(long, value_name = "FILE")]
    lifecycles: Option<PathBuf>,
    /// Judge as of this day (YYYY-MM-DD) in place of today: waivers and support of products end
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    as_of: Option<i32>,
}

/// How a review is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Told {
    /// For people, with the lines that findings are about
    Text,
    /// Everything, for programs
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// For a pull request
    Markdown,
    /// For build servers
    Junit,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let (waivers, found, files) = review::waivers(self.waivers.as_deref(), &self.paths)?;
        show(console, &found, &files);
        if has_errors(&found) {
            return Ok(Exit::Findings);
        }
        let mut how = Judgement {
            as_of_day: self.as_of.unwrap_or_else(today),
            families: self.family.clone(),
            levels: self.severity.clone(),
            waivers,
            before: None,
            measured: self.measurements.as_deref().map(review::measured).transpose()?,
            lifecycles: own_tables::lifecycles_in(self.lifecycles.as_deref())?,
        };
        let mut subject = Subject::load(&self.paths)?;
        if self.fix {
            subject = fix(subject, &how, console)?;
        }
        let earlier = match &self.against {
            Some(it) => Some(review::before(&subject, &self.paths, it)?.judged(&how)),
            None => None,
        };
        how.before = earlier.as_ref().map(|it| Box::new(it.graph.clone()));
        let judged = subject.judged(&how);
        let is_blueprint = matches!(subject, Subject::Blueprint { .. });
        if let Subject::Existing(it) = &subject {
            it.not_read().into_iter().for_each(|line| console.note(line));
        }
        show(console, &judged.findings, &judged.report.files);
        if is_blueprint && has_errors(&judged.findings) {
            return Ok(Exit::Findings);
        }
        let mut report = judged.report;
        report.comparison = self.comparison(&report, earlier.as_ref())?;
        if let Some(path) = &self.write_baseline {
            let written = std::fs::write(path, report.baseline());
            written.map_err(|error| crate::source::cannot_write(path, &error))?;
        }
        self.tell(&report, console);
        Ok(if report.has_news_of(self.fail_on) { Exit::Findings } else { Exit::Ok })
    }

    fn comparison(
        &self,
        report: &Report,
        earlier: Option<&Judged>,
    ) -> Result<Option<Comparison>, Fault> {
        if let Some(path) = &self.baseline {
            let before = review::baseline(path)?;
            let name = path.display().to_string();
            return Ok(Some(Comparison::of(&report.review, name, &before)));
        }
        Ok(self.against.as_ref().zip(earlier).map(|(revision, earlier)| {
            Comparison::of(&report.review, revision, &earlier.report.review.failures())
        }))
    }

    fn tell(&self, report: &Report, console: Console) {
        let format = match self.format {
            Told::Text => {
                let style = if console.has_colours() { Style::Coloured } else { Style::Plain };
                return console.write(review::text(report, style).as_bytes());
            }
            Told::Json => Format::Json,
            Told::Sarif => Format::Sarif,
            Told::Markdown => Format::Markdown,
            Told::Junit => Format::Junit,
        };
        console.write(report.told(format).as_bytes());
    }
}

/// Applies what has one right answer, writes the files and says what was done.
fn fix(subject: Subject, how: &Judgement, console: Console) -> Result<Subject, Fault> {
    let Subject::Blueprint { files, paths } = subject else {
        return Err(Fault::new(
            "--fix changes blueprints only",
            "change the files as the findings say",
        ));
    };
    if files.iter().any(|it| it.text.contains('\u{fffd}')) {
        // Replaced bytes must not be written back.
        return Err(Fault::new("a file is not UTF-8", "save it with the encoding UTF-8"));
    }
    let fixed = review::fixed(&files, how, &[]);
    for (before, (after, path)) in files.iter().zip(fixed.files.iter().zip(&paths)) {
        if before.text != after.text {
            super::fmt::replace(path, &after.text)?;
        }
    }
    for (id, title) in &fixed.done {
        console.note(format!("fixed: {title} ({id})"));
    }
    for (id, title) in &fixed.refused {
        console.note(format!("not fixed, it would not help: {title} ({id})"));
    }
    Ok(Subject::Blueprint { files: fixed.files, paths })
}

/// Shows findings that ask for something, with their lines, on standard error.
pub(super) fn show(console: Console, findings: &[Finding], files: &[SourceFile]) {
    let style = if console.has_colours() { Style::Coloured } else { Style::Plain };
    let asking: Vec<Finding> =
        findings.iter().filter(|it| it.severity != Severity::Note).cloned().collect();
    let text = render::render(&asking, files, style);
    if !text.is_empty() {
        console.note(text.trim_end());
    }
}

pub(crate) fn parse_level(text: &str) -> Result<Level, String> {
    let names = LEVELS.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
    level(text).ok_or_else(|| format!("levels are {names}"))
}

pub(crate) fn parse_family(text: &str) -> Result<Family, String> {
    let mut families: Vec<Family> = architrave_review::rules().map(|it| it.family).collect();
    families.dedup();
    let names = families.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
    let found = families.into_iter().find(|it| it.name() == text);
    found.ok_or_else(|| format!("families are {names}"))
}

/// A day on the command line, as days since 1970.
pub(super) fn parse_day(text: &str) -> Result<i32, String> {
    let date: jiff::civil::Date = text.parse().map_err(|_| "write it as 2027-06-30".to_owned())?;
    let since = date.since(jiff::civil::date(1970, 1, 1)).map_err(|error| error.to_string())?;
    Ok(since.get_days())
}
