//! The argument that most commands begin with.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;
use clap::Args;

use crate::checked::Checked;

/// Which blueprint.
#[derive(Debug, Args)]
pub(super) struct BlueprintPath {
    /// The blueprint: a file, or a folder of *.hcl files
    path: PathBuf,
}

impl BlueprintPath {
    pub(super) fn as_path(&self) -> &Path {
        &self.path
    }

    /// Reads and checks it.
    pub(super) fn load(&self) -> Result<Checked, Fault> {
        Checked::load(&self.path)
    }
}
