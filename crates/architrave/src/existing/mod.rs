//! The files of a system that somebody else built, read from the disk for import and review.
//!
//! Nothing outside the given paths is read: symbolic links are not followed. What they point to inside is
//! read at its own place; what they point to outside is none of our business; loops cannot arise.

mod database;
mod relevant;
mod walk;

use std::{
    fs,
    path::{Path, PathBuf},
};

use architrave_engine::Fault;
use architrave_model::SourceFile;
use architrave_store::SQLITE_MAGIC;

use crate::source::cannot_read;

pub use database::{is_address, shown as shown_path};

/// Most files that are read. Of the largest public monorepos a few thousand files are of these kinds.
pub const FILES_MAX: usize = 5_000;
/// Largest file. Dumps of schemas are below 4 MB; what is larger carries data.
pub const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Most bytes in all, so that a review fits in the memory of a small build machine.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What was found below the given paths.
#[derive(Debug, Clone, Default)]
pub struct Existing {
    /// The texts: schemas of databases, then files in the order of their names.
    pub files: Vec<SourceFile>,
    /// Where each file is, same positions.
    pub paths: Vec<PathBuf>,
    /// What looked relevant and was not read, with the reason; in the order of the walk.
    pub left_out: Vec<LeftOut>,
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The path as shown.
    pub name: String,
    /// Why, as the end of a sentence, e.g. `larger than 8 MB`.
    pub reason: String,
}

/// Reads a file, or the relevant files below a folder.
///
/// # Errors
/// Where the path itself cannot be read. What cannot be read below it is left out and listed.
pub fn load(path: &Path) -> Result<Existing, Fault> {
    load_all(&[path.to_owned()])
}

/// Reads several files, folders and databases as one system. Of a database that is named outright, a file of
/// SQLite or the address of a PostgreSQL server, the schema is read and nothing else. A file that is named outright
/// is read whatever it is called; in folders, names decide what is relevant.
///
/// # Errors
/// Where one of the paths cannot be read. What cannot be read below them is left out and listed.
pub fn load_all(paths: &[PathBuf]) -> Result<Existing, Fault> {
    let mut existing = Existing::default();
    let mut found = Vec::new();
    for path in paths {
        if let Some(address) = database::address(path)? {
            existing.add_schema(database::server(&address)?);
            continue;
        }
        let about = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
        if about.is_dir() {
            walk::walk(path, &mut found, &mut existing.left_out)
                .map_err(|error| cannot_read(path, &error))?;
            found.extend(stated_in(path));
        } else if about.is_file() && is_database(path) {
            existing.add_schema(architrave_store::schema_text(path)?);
        } else if about.is_file() {
            found.push(path.clone());
        } else {
            let what = format!("{} is neither a file nor a folder", path.display());
            return Err(Fault::new(what, "name a file or a folder"));
        }
    }
    found.sort();
    found.dedup();
    let mut bytes_left = BYTES_MAX;
    for path in found {
        existing.take(path, &mut bytes_left);
    }
    Ok(existing)
}

/// Most files that are named one by one as not read.
const NAMED_MAX: usize = 20;

impl Existing {
    /// What was not read, in lines for people: the first by name, the others by number.
    #[must_use]
    pub fn not_read(&self) -> Vec<String> {
        let named = self.left_out.iter().take(NAMED_MAX);
        let mut lines: Vec<String> =
            named.map(|it| format!("not read: {} is {}", it.name, it.reason)).collect();
        let more = self.left_out.len().saturating_sub(NAMED_MAX);
        if more > 0 {
            lines.push(format!("not read: {} more", architrave_model::words::grouped(more as u64)));
        }
        lines
    }
}

/// Files of a folder itself that may say what the system needs; `review` looks at what they hold.
fn stated_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = entries.filter(|it| it.file_type().is_ok_and(|it| it.is_file()));
    files.map(|it| it.path()).filter(|it| may_state(it)).take(FILES_MAX).collect()
}

fn may_state(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "hcl")
}

