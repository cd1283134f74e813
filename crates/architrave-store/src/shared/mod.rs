//! What stores have in common, whatever their database: how a selection is laid out, which text a list needs, values as
//! they are stored and as the journal writes them, whether writing works, and figures.

pub(crate) mod counters;
pub(crate) mod health;
pub(crate) mod journal;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod remember;
pub(crate) mod replay;
pub(crate) mod stored;
