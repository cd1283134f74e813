//! The tools, one a file; the list is what agents see.

mod questions;
mod review;
mod validate;

use super::tool::Tool;

/// Every tool, in the order in which an architect's work meets them.
pub(super) static ALL: &[&Tool] = &[&questions::TOOL, &validate::TOOL, &review::TOOL];
