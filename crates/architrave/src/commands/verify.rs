//! `architrave verify`: replays the journal and compares it with what is stored.

use std::path::PathBuf;

use architrave_engine::Fault;
use clap::Args;

use crate::{console::Console, exit::Exit};

/// What to verify.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The data folder; a server may go on running on it
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let path = self.data.join("architrave.sqlite");
        if !path.exists() {
            return Err(Fault::new(
                format!("there is no database in {}", self.data.display()),
                "name the data folder of a server with `--data`",
            ));
        }
        let verified = architrave_store::verify(&path)?;
        for difference in &verified.differences {
            console.line(difference);
        }
        console.line(format!(
            "{} rows, {} transactions and {} events of the journal compared: {}",
            verified.rows,
            verified.transactions,
            verified.events,
            if verified.differences.is_empty() { "equal" } else { "different" }
        ));
        Ok(if verified.differences.is_empty() { Exit::Ok } else { Exit::Damaged })
    }
}
