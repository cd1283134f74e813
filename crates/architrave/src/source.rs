//! Reads a blueprint from the disk: one file, or the `*.hcl` files of a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use architrave_blueprint::syntax;
use architrave_engine::Fault;
use architrave_model::{FileId, Finding, SourceFile};

/// Most files of one blueprint. The largest Terraform repositories have a few hundred per folder.
const FILES_MAX: usize = 1_000;
/// Largest blueprint in all. The storefront has 17 KB; spans count bytes in 32 bits.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A blueprint's text and where it came from.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The files, sorted by name.
    pub files: Vec<SourceFile>,
    /// Where each file is, same positions.
    pub paths: Vec<PathBuf>,
    /// The folder it lives in; the lock stands there too.
    pub folder: PathBuf,
    /// What is to be said about their bytes: text that is not UTF-8.
    pub findings: Vec<Finding>,
}

impl Blueprint {
    /// Reads the file, or the folder's `*.hcl` files (not those of folders in it).
    ///
    /// # Errors
    /// Where there is nothing, nothing readable, or too much.
    pub fn load(path: &Path) -> Result<Self, Fault> {
        let about = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
        let (folder, paths) = if about.is_dir() {
            (path.to_owned(), files_of(path)?)
        } else if !about.is_file() {
            // A pipe would be waited for without end, a device read without end.
            let what = format!("{} is neither a file nor a folder", path.display());
            return Err(Fault::new(what, "name a file, or a folder of *.hcl files"));
        } else {
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            (folder.unwrap_or(Path::new(".")).to_owned(), vec![path.to_owned()])
        };
        let mut read = Self { files: Vec::new(), paths, folder, findings: Vec::new() };
        let mut bytes_left = BYTES_MAX;
        for (path, index) in read.paths.iter().zip(0..) {
            let bytes = read_bounded(path, &mut bytes_left)?;
            let name = path.display().to_string();
            let (file, findings) = syntax::decode(FileId(index), &name, &bytes);
            read.files.push(file);
            read.findings.extend(findings);
        }
        Ok(read)
    }
}

/// Reads one file of text beside the blueprint, such as a list of answers.
///
/// # Errors
/// Where there is nothing, nothing readable, or too much.
pub fn load_one(path: &Path) -> Result<SourceFile, Fault> {
    let mut bytes_left = BYTES_MAX;
    let bytes = read_bounded(path, &mut bytes_left)?;
    let text = String::from_utf8(bytes).map_err(|_| {
        let what = format!("{} is not written in UTF-8", path.display());
        Fault::new(what, "save the file with the encoding UTF-8")
    })?;
    Ok(SourceFile { name: path.display().to_string(), text })
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, &error))? {
        let path = entry.map_err(|error| cannot_read(folder, &error))?.path();
        if path.extension().is_some_and(|it| it == "hcl") && path.is_file() {
            if !stays_within(folder, &path) {
                let what = format!("{} leads out of {}", path.display(), folder.display());
                return Err(Fault::new(what, "put the file itself there, or name it alone"));
            }
            found.push(path);
        }
        if found.len() > FILES_MAX {
            let what = format!("{} has more than {FILES_MAX} *.hcl files", folder.display());
            return Err(Fault::new(what, "put the blueprint in a folder of its own"));
        }
    }
    if found.is_empty() {
        let what = format!("{} has no *.hcl file", folder.display());
        return Err(Fault::new(what, "start one with `architrave new FOLDER`"));
    }
    found.sort();
    Ok(found)
}

/// Whether a path in a folder is about something in it: a link may lead elsewhere (Kubernetes mounts files as links
/// within their folder), and what lies outside is nobody's to show.
#[must_use]
pub fn stays_within(folder: &Path, path: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let real = (fs::canonicalize(folder), fs::canonicalize(path));
    matches!(real, (Ok(folder), Ok(path)) if path.starts_with(&folder))
}

fn read_bounded(path: &Path, bytes_left: &mut u64) -> Result<Vec<u8>, Fault> {
    use std::io::Read as _;
    let file = fs::File::open(path).map_err(|error| cannot_read(path, &error))?;
    let mut bytes = Vec::new();
    // One more than allowed, so that a pipe or a growing file is noticed too.
    let read = file.take(*bytes_left + 1).read_to_end(&mut bytes);
    let count = read.map_err(|error| cannot_read(path, &error))? as u64;
    *bytes_left = bytes_left.checked_sub(count).ok_or_else(|| {
        let what = format!("there are more than {} MB to read", BYTES_MAX / (1024 * 1024));
        Fault::new(what, format!("reading stopped at {}; is it what was meant?", path.display()))
    })?;
    Ok(bytes)
}

/// A fault for a path that cannot be read, with the help that fits the reason.
#[must_use]
pub fn cannot_read(path: &Path, error: &std::io::Error) -> Fault {
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "check the path; `architrave new FOLDER` starts a blueprint"
        }
        std::io::ErrorKind::PermissionDenied => "make it readable for the user who runs this",
        _ => "",
    };
    Fault::new(format!("cannot read {}: {}", path.display(), plain(error)), help)
}

/// A fault for a path that cannot be written.
#[must_use]
pub fn cannot_write(path: &Path, error: &std::io::Error) -> Fault {
    let help = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "make the folder writable for the user who runs this, or choose another"
        }
        std::io::ErrorKind::StorageFull => "free some space on the disk",
        std::io::ErrorKind::AlreadyExists | std::io::ErrorKind::NotADirectory => {
            "a file is there where a folder is needed: choose another path"
        }
        std::io::ErrorKind::NotFound => "nothing can be made there: choose another folder",
        _ => "",
    };
    Fault::new(format!("cannot write {}: {}", path.display(), plain(error)), help)
}

/// The error's words without `(os error 2)`.
fn plain(error: &std::io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    words.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_its_hcl_files_sorted() {
        let folder = folder(&[("b.hcl", b"b = 1"), ("a.hcl", b"a = 1"), ("c.txt", b"c")]);
        let read = Blueprint::load(folder.path()).unwrap();
        let texts: Vec<_> = read.files.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["a = 1", "b = 1"]);
        assert_eq!(read.folder, folder.path());
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_and_reported() {
        let folder = folder(&[("a.hcl", b"a = \"\xff\xe4\"\n")]);
        let read = Blueprint::load(&folder.path().join("a.hcl")).unwrap();
        assert_eq!(read.files[0].text, "a = \"\u{fffd}\u{fffd}\"\n");
        assert_eq!(read.findings.len(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_left_alone() {
        let folder = folder(&[("a.hcl", b"a = 1")]);
        std::os::unix::fs::symlink("self.hcl", folder.path().join("self.hcl")).unwrap();
        assert_eq!(Blueprint::load(folder.path()).unwrap().files.len(), 1);
        let fault = Blueprint::load(&folder.path().join("self.hcl")).unwrap_err();
        assert!(fault.what.contains("symbolic links"), "{fault}");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read() {
        let fault = Blueprint::load(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(fault.what, "/dev/zero is neither a file nor a folder");
    }

    #[test]
    fn nothing_there_says_what_to_do() {
        let folder = folder(&[]);
        let fault = Blueprint::load(folder.path()).unwrap_err();
        assert!(fault.what.ends_with("has no *.hcl file"), "{fault}");
        let fault = Blueprint::load(&folder.path().join("none.hcl")).unwrap_err();
        assert!(fault.what.ends_with("none.hcl: no such file or directory"), "{fault}");
        assert!(fault.help.contains("architrave new"), "{fault}");
    }
}
