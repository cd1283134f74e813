//! How a file is known to be ours. The store's own tables are `architrave_plan::sql::own`.

/// Marks a file as ours: `ARCH`.
pub(super) const APPLICATION_ID: i64 = 0x4152_4348;

pub(super) use architrave_plan::sql::own::sqlite::{CREATE, LAYOUT};
