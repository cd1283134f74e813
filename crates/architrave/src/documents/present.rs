//! What is in the folder now.

use std::{fs, io, path::Path};

use architrave_engine::Fault;

use super::manifest::{MANIFEST_NAME, Manifest};
use crate::source::cannot_read;

/// Most entries in the folder. A set has some dozens of files; more by far is another kind of folder.
const ENTRIES_MAX: usize = 20_000;
/// Deepest folder in it.
const DEPTH_MAX: usize = 32;

/// A folder as it was found.
#[derive(Debug, Clone, Default)]
pub struct Present {
    /// What was generated into it; none where nothing was.
    pub(super) manifest: Option<Manifest>,
    /// Everything in it but the manifest, sorted by path; folders before what is in them.
    pub(super) entries: Vec<Entry>,
}

/// Something in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path below the folder.
    pub(super) path: String,
    /// What it is.
    pub(super) kind: Kind,
}

/// What something in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link; never followed.
    Link,
}

impl Present {
    /// Looks into a folder.
    ///
    /// # Errors
    /// Where it cannot be read, or holds more than documents.
    pub fn read(folder: &Path) -> Result<Self, Fault> {
        match fs::symlink_metadata(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(cannot_read(folder, &error)),
            Ok(_) => {}
        }
        let mut found = Self::default();
        let manifest = folder.join(MANIFEST_NAME);
        match fs::read_to_string(&manifest) {
            Ok(text) => found.manifest = Some(Manifest::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot_read(&manifest, &error)),
        }
        walk(folder, "", 0, &mut found.entries)?;
        found.entries.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Whether something is in a folder into which nothing was ever generated. Looks no further than it must: it may
    /// be any folder.
    pub(super) fn is_of_others(folder: &Path) -> Result<bool, Fault> {
        if fs::symlink_metadata(folder.join(MANIFEST_NAME)).is_ok() {
            return Ok(false);
        }
        match fs::read_dir(folder) {
            Ok(mut entries) => Ok(entries.any(|it| !it.is_ok_and(|it| is_records(&it)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(cannot_read(folder, &error)),
        }
    }

    /// What stands at a path.
    pub(super) fn kind(&self, path: &str) -> Option<Kind> {
        let found = self.entries.binary_search_by(|it| it.path.as_str().cmp(path)).ok()?;
        self.entries.get(found).map(|it| it.kind)
    }
}

/// The folder of decision records and nothing else, which `decide` writes before there are documents.
fn is_records(entry: &fs::DirEntry) -> bool {
    let is_record = |it: io::Result<fs::DirEntry>| {
        let name = it.map(|it| it.file_name().to_string_lossy().into_owned()).unwrap_or_default();
        let number = name.split('-').next().unwrap_or_default();
        name.ends_with(".md") && number.len() == 4 && number.bytes().all(|it| it.is_ascii_digit())
    };
    entry.file_name() == "decisions"
        && entry.file_type().is_ok_and(|it| it.is_dir())
        && fs::read_dir(entry.path()).is_ok_and(|mut it| it.all(is_record))
}

fn walk(folder: &Path, below: &str, depth: usize, out: &mut Vec<Entry>) -> Result<(), Fault> {
    if depth > DEPTH_MAX || out.len() > ENTRIES_MAX {
        return Err(Fault::new(
            format!("{} holds more than a set of documents", folder.display()),
            "choose a folder of its own for the documents",
        ));
    }
    for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, &error))? {
        let entry = entry.map_err(|error| cannot_read(folder, &error))?;
        let name = entry.file_name().into_string().map_err(|name| {
            let what =
                format!("{} in {} is not written in UTF-8", name.display(), folder.display());
            Fault::new(what, "rename it or move it elsewhere")
        })?;
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if path == MANIFEST_NAME {
            continue;
        }
        let about = entry.file_type().map_err(|error| cannot_read(&entry.path(), &error))?;
        let kind = if about.is_symlink() {
            Kind::Link
        } else if about.is_dir() {
            Kind::Folder
        } else if about.is_file() {
            Kind::File
        } else {
            let what = format!("{} is neither a file nor a folder", entry.path().display());
            return Err(Fault::new(what, "move it elsewhere"));
        };
        out.push(Entry { path: path.clone(), kind });
        if kind == Kind::Folder {
            walk(&entry.path(), &path, depth + 1, out)?;
        }
    }
    Ok(())
}
