//! What a rule says of one element.

use crate::Span;

/// How much a failed rule matters: likelihood times impact, in Threagile's bands (`pkg/types/model.go`):
/// at most 1 low, at most 3 medium, at most 8 elevated, at most 12 high, more critical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Mend first: loss, leak or outage that is likely.
    Critical,
    /// Mend before release.
    High,
    /// Mend soon.
    Elevated,
    /// Mend when you are there.
    Medium,
    /// Worth a look.
    Low,
    /// Worth knowing; nothing to do.
    Info,
}

impl Level {
    /// The band of a product; 0 is for information.
    #[must_use]
    pub fn of(impact: u8, likelihood: u8) -> Self {
        match impact.saturating_mul(likelihood) {
            0 => Self::Info,
            1 => Self::Low,
            2..=3 => Self::Medium,
            4..=8 => Self::Elevated,
            9..=12 => Self::High,
            _ => Self::Critical,
        }
    }

    /// Stable name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Elevated => "elevated",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Info => "info",
        }
    }
}

/// What became of a rule for one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The rule is broken.
    Fail,
    /// The rule is broken, and somebody took it upon themselves, with a reason and an end.
    Waived,
    /// A fact is missing.
    CannotTell,
    /// The rule holds.
    Pass,
    /// There is nothing here that the rule is about.
    NotApplicable,
}

/// What a rule says of one element.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The rule, e.g. `REL-01`.
    pub rule: &'static str,
    /// Id of the element, e.g. `edge:orders.place->payments.charge`. `RULE@SUBJECT` is the finding's stable id.
    pub subject: String,
    /// The element as a person calls it.
    pub subject_name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How much it matters (failures).
    pub level: Level,
    /// What is wrong with this element, one sentence, lower case, no full stop (failures); what is missing
    /// (cannot tell); empty otherwise.
    pub title: String,
    /// Places, the one to change first; empty where the whole system is meant.
    pub places: Vec<(Span, String)>,
    /// What to do, in words, about this element.
    pub help: String,
    /// What to type into a blueprint; none for other files.
    pub proposal: Option<Proposal>,
    /// Numbers and facts that the verdict rests on, each with its provenance, in words.
    pub because: Vec<String>,
    /// Of a waived one: the waiver.
    pub waiver: Option<Waiver>,
}

impl Verdict {
    /// `RULE@SUBJECT`: the same from run to run while neither is renamed.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}@{}", self.rule, self.subject)
    }
}

/// Somebody takes a finding upon themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Pattern of finding ids with `*`, e.g. `REL-06@*`, `SEC-*@table:sales.Order`.
    pub pattern: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub owner: String,
    /// Until which day, as days since 1970; then it is a finding again.
    pub until_day: i32,
    /// The whole block.
    pub span: Option<Span>,
}

/// A change of a blueprint's text, said without knowing the text; the reader turns it into edits that keep
/// every comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What it does, e.g. "limit how often one caller may place an order".
    pub title: String,
    /// Whether there is exactly one right answer, so that `--fix` may apply it.
    pub is_unambiguous: bool,
    /// In order; they do not touch the same place.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Writes `name = value` into a block, in place of the value that it has.
    Set {
        /// The whole block.
        block: Span,
        /// The setting.
        name: String,
        /// Its value as it is written in a blueprint, e.g. `"5s"` or `rate("10/min", caller.id)`.
        value: String,
    },
    /// Writes `name = value` into the block of this kind at the top of the blueprint, in place of the value that it
    /// has; the block is added at the end where there is none.
    SetTop {
        /// Kind of a block without a name that a blueprint has once, e.g. `workload`.
        kind: &'static str,
        /// The setting.
        name: &'static str,
        /// Its value as it is written in a blueprint.
        value: String,
    },
    /// Adds settings or blocks at the end of a block.
    Add {
        /// The whole block; at the end of the last file where there is none.
        inside: Option<Span>,
        /// As it is written in a blueprint, without indentation.
        text: String,
    },
    /// Writes something else in place of what is there.
    Replace {
        /// The exact bytes.
        span: Span,
        /// What stands there afterwards.
        text: String,
    },
}