/// Whether a path below the root of a system names a file that is read: relevant, and in no foreign folder; or one in
/// the root that may say what the system needs.
#[must_use]
pub fn is_wanted(path: &Path) -> bool {
    if path.components().count() == 1 && may_state(path) {
        return true;
    }
    let folders = path.parent().into_iter().flat_map(Path::components);
    let mut names = folders.map(|it| it.as_os_str().to_string_lossy());
    !names.any(|it| relevant::is_foreign(&it)) && relevant::is_relevant(path)
}

impl Existing {
    /// Files whose bytes are at hand, sorted by path: an earlier state of a system.
    #[must_use]
    pub fn of(blobs: Vec<(PathBuf, Vec<u8>)>) -> Self {
        let mut existing = Self::default();
        for (path, bytes) in blobs {
            match decoded(bytes) {
                Ok(text) => {
                    existing.files.push(SourceFile { name: shown(&path), text });
                    existing.paths.push(path);
                }
                Err(reason) => {
                    existing.left_out.push(LeftOut { name: shown(&path), reason });
                }
            }
        }
        existing
    }

    fn add_schema(&mut self, schema: SourceFile) {
        self.paths.push(PathBuf::from(&schema.name));
        self.files.push(schema);
    }

    fn take(&mut self, path: PathBuf, bytes_left: &mut u64) {
        match self.text(&path, bytes_left) {
            Ok(text) => {
                self.files.push(SourceFile { name: shown(&path), text });
                self.paths.push(path);
            }
            Err(reason) => self.left_out.push(LeftOut { name: shown(&path), reason }),
        }
    }

    fn text(&self, path: &Path, bytes_left: &mut u64) -> Result<String, String> {
        if self.files.len() >= FILES_MAX {
            return Err(format!("beyond the first {FILES_MAX} files"));
        }
        let bytes = read_bounded(path, FILE_BYTES_MAX.min(*bytes_left))?;
        *bytes_left = bytes_left.saturating_sub(bytes.len() as u64);
        decoded(bytes)
    }
}

fn is_database(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0; SQLITE_MAGIC.len()];
    let read = fs::File::open(path).and_then(|mut it| it.read_exact(&mut head));
    read.is_ok() && head == SQLITE_MAGIC
}

fn read_bounded(path: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    use std::io::Read as _;
    let unreadable = |error: std::io::Error| error.to_string().to_lowercase();
    let file = fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One more than allowed, so that a file that grows meanwhile is noticed too.
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 <= bytes_max {
        Ok(bytes)
    } else if bytes_max == FILE_BYTES_MAX {
        Err(format!("larger than {} MB", FILE_BYTES_MAX / (1024 * 1024)))
    } else {
        Err(format!("beyond the first {} MB in all", BYTES_MAX / (1024 * 1024)))
    }
}

/// The text of the bytes. What is not UTF-8 is replaced: a comment in Latin-1 must not hide a schema.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    if let Some(text) = utf16(&bytes) {
        return Ok(text);
    }
    if bytes.iter().take(8_192).any(|it| *it == 0) {
        return Err("not a text".to_owned());
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    };
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The text of bytes that begin with a byte order mark of UTF-16, as Windows tools write schemas.
fn utf16(bytes: &[u8]) -> Option<String> {
    let (mark, rest) = bytes.split_first_chunk::<2>()?;
    let unit = match mark {
        [0xFF, 0xFE] => |pair: [u8; 2]| u16::from_le_bytes(pair),
        [0xFE, 0xFF] => |pair: [u8; 2]| u16::from_be_bytes(pair),
        _ => return None,
    };
    let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|it| unit(*it)).collect();
    Some(String::from_utf16_lossy(&units))
}

