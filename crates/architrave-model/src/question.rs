//! What is not said yet and would change the outcome.

use crate::Proposal;

/// A question whose answer matters: some plausible answer changes a decision, a verdict or a number.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenQuestion {
    /// Stable, e.g. `Q01`.
    pub id: &'static str,
    /// The fact it asks for, e.g. `team`.
    pub fact: &'static str,
    /// The question, one sentence.
    pub text: &'static str,
    /// How one comes by a good answer.
    pub hint: &'static str,
    /// How an answer is written, e.g. `a number of people` or `"900/s"`.
    pub form: String,
    /// Answers that systems like this give, in order.
    pub plausible: Vec<String>,
    /// Taken until somebody answers.
    pub default: String,
    /// The system with the default.
    pub with_default: World,
    /// The system with the nearest answer that changes something.
    pub otherwise: World,
    /// How many outcomes differ between plausible answers; the questions that matter most come first.
    pub weight: u32,
}

/// The part of an assessment that an answer changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    /// The answer.
    pub answer: String,
    /// What it leads to, each as (what, outcome), e.g. (`D-01 topology`, `services`), (`REL-08@…`, `fail`).
    pub outcomes: Vec<(String, String)>,
}

/// An answer that can be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question, e.g. `Q01`.
    pub question: &'static str,
    /// What to write.
    pub proposal: Proposal,
}
