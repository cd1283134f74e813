//! Opens the database of a data folder.

use std::sync::Arc;

use architrave_engine::{Fault, ports::Store};
use architrave_plan::Plan;

use super::{DataFolder, Options};

/// Names the key file where `--key-file` does not.
pub const KEY_FILE_VARIABLE: &str = "ARCHITRAVE_KEY_FILE";

/// The store of a data folder, created and altered as the plan needs it.
///
/// # Errors
/// A database that is not ours, is newer or would lose something; keys that are missing or wrong.
pub(super) fn open(_: Arc<Plan>, _: &DataFolder, _: &Options) -> Result<Arc<dyn Store>, Fault> {
    Err(Fault::new("the store is being built", ""))
}
