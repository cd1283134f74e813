//! `architrave verify`: replays the journal and compares it with what is stored.

use std::path::PathBuf;

use architrave_engine::Fault;
use architrave_store::Verified;
use clap::Args;

use super::store::StoreArguments;
use crate::{backend::StoreChoice, console::Console, exit::Exit};

/// What to verify.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The data folder; a server may go on running on it
    #[arg(long, value_name = "FOLDER", default_value = "data")]
    data: PathBuf,
    #[command(flatten)]
    store: StoreArguments,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let verified = match self.store.choice()? {
            StoreChoice::Sqlite(_) => self.folder()?,
            StoreChoice::Postgres { address, .. } => {
                super::block_on_here(architrave_store::transfer::verify(&address))?
            }
        };
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

    /// The database of the data folder.
    fn folder(&self) -> Result<Verified, Fault> {
        let path = self.data.join("architrave.sqlite");
        if !path.exists() {
            return Err(Fault::new(
                format!("there is no database in {}", self.data.display()),
                "name the data folder of a server with `--data`",
            ));
        }
        architrave_store::verify(&path)
    }
}
