//! `architrave keys new FILE`: keys that encrypt fields.

use std::path::PathBuf;

use architrave_engine::Fault;
use architrave_store::Vault;
use clap::{Args, Subcommand};

use crate::{console::Console, exit::Exit};

/// What to do with keys.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Keys,
}

/// Kinds of key work.
#[derive(Debug, Subcommand)]
enum Keys {
    /// Write a new key file. Keep it apart from the data and its backups: without it, encrypted fields are lost
    New {
        /// The file to write; it must not be there yet
        file: PathBuf,
    },
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let Keys::New { file } = self.command;
        Vault::create(&file)?;
        console.line(format!("wrote {}", file.display()));
        console.line("keep a copy apart from the data: without it, encrypted fields are lost");
        Ok(Exit::Ok)
    }
}