/// The path as shown: with `/` and without a leading `./`.
fn shown(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        folder
    }

    /// Names below the folder, and `name: reason` of what was left out.
    fn loaded(folder: &Path) -> (Vec<String>, Vec<String>) {
        let existing = load(folder).unwrap();
        let prefix = format!("{}/", folder.display());
        let short = |name: &str| name.replace(&prefix, "");
        (
            existing.files.iter().map(|it| short(&it.name)).collect(),
            existing
                .left_out
                .iter()
                .map(|it| format!("{}: {}", short(&it.name), it.reason))
                .collect(),
        )
    }

    #[test]
    fn relevant_files_are_found_in_order_and_foreign_code_is_not() {
        let folder = folder(&[
            ("docker-compose.yml", b"services: {}"),
            ("b/Dockerfile", b"FROM x"),
            ("a/schema.sql", b"select 1"),
            ("a/main.rs", b"fn main() {}"),
            (".github/workflows/ci.yml", b"on: push"),
            (".git/config.yml", b"x"),
            ("node_modules/x/openapi.json", b"{}"),
            ("target/x.yml", b"x"),
            ("vendor/x.yml", b"x"),
            ("package-lock.json", b"{}"),
        ]);
        let (names, left_out) = loaded(folder.path());
        let expected =
            [".github/workflows/ci.yml", "a/schema.sql", "b/Dockerfile", "docker-compose.yml"];
        assert_eq!(names, expected);
        assert!(left_out.is_empty(), "{left_out:?}");
    }

    #[test]
    fn a_file_named_outright_is_read_whatever_it_is_called() {
        let folder = folder(&[("dump.txt", b"create table t (id int);")]);
        let existing = load(&folder.path().join("dump.txt")).unwrap();
        assert_eq!(existing.files.len(), 1);
    }

    #[test]
    fn files_and_folders_that_overlap_are_read_once() {
        let folder = folder(&[("a.sql", b"select 1")]);
        let existing = load_all(&[folder.path().to_owned(), folder.path().join("a.sql")]).unwrap();
        assert_eq!(existing.files.len(), 1);
    }

    #[test]
    fn what_is_no_text_or_too_large_is_left_out() {
        let large = vec![b' '; FILE_BYTES_MAX as usize + 1];
        let folder = folder(&[("a.sql", b"a\0b"), ("b.sql", &large), ("c.sql", b"select 1")]);
        let (names, left_out) = loaded(folder.path());
        assert_eq!(names, ["c.sql"]);
        assert_eq!(left_out, ["a.sql: not a text", "b.sql: larger than 8 MB"]);
    }

    #[test]
    fn other_encodings_are_read() {
        let check = |bytes: &[u8], expected: &str| {
            assert_eq!(decoded(bytes.to_vec()).unwrap(), expected, "{bytes:?}");
        };
        check(b"plain", "plain");
        check(b"\xef\xbb\xbfmarked", "marked");
        check(b"\xff\xfeh\0i\0", "hi");
        check(b"\xfe\xff\0h\0i", "hi");
        check(b"-- caf\xe9\nselect", "-- caf\u{fffd}\nselect");
    }

    #[test]
    fn nothing_there_is_a_fault() {
        let folder = folder(&[]);
        assert!(load(&folder.path().join("none")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        use std::os::unix::fs::symlink;
        let outside = folder(&[("secret.yml", b"password: x")]);
        let folder = folder(&[("a.yml", b"a: 1")]);
        symlink(folder.path(), folder.path().join("loop")).unwrap();
        symlink("self.yml", folder.path().join("self.yml")).unwrap();
        symlink(outside.path().join("secret.yml"), folder.path().join("out.yml")).unwrap();
        symlink(outside.path(), folder.path().join("outside")).unwrap();
        let (names, left_out) = loaded(folder.path());
        assert_eq!(names, ["a.yml"]);
        assert_eq!(left_out, ["out.yml: a symbolic link", "self.yml: a symbolic link"]);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_are_not_opened() {
        let folder = folder(&[("a.yml", b"a: 1")]);
        let pipe = folder.path().join("pipe.yml");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(loaded(folder.path()).0, ["a.yml"]);
        assert!(load(&pipe).unwrap_err().what.contains("neither a file nor a folder"));
    }
}
