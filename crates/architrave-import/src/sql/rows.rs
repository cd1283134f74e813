//! How many rows a table has, where the text of a live schema says so in the line above it.

use architrave_model::{
    Span,
    graph::{Known, Origin, Provenance},
};

use crate::input::Input;

/// How the text of a schema begins that was read from a server with its statistics.
const HEAD: &str = "-- PostgreSQL schema of ";
/// What stands around the number.
const BEFORE: &str = "-- about ";
const BEHIND: &str = " rows";

/// The number in the line before a place, e.g. `-- about 1500000 rows`. Elsewhere than in the text of a live
/// schema it is somebody's remark, and nobody counted.
pub(super) fn before(input: &Input<'_>, place: usize) -> Option<Known<u64>> {
    let text = input.text();
    let above = text.starts_with(HEAD).then(|| text.get(..place))??.strip_suffix('\n')?;
    let start = above.rfind('\n').map_or(0, |it| it + 1);
    let digits = above.get(start..)?.strip_prefix(BEFORE)?.strip_suffix(BEHIND)?;
    let from = start + BEFORE.len();
    let span = Span {
        file: input.id(),
        start: u32::try_from(from).ok()?,
        end: u32::try_from(from + digits.len()).ok()?,
    };
    let origin = Origin { provenance: Provenance::Measured, span: Some(span) };
    Some(Known::Is(digits.parse().ok()?, origin))
}
