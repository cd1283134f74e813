//! The tools, one a file; the list is what agents see.

mod answer;
mod capacity;
mod decide;
mod diff;
mod explain;
mod fix;
mod import;
mod questions;
mod render;
mod review;
mod validate;

use super::tool::Tool;

/// Every tool, in the order in which an architect's work meets them.
pub(super) static ALL: &[&Tool] = &[
    &questions::TOOL,
    &answer::TOOL,
    &validate::TOOL,
    &import::TOOL,
    &review::TOOL,
    &explain::TOOL,
    &fix::TOOL,
    &decide::TOOL,
    &capacity::TOOL,
    &diff::TOOL,
    &render::TOOL,
];
