//! `architrave completions SHELL`

use architrave_engine::Fault;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{console::Console, exit::Exit};

/// Which shell.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell to write for
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let mut script = Vec::new();
        let mut command = super::CommandLine::command();
        clap_complete::generate(self.shell, &mut command, "architrave", &mut script);
        console.write(&script);
        Ok(Exit::Ok)
    }
}
