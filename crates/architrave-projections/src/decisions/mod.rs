//! What was decided, why, and what would change it.

mod index;
mod records;
mod trade_offs;

pub(crate) use index::PROJECTION as INDEX;
pub(crate) use records::PROJECTION as RECORDS;
pub(crate) use trade_offs::PROJECTION as TRADE_OFFS;

use architrave_model::decision::{Considered, Decision};

/// The option that was chosen.
fn chosen(decision: &Decision) -> Option<&Considered> {
    decision.options.iter().find(|it| it.name == decision.chosen)
}
