//! How it is operated: alerts, decisions, and what has been proven.

use super::{Known, Node, Origin};
use crate::measurement::Measurements;

/// An alert.
#[derive(Debug, Clone, Default)]
pub struct Alert {
    /// `alert:HighErrorRate`
    pub node: Node,
    /// Whether it says what to do; absent: it does not.
    pub runbook: Known<String>,
    /// Whether it watches what users feel (errors, latency, age) rather than a cause (processor, memory).
    pub is_symptom: Known<bool>,
    /// Labels by which its expression groups, with their place.
    pub groups_by: Vec<(String, Origin)>,
}

/// A decision record.
#[derive(Debug, Clone, Default)]
pub struct DecisionRecord {
    /// `decision:0007`
    pub node: Node,
    /// `proposed`, `accepted`, `superseded`, …
    pub status: Known<String>,
    /// Id of the decision table that it was written from, e.g. `D-02`; none for records that people wrote.
    pub decides: Option<String>,
    /// What was chosen, lower case, e.g. `postgresql`.
    pub chosen: Known<String>,
    /// What was chosen among, as written, lower case; empty where the record lists nothing.
    pub options: Vec<String>,
    /// When it is to be looked at again, as days since 1970.
    pub review_by_day: Known<i32>,
}

/// Something that has been tried.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// `evidence:restore`
    pub node: Node,
    /// What.
    pub kind: EvidenceKind,
    /// When, as days since 1970.
    pub day: i32,
    /// Result in words, with its unit.
    pub result: String,
}

/// What has been tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// A restore from a backup.
    #[default]
    Restore,
    /// A fault that was caused on purpose.
    Drill,
    /// A load run.
    Load,
    /// A calibration of service demands.
    Calibration,
}

/// A load run, and where its figures were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MeasuredRun {
    /// `measurements`
    pub node: Node,
    /// The figures.
    pub run: Measurements,
}

impl MeasuredRun {
    /// A run that was read from a file of its own.
    #[must_use]
    pub fn of(run: Measurements) -> Self {
        let origin = Origin { provenance: super::Provenance::Measured, span: None };
        let name = "the load run".to_owned();
        Self { node: Node { id: "measurements".to_owned(), name, origin }, run }
    }
}
