//! `architrave new FOLDER`: a small, commented blueprint that checks and serves.

use std::path::PathBuf;

use architrave_engine::Fault;
use clap::Args;

use crate::{console::Console, exit::Exit, source::cannot_write};

/// The starter, as it is written.
const STARTER: &str = include_str!("../../assets/starter.hcl");

/// Where to start.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder to write; it must not hold a blueprint yet
    folder: PathBuf,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let path = self.folder.join("blueprint.hcl");
        std::fs::create_dir_all(&self.folder).map_err(|it| cannot_write(&self.folder, &it))?;
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).open(&path);
        let mut file = file.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => Fault::new(
                format!("{} is there already", path.display()),
                "choose another folder; nothing was changed",
            ),
            _ => cannot_write(&path, &error),
        })?;
        let written = std::io::Write::write_all(&mut file, STARTER.as_bytes());
        written.map_err(|error| cannot_write(&path, &error))?;
        let folder = self.folder.display();
        console.line(format!("wrote {}", path.display()));
        console.line(format!("next: architrave serve {folder} --dev"));
        Ok(Exit::Ok)
    }
}
