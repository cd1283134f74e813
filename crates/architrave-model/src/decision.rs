//! What was decided, why, and what would change it.

use crate::graph::Provenance;

/// One decision about a system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// Stable, e.g. `D-01`.
    pub id: String,
    /// Stable, e.g. `topology`.
    pub name: String,
    /// What is decided, e.g. "Into how many units that are deployed on their own is the system cut?"
    pub question: String,
    /// Name of the chosen option; empty where everything was ruled out.
    pub chosen: String,
    /// What is done by choosing it, as the title of a record: "Keep rows and journal in SQLite".
    pub title: String,
    /// Whether it would be another one for some plausible value of a fact that nobody stated.
    pub is_open: bool,
    /// Facts that nobody stated and that would change it; the questions to ask.
    pub asks: Vec<String>,
    /// All options, in the table's order.
    pub options: Vec<Considered>,
    /// The row of the table that decided, counted from 1.
    pub row: u32,
    /// Why that row chooses so, one sentence.
    pub because: String,
    /// Where the row comes from.
    pub source: String,
    /// How far it can be trusted.
    pub confidence: Confidence,
    /// The facts that the table asks for, the most influential first.
    pub inputs: Vec<Input>,
    /// What leads up to the question in this system, one sentence each, with its numbers.
    pub context: Vec<String>,
    /// What follows from it in this system, one fragment each, with its numbers.
    pub consequences: Vec<String>,
    /// The options that are left, compared by marks and weights, the best first; empty where one is left.
    pub comparison: Vec<Standing>,
    /// Weights at which another option would come first in that comparison.
    pub tips: Vec<Tip>,
    /// Whether a small change of a weight would put another option first: a person has to weigh it.
    pub is_close_call: bool,
    /// Rules that confirm that the system follows it.
    pub confirm: Vec<String>,
    /// Commands and tests that confirm it, one sentence each, in Markdown.
    pub checks: Vec<String>,
    /// Measurements at which it is to be decided anew.
    pub triggers: Vec<Trigger>,
    /// Months after which it is to be looked at again.
    pub review_after_months: u32,
    /// Version of the table, e.g. `2026.11`.
    pub table_version: String,
}

/// An option and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Considered {
    /// Stable, `snake_case`.
    pub name: String,
    /// As a person calls it.
    pub title: String,
    /// What it gives.
    pub good: Vec<String>,
    /// What it takes.
    pub bad: Vec<String>,
    /// What is done by choosing it, as the title of a record.
    pub decision: String,
    /// What ruled it out, if anything did.
    pub ruled_out: Option<String>,
    /// Marks of 1 to 5 by criterion, for comparison: cost, operations, reversibility, skills. More is better.
    pub marks: Vec<(String, u8)>,
}

/// How an option stands in the comparison by marks and weights.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// [`Considered::name`].
    pub option: String,
    /// Mark of 1 to 5 and weight in per cent by criterion; the weights of an option add up to 100.
    pub marks: Vec<(String, u8, u8)>,
    /// Sum of marks times weights, in hundredths of a mark: 100 to 500.
    pub total: u32,
}

/// A weight at which another option would come first in the comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tip {
    /// The criterion, e.g. `cost`.
    pub criterion: String,
    /// Its weight now, in per cent.
    pub weight: u8,
    /// The weight at which the comparison tips, in tenths of a per cent; the other weights shrink or grow in proportion.
    pub tips_at_permille: u32,
    /// [`Considered::name`] of the option that would come first.
    pub option: String,
}

/// A fact that a decision rests on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Input {
    /// Stable, e.g. `release_teams`.
    pub fact: String,
    /// As a person calls it.
    pub title: String,
    /// With its unit, e.g. `900 requests/s`.
    pub value: String,
    /// As tables write it, so that it can be read back: `900/s`, `4`, `15m`.
    pub written: String,
    /// Who says so; assumed where nobody does.
    pub provenance: Provenance,
    /// The nearest values that would change the decision, e.g. "from 2 on: services"; empty: none would.
    pub flips: Vec<Flip>,
}

/// A value that would change a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flip {
    /// With its unit.
    pub value: String,
    /// The same as a condition, e.g. "2 teams or more", "above 99.9%", "is stable".
    pub condition: String,
    /// Title of the option that would be chosen.
    pub option: String,
}

/// How far a row of a table can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// We measured it.
    Measured,
    /// The maker or a standard says so.
    Documented,
    /// The people who asked for it stated it.
    Stated,
    /// Our judgement; edit it where you know better.
    #[default]
    Judgement,
}

impl Confidence {
    /// Stable name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Documented => "documented",
            Self::Stated => "stated",
            Self::Judgement => "judgement",
        }
    }
}

/// A measurement at which a decision is to be made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// What is watched, in words.
    pub title: String,
    /// The condition in PromQL over the metrics that the runtime exposes.
    pub expression: String,
}

/// A decision that was written down. Never rewritten: another outcome is another record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// From 1.
    pub number: u32,
    /// [`Decision::id`]; empty for records that people wrote about something else.
    pub decision: String,
    /// [`Considered::name`] of what was chosen.
    pub chosen: String,
    /// E.g. "Use SQLite as the primary store".
    pub title: String,
    /// Where it stands.
    pub status: RecordStatus,
    /// Days since 1970: when it was written.
    pub day: i32,
    /// Who accepted it; empty while it is proposed.
    pub accepted_by: Vec<String>,
    /// The record that it takes the place of.
    pub supersedes: Option<u32>,
    /// The record that took its place.
    pub superseded_by: Option<u32>,
    /// When to look at it again.
    pub review_by_day: Option<i32>,
    /// Path below the folder of records, e.g. `0007-primary-store.md`.
    pub path: String,
    /// The whole file, byte for byte.
    pub text: String,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordStatus {
    /// Waits for a person.
    #[default]
    Proposed,
    /// Holds.
    Accepted,
    /// A person said no.
    Rejected,
    /// Another took its place.
    Superseded,
    /// Holds no longer, and nothing took its place.
    Deprecated,
}

impl RecordStatus {
    /// Stable name, lower case, as MADR has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
            Self::Deprecated => "deprecated",
        }
    }
}
