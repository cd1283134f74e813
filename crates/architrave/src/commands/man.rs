//! `architrave man`: the manual page, from the same source as `--help`.

use architrave_engine::Fault;
use clap::{Args, CommandFactory as _};

use crate::{console::Console, exit::Exit};

/// Nothing to say.
#[derive(Debug, Args)]
pub struct Arguments {}

impl Arguments {
    #[expect(clippy::unused_self, reason = "every command runs in the same way")]
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let mut page = Vec::new();
        let rendered = clap_mangen::Man::new(super::CommandLine::command()).render(&mut page);
        rendered.map_err(|error| Fault::new(format!("cannot write the page: {error}"), ""))?;
        console.write(&page);
        Ok(Exit::Ok)
    }
}
