//! `architrave fmt PATH`

use std::path::Path;

use architrave_blueprint::{
    render::{self, Style},
    syntax,
};
use architrave_engine::Fault;
use clap::Args;

use super::blueprint::BlueprintPath;
use crate::{console::Console, exit::Exit, source::Blueprint};

/// What to lay out.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    blueprint: BlueprintPath,
    /// Name the files that would change, change none, and end with 1 if there is one
    #[arg(long)]
    check: bool,
}

impl Arguments {
    pub(super) fn run(self, console: Console) -> Result<Exit, Fault> {
        let blueprint = Blueprint::load(self.blueprint.as_path())?;
        if !blueprint.findings.is_empty() {
            let text = render::render(&blueprint.findings, &blueprint.files, Style::Plain);
            console.note(text.trim_end());
            return Ok(Exit::Findings);
        }
        let mut changed = 0;
        for (file, path) in blueprint.files.iter().zip(&blueprint.paths) {
            let text = syntax::format(&file.text);
            if text == file.text {
                continue;
            }
            changed += 1;
            console.line(&file.name);
            if !self.check {
                replace(path, &text)?;
            }
        }
        Ok(if self.check && changed > 0 { Exit::Findings } else { Exit::Ok })
    }
}

/// Replaces a file's text in one step, keeping its permissions, or makes the file; follows links to the file itself.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Fault> {
    if path.symlink_metadata().is_err() {
        return crate::backend::write_public(path, text.as_bytes());
    }
    let path = path.canonicalize().map_err(|error| crate::source::cannot_read(path, &error))?;
    let permissions = std::fs::metadata(&path).map(|it| it.permissions());
    crate::backend::write_public(&path, text.as_bytes())?;
    if let Ok(permissions) = permissions {
        let set = std::fs::set_permissions(&path, permissions);
        set.map_err(|error| crate::source::cannot_write(&path, &error))?;
    }
    Ok(())
}
