//! Writes decisions down: Markdown decision records (MADR 4) that people accept, and the lock that tells what holds.
//!
//! A record is never rewritten. Another outcome is another record; of the old one only the status changes. What people
//! wrote themselves is kept, listed, and binds the table that decides the same thing.

mod act;
mod front;
mod keep;
mod lint;
mod lock;
mod report;
mod write;

pub use act::{Act, Refused, act};
pub use keep::{Kept, Recorded, keep, precedents, records};
pub use lint::lint;
pub use report::{Standing, text};

/// Name of the lock, beside the blueprint.
pub const LOCK_NAME: &str = "decisions.lock";
/// Folder of the records, beside the blueprint.
pub const FOLDER: &str = "docs/architecture/decisions";
