//! The folder of decision records and the lock beside the blueprint, on the disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use architrave_engine::Fault;
use architrave_model::{SourceFile, graph::Graph};
use architrave_review::record::{FOLDER, Kept, LOCK_NAME};

use crate::{
    backend::write_public,
    source::{cannot_read, cannot_write},
};

/// Most records that are read.
const RECORDS_MAX: usize = 5_000;
/// Largest record, in bytes.
const RECORD_BYTES_MAX: u64 = 1_000_000;

/// Records and lock as they stand.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// The folder; it need not be there.
    pub folder: PathBuf,
    /// Its Markdown files by name.
    pub files: Vec<SourceFile>,
    /// Where the lock is; it need not be there.
    pub lock_path: PathBuf,
    /// Its text; empty where there is none.
    pub lock: String,
}

impl Records {
    /// Reads the folder of records, and the lock in another one.
    ///
    /// # Errors
    /// Where something that is there cannot be read.
    pub fn load(folder: &Path, lock_folder: &Path) -> Result<Self, Fault> {
        let lock_path = lock_folder.join(LOCK_NAME);
        let lock = match fs::read_to_string(&lock_path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(cannot_read(&lock_path, &error)),
        };
        Ok(Self { folder: folder.to_owned(), files: files(folder, "md")?, lock_path, lock })
    }

    /// Reads what is kept of a blueprint: the lock beside it, and the records in their folder there.
    ///
    /// # Errors
    /// Where something that is there cannot be read.
    pub fn of(blueprint: &Path) -> Result<Self, Fault> {
        let home = home(blueprint);
        Self::load(&home.join(FOLDER), &home)
    }

    /// For the architect.
    #[must_use]
    pub fn kept(&self) -> Kept<'_> {
        Kept { files: &self.files, lock: &self.lock }
    }

    /// Tells the graph of the records that are there, those of people among them.
    pub fn into_graph(&self, graph: &mut Graph) {
        let named = self.files.iter().map(|it| SourceFile {
            // The folder's name says what its files are.
            name: format!("decisions/{}", it.name),
            text: it.text.clone(),
        });
        let named: Vec<SourceFile> = named.collect();
        let found = architrave_import::read(&named, graph.as_of_day).graph.decisions;
        for decision in found {
            if graph.decisions.iter().all(|it| it.node.id != decision.node.id) {
                graph.decisions.push(decision);
            }
        }
    }

    /// Writes files of the folder, each in one step.
    ///
    /// # Errors
    /// Where one cannot be written.
    pub fn write(&self, changed: &[(String, String)]) -> Result<(), Fault> {
        if changed.is_empty() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder).map_err(|error| cannot_write(&self.folder, &error))?;
        for (name, text) in changed {
            write_public(&self.folder.join(name), text.as_bytes())?;
        }
        Ok(())
    }

    /// Writes the lock where it says something else than it did.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_lock(&self, text: &str) -> Result<(), Fault> {
        if text == self.lock {
            return Ok(());
        }
        write_public(&self.lock_path, text.as_bytes())
    }
}

/// Where lock and records of a blueprint are: in its folder, or that of its file.
#[must_use]
pub fn home(blueprint: &Path) -> PathBuf {
    if blueprint.is_dir() {
        return blueprint.to_owned();
    }
    let parent = blueprint.parent().filter(|it| !it.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// The files of a folder (not those of folders in it) with an ending, by name; none where there is no folder.
///
/// # Errors
/// Where one cannot be read, or there are too many.
pub fn files(folder: &Path, ending: &str) -> Result<Vec<SourceFile>, Fault> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot_read(folder, &error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| cannot_read(folder, &error))?;
        let path = entry.path();
        let is_meant = path.extension().is_some_and(|it| it == ending);
        let kind = entry.file_type().map_err(|error| cannot_read(&path, &error))?;
        if !is_meant || !kind.is_file() {
            continue;
        }
        let length = entry.metadata().map_err(|error| cannot_read(&path, &error))?.len();
        if length > RECORD_BYTES_MAX || files.len() >= RECORDS_MAX {
            return Err(Fault::new(
                format!("{} is too much to read", path.display()),
                format!("at most {RECORDS_MAX} files of {RECORD_BYTES_MAX} bytes each are read"),
            ));
        }
        let text = fs::read_to_string(&path).map_err(|error| cannot_read(&path, &error))?;
        files.push(SourceFile { name: entry.file_name().to_string_lossy().into_owned(), text });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}
