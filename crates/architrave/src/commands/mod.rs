//! One file per command; the list is the command line.

mod completions;
mod man;

use architrave_engine::Fault;
use clap::{Parser, Subcommand};

use crate::{console::Console, exit::Exit};

/// Reads a blueprint and serves the backend it describes.
#[derive(Debug, Parser)]
#[command(name = "architrave", version, about, after_help = crate::exit::HELP)]
#[command(propagate_version = true, max_term_width = 100)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Every command, in the order in which one meets them.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

impl Command {
    /// Runs it.
    ///
    /// # Errors
    /// Where the world fails.
    pub fn run(self, console: Console) -> Result<Exit, Fault> {
        match self {
            Self::Completions(it) => it.run(console),
            Self::Man(it) => it.run(console),
        }
    }
}
