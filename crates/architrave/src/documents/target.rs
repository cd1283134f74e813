//! Which folders may be written to: one that is ours, an empty one, or one that is not there yet.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use architrave_engine::Fault;

use super::Present;
use crate::source::{cannot_read, cannot_write};

/// A folder that may take documents.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its absolute path, without links in it.
    pub path: PathBuf,
    /// What is in it now.
    pub present: Present,
}

impl Target {
    /// Looks at the folder `out` for documents about the blueprint in `blueprint`; `takes_over` lets a folder with
    /// files of others become ours.
    ///
    /// # Errors
    /// Where the folder must not be written to: it is a file or a link, it holds the blueprint or the place where
    /// one stands, or files of others are in it.
    pub fn open(out: &Path, blueprint: &Path, takes_over: bool) -> Result<Self, Fault> {
        let path = absolute(out)?;
        super::swap::recover(&path)?;
        match fs::symlink_metadata(&path) {
            Ok(about) if about.is_symlink() => {
                return Err(refused(out, "is a link", "name the folder that it leads to"));
            }
            Ok(about) if !about.is_dir() => {
                return Err(refused(out, "is a file", "name a folder for the documents"));
            }
            _ => {}
        }
        for (inner, what) in
            [(blueprint, "holds the blueprint"), (Path::new("."), "holds the working directory")]
        {
            let inner = inner.canonicalize().map_err(|error| cannot_read(inner, &error))?;
            if inner.starts_with(&path) {
                let help =
                    "choose a folder of its own for the documents, such as docs/architecture";
                return Err(refused(out, what, help));
            }
        }
        if !takes_over && Present::is_of_others(&path)? {
            return Err(refused(
                out,
                "holds files that are not generated documents",
                "choose another folder, or say --overwrite to add the documents to it; its files are kept",
            ));
        }
        let present = Present::read(&path)?;
        Ok(Self { path, present })
    }
}

fn refused(out: &Path, what: &str, help: &str) -> Fault {
    Fault::new(format!("{} {what}", out.display()), help)
}

/// The path with its parents made and without links in them; the last part is kept as it is, link or not.
fn absolute(out: &Path) -> Result<PathBuf, Fault> {
    let out = std::path::absolute(out).map_err(|error| cannot_read(out, &error))?;
    let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
        return out.canonicalize().map_err(|error| cannot_read(&out, &error));
    };
    match parent.canonicalize() {
        Ok(parent) => Ok(parent.join(name)),
        // Made when it is needed: looking must not leave folders behind.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(out),
        Err(error) => Err(cannot_write(&out, &error)),
    }
}
