//! Gathers everything an architect says of a system: verdicts, decisions, questions.

use architrave_model::{OpenQuestion, decision::Decision, graph::Graph};

use crate::{Review, decide, open_questions, review};

/// Everything an architect says of a system. Pure: the same graph gives the same bytes.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// Verdicts of all rules.
    pub review: Review,
    /// Decisions, in the order of the tables.
    pub decisions: Vec<Decision>,
    /// Questions that matter, the weightiest first.
    pub questions: Vec<OpenQuestion>,
}

/// Assesses a system.
#[must_use]
pub fn assess(graph: &Graph) -> Assessment {
    Assessment { review: review(graph), decisions: decide(graph), questions: open_questions(graph) }
}
