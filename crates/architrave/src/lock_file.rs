//! `architrave.lock`, beside the blueprint.

use std::path::{Path, PathBuf};

use architrave_engine::Fault;

use crate::{
    backend::{put_in_place, write_public},
    source::{cannot_read, cannot_write},
};

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

/// Names that are written beside the lock and take its place once they are stored under.
///
/// Both orders of a crash are safe: names that were stored and not written down are derived again, the
/// same ones, from the same blueprint and lock; and a file that never took its place is not read.
#[must_use]
pub struct Pending(Option<(PathBuf, PathBuf)>);

impl Pending {
    /// Nothing to write.
    pub fn none() -> Self {
        Self(None)
    }

    /// Writes the text beside the lock: a folder that cannot be written is found before anything is stored.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn prepare(folder: &Path, text: &str) -> Result<Self, Fault> {
        let path = path(folder);
        let beside = path.with_extension(format!("lock.{}.new", std::process::id()));
        write_public(&beside, text.as_bytes()).map_err(|fault| Fault {
            what: fault.what.replace(&beside.display().to_string(), &path.display().to_string()),
            help: "make the blueprint's folder writable once, or commit architrave.lock with the \
                   blueprint: the names of tables and columns must be kept"
                .to_owned(),
            ..fault
        })?;
        Ok(Self(Some((beside, path))))
    }

    /// The names are stored under: they become the lock.
    ///
    /// # Errors
    /// Where the file cannot take its place; the next start tries again.
    pub fn accept(mut self) -> Result<(), Fault> {
        let Some((beside, path)) = self.0.take() else { return Ok(()) };
        put_in_place(&beside, &path).map_err(|error| cannot_write(&path, &error))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some((beside, _)) = self.0.take() {
            // Left behind it would be untidy, no more.
            let _ = std::fs::remove_file(beside);
        }
    }
}

/// A fault: the lock lacks names, and may not be extended.
#[must_use]
pub fn is_behind(folder: &Path) -> Fault {
    let what = format!("{} lacks names that the blueprint needs", path(folder).display());
    Fault::new(what, "start it once without --locked and commit the file")
}
