//! Judges: the graph of a system in, verdicts out; one file and one manual page per rule.
//!
//! [`graph_of`] is the door of blueprints; existing systems come through `architrave-import`. Both fill one
//! graph, and rules read nothing else. Start reading at [`review`], then [`Rule`].
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod assess;
mod comparison;
mod decide;
mod door;
pub mod facts;
mod levels;
pub mod measure;
pub mod pages;
mod pattern;
mod questions;
pub mod record;
mod review;
mod rule;
mod rules;
mod subjects;
pub mod tell;
mod threats;
mod verdicts;
mod waivers;
mod words;

pub use assess::{Given, assess};
pub use comparison::Comparison;
pub use decide::{
    Precedent, TableFault, Tables, chosen, decide, decide_by, page as decision_page,
    told as decided,
};
pub use door::{graph_of, needs_from};
pub use levels::{LEVELS, LevelChange, level};
pub use questions::{AnswerRefused, answer, open_questions, question_state, questions_of};
pub use review::{Review, review};
pub use rule::{Family, Input, Rule, Source};
pub use rules::{rule, rules};
pub use threats::{crossings, threats};
pub use verdicts::{Failure, Verdicts};
pub use waivers::Waived;
