//! Writes: a plan in, documents out. One room per document; documents share only the tools in this folder.
#![warn(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "this crate is pure: same input, same output"
)]

mod audience;
mod example;
mod filters;
mod json;
mod limits;
mod names;
mod openapi;
mod reference;
mod refusals;
mod types;

use architrave_plan::Plan;

pub use openapi::openapi;
pub use reference::{Page, pages, reference};

/// A kind of document.
#[derive(Debug)]
pub struct Projection {
    /// Stable name, used on the command line.
    pub name: &'static str,
    /// Path of the document below the output folder.
    pub path: &'static str,
    /// Writes the document. Deterministic, so that a golden file can hold the answer.
    pub render: fn(&Plan) -> String,
}

/// Every document that is one file, in the order in which it is listed.
pub static ALL: &[Projection] = &[openapi::PROJECTION, reference::PROJECTION];
