//! Tells a review: to machines (JSON, SARIF, JUnit), to pull requests (Markdown), and in the words that close a
//! text. The same review gives the same bytes. To add a format: a file, and a variant of [`Format`].

pub mod capacity;
pub(crate) mod day;
mod json;
mod junit;
mod markdown;
mod place;
mod sarif;
mod summary;
mod text;
mod topology;

use architrave_model::{Level, Outcome, SourceFile, Verdict};

use crate::{Comparison, Family, Review, Rule, Waived, rules};

pub use summary::{Coverage, MendFirst};
pub use topology::{Hot, bottlenecks, single_points_of_failure};

/// A review and everything around it that is told.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Name of the system; the path, where it has none.
    pub system: String,
    /// The day on which it was judged, as days since 1970.
    pub as_of_day: i32,
    /// The files that were read; spans point into them.
    pub files: Vec<SourceFile>,
    /// The verdicts.
    pub review: Review,
    /// Families that were asked for; all if empty.
    pub families: Vec<Family>,
    /// What became of waivers.
    pub waived: Waived,
    /// An earlier review that this one is compared with.
    pub comparison: Option<Comparison>,
    /// What most depends on and has least room.
    pub bottlenecks: Vec<Hot>,
    /// What takes others down with it.
    pub single_points: Vec<Hot>,
    /// Files that told something, and what they were taken for.
    pub recognised: Vec<(String, String)>,
}

/// How a review is told to machines and pages; text for people is rendered with the files' lines beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Everything, as in `docs/reference/review.schema.json`.
    Json,
    /// Static Analysis Results Interchange Format 2.1.0, as code hosts take it.
    Sarif,
    /// For a pull request.
    Markdown,
    /// One test case a rule, as build servers take it.
    Junit,
}

impl Report {
    /// The whole report.
    #[must_use]
    pub fn told(&self, format: Format) -> String {
        match format {
            Format::Json => format!("{:#}\n", json::written(self)),
            Format::Sarif => format!("{:#}\n", sarif::written(self)),
            Format::Markdown => markdown::written(self),
            Format::Junit => junit::written(self),
        }
    }

    /// The lines that close a text: what to mend first, and how much was judged.
    #[must_use]
    pub fn closing(&self) -> String {
        text::closing(self)
    }

    /// The same review without what another comparison would say: the file that `--baseline` takes.
    #[must_use]
    pub fn baseline(&self) -> String {
        format!("{:#}\n", json::baseline(self))
    }

    /// What fails and was not there in the earlier review: what decides how a command ends.
    pub fn news(&self) -> impl Iterator<Item = &Verdict> {
        self.failures().filter(|it| self.is_new(it))
    }

    /// What fails.
    pub fn failures(&self) -> impl Iterator<Item = &Verdict> {
        self.review.verdicts.iter().filter(|it| it.outcome == Outcome::Fail)
    }

    /// Whether any news matters at least so much.
    #[must_use]
    pub fn has_news_of(&self, level: Level) -> bool {
        self.news().any(|it| it.level <= level)
    }

    fn is_new(&self, verdict: &Verdict) -> bool {
        self.comparison.as_ref().is_none_or(|it| !it.known.contains(&verdict.id()))
    }

    fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rules().filter(|it| self.families.is_empty() || self.families.contains(&it.family))
    }
}
