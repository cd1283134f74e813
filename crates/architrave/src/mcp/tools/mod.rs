//! The tools, one a file; the list is what agents see.

mod adr;
mod answer;
mod calibrate;
mod capacity;
mod cost;
mod decide;
mod diff;
mod evidence_add;
mod explain;
mod fix;
mod gate;
mod import;
mod job_cancel;
mod job_status;
mod loadtest;
mod memory;
mod questions;
mod render;
mod review;
mod roadmap;
mod tech_check;
mod threats;
mod validate;
mod waive;

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
    &waive::TOOL,
    &decide::TOOL,
    &adr::TOOL,
    &capacity::TOOL,
    &roadmap::TOOL,
    &cost::TOOL,
    &tech_check::TOOL,
    &evidence_add::TOOL,
    &threats::TOOL,
    &diff::TOOL,
    &render::TOOL,
    &gate::TOOL,
    &calibrate::TOOL,
    &loadtest::TOOL,
    &job_status::TOOL,
    &job_cancel::TOOL,
    &memory::TOOL,
];
