//! Everything an architect says of a system; what the review finds out and documents tell.

use crate::{
    Crossing, ObjectiveLoad, OpenQuestion, Restore, Threat, Verdict,
    capacity::{Capacity, Cost, Stage},
    decision::{Decision, Record},
    graph::Graph,
};

/// Everything an architect says of a system.
#[derive(Debug, Clone, Default)]
pub struct Assessment {
    /// Days since 1970: the day as of which support of products, waivers and prices are judged.
    pub as_of_day: i32,
    /// What was judged.
    pub graph: Graph,
    /// Every rule, in the order of the manual.
    pub rules: Vec<RuleSummary>,
    /// Failures first; within an outcome by level, rule and subject.
    pub verdicts: Vec<Verdict>,
    /// Where data crosses a boundary of trust.
    pub crossings: Vec<Crossing>,
    /// What somebody could do at each crossing, and what answers it.
    pub threats: Vec<Threat>,
    /// In the order of the tables.
    pub decisions: Vec<Decision>,
    /// Decision records, by number; those that are proposed now among them.
    pub records: Vec<Record>,
    /// Questions that matter, the weightiest first.
    pub questions: Vec<OpenQuestion>,
    /// How busy it is; none where no load is declared.
    pub capacity: Option<Capacity>,
    /// What it costs now; none where no load is declared.
    pub cost: Option<Cost>,
    /// How it grows: the first stage is where it starts.
    pub stages: Vec<Stage>,
    /// How it is built, in order.
    pub increments: Vec<Increment>,
    /// Whether the makers of what it is built on still support it.
    pub products: Vec<Support>,
    /// How many requests each objective is judged by; none where no load is declared.
    pub objectives: Vec<ObjectiveLoad>,
    /// Bringing the data back from a copy; none where no number of rows is known.
    pub restore: Option<Restore>,
    /// Everything that was taken for lack of better, in one list.
    pub assumptions: Vec<Assumption>,
}

/// A rule, as far as documents tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSummary {
    /// E.g. `REL-01`.
    pub id: &'static str,
    /// E.g. `missing-timeout`.
    pub name: &'static str,
    /// What is wrong where it fails, in a few words, lower case.
    pub summary: &'static str,
    /// Family, e.g. `reliability`.
    pub family: &'static str,
    /// How bad it is where it happens, 1 to 4; 0 for information.
    pub impact: u8,
    /// How likely it is to happen, 1 to 4.
    pub likelihood: u8,
}

/// Whether a product is still supported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// E.g. `postgresql`.
    pub product: String,
    /// E.g. `17`.
    pub version: String,
    /// Last day of support, as days since 1970; none where the table does not know.
    pub until_day: Option<i32>,
    /// Who says so.
    pub source: String,
    /// The day on which somebody looked, `2026-11-21`.
    pub checked: String,
}

/// A piece of work that ends with something that can be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Increment {
    /// E.g. "Context sales".
    pub title: String,
    /// What is known or works when it is done, one sentence.
    pub goal: String,
    /// Why it stands where it does, one sentence.
    pub because: String,
    /// What to do, in order. Names stand in ticks.
    pub steps: Vec<String>,
    /// What must be true before the next one is begun. Names stand in ticks.
    pub gate: String,
    /// Working days of one person, at the least and at the most.
    pub days: (u64, u64),
    /// How the days come about.
    pub sizing: String,
}

/// Something taken for lack of better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// What, e.g. "share of requests that read".
    pub what: String,
    /// With its unit, e.g. `90.9 %`.
    pub value: String,
    /// Why so, or who says it of systems like this.
    pub because: String,
    /// What rests on it, e.g. `D-02`, `capacity`.
    pub used_by: Vec<String>,
    /// The question that would replace it, e.g. `Q05`.
    pub question: Option<String>,
}
