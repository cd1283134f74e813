//! `architrave mcp`

use std::path::PathBuf;

use architrave_engine::Fault;
use clap::Args;

use crate::{console::Console, exit::Exit, mcp};

/// Whom to serve.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder that agents may ask about; nothing outside of it is read
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    root: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, _console: Console) -> Result<Exit, Fault> {
        super::block_on(mcp::serve(&self.root))?;
        Ok(Exit::Ok)
    }
}
