//! `architrave.lock`, beside the blueprint.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;

use crate::{backend::write_public, source::cannot_read};

/// The file's name.
pub const NAME: &str = "architrave.lock";

/// Where it is.
#[must_use]
pub fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// Its text; empty where there is none yet.
///
/// # Errors
/// Where it cannot be read.
pub fn read(folder: &Path) -> Result<String, Fault> {
    let path = path(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(cannot_read(&path, &error)),
    }
}

/// Writes it in one step.
///
/// # Errors
/// Where it cannot be written.
pub fn write(folder: &Path, text: &str) -> Result<(), Fault> {
    write_public(&path(folder), text.as_bytes()).map_err(|fault| {
        let help = "make the blueprint's folder writable once, or commit architrave.lock with the \
                    blueprint: the names of tables and columns must be kept";
        Fault { help: help.to_owned(), ..fault }
    })
}

/// A fault: the lock lacks names, and may not be extended.
#[must_use]
pub fn is_behind(folder: &Path) -> Fault {
    let what = format!("{} lacks names that the blueprint needs", path(folder).display());
    Fault::new(what, "run without --locked once and commit the file")
}
