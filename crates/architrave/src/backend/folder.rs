//! The data folder: database, secrets of this installation, what `--dev` keeps.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    path::{Path, PathBuf},
};

use architrave_engine::{Fault, ports::Dice};

use crate::source::{cannot_read, cannot_write};

/// Largest file we read from it; all are keys and short lists.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// A folder that only its owner may look into.
#[derive(Debug, Clone)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// The folder, created (mode 0700) where it is not there yet.
    ///
    /// # Errors
    /// Where it cannot be created or written.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        if !path.is_dir() {
            let made = create_private_folder(path).and_then(|()| sync_folder(path));
            made.map_err(|error| cannot_write(path, &error))?;
        }
        // A folder that cannot be written is better found now than at the first request.
        let probe = path.join(".probe");
        fs::write(&probe, b"").map_err(|error| cannot_write(path, &error))?;
        fs::remove_file(&probe).map_err(|error| cannot_write(path, &error))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file in it is.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// A file's bytes; none where it is not there.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let path = self.file(name);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(cannot_read(&path, &error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(FILE_BYTES_MAX).read_to_end(&mut bytes);
        read.map_err(|error| cannot_read(&path, &error))?;
        Ok(Some(bytes))
    }

    /// Replaces a file (mode 0600) in one step: a crash leaves the old one or the new one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Fault> {
        write_private(&self.file(name), bytes)
    }

    /// A file's bytes, made and written at the first time.
    ///
    /// # Errors
    /// Where it can neither be read nor written.
    pub fn keep(&self, name: &str, make: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, Fault> {
        if let Some(bytes) = self.read(name)? {
            return Ok(bytes);
        }
        let bytes = make();
        self.write(name, &bytes)?;
        Ok(bytes)
    }

    /// 32 unpredictable bytes that stay the same, e.g. the key that seals cursors.
    ///
    /// # Errors
    /// Where the file cannot be read or written, or holds something else.
    pub fn key(&self, name: &str, dice: &dyn Dice) -> Result<[u8; 32], Fault> {
        let make = || {
            let mut key = vec![0; 32];
            dice.fill(&mut key);
            key
        };
        self.keep(name, make)?.try_into().map_err(|bytes: Vec<u8>| {
            let what = format!("{} holds {} bytes, not 32", self.file(name).display(), bytes.len());
            Fault::new(what, "delete it; a new one is made at the next start")
        })
    }
}

/// Writes a file that only its owner may read, in one step.
///
/// # Errors
/// Where it cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    write_mode(path, bytes, 0o600)
}

/// Writes a file that everybody may read, in one step.
///
/// # Errors
/// Where it cannot be written.
pub fn write_public(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    write_mode(path, bytes, 0o644)
}

fn write_mode(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Fault> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    let written = (|| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        sync_folder(path)
    })();
    written.map_err(|error| {
        // The half-written file is of no use; that it cannot be removed either changes nothing.
        let _ = fs::remove_file(&temporary);
        cannot_write(path, &error)
    })
}

/// A new name is durable when its folder is.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn create_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::SystemDice;

    #[test]
    fn keys_stay_the_same_and_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataFolder::open(&folder.path().join("a/b")).unwrap();
        let key = data.key("cursor.key", &SystemDice::default()).unwrap();
        assert_eq!(data.key("cursor.key", &SystemDice::default()).unwrap(), key);
        assert_ne!(key, [0; 32]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&data.file("cursor.key")), 0o600);
            assert_eq!(mode(data.path()), 0o700);
        }
    }

    #[test]
    fn a_folder_that_is_a_file_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let fault = DataFolder::open(&path).unwrap_err();
        assert!(fault.what.starts_with("cannot write"), "{fault}");
    }
}
