//! Rules of the api family, in the order of their ids.

use crate::Rule;

/// To add one: a file and a page beside this one, a `mod` line and a line here.
pub(super) const RULES: &[Rule] = &[];
