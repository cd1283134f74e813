//! A system as a revision of its git repository has it.
//!
//! Git is run without a shell and with a fixed list of arguments; it reads objects and writes nothing. The
//! revision is resolved to a commit first, so that it can be no option.

use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use architrave_engine::Fault;
use architrave_model::FileId;

use super::Subject;
use crate::existing;

/// Most files of a revision that are looked at by name.
const NAMES_MAX: usize = 1_000_000;
/// Largest file of a blueprint, as in the working tree.
const BLUEPRINT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// What the paths named at a revision, read as the same kind of thing that they are now.
///
/// # Errors
/// Where there is no git, no repository or no such revision.
pub fn before(now: &Subject, paths: &[PathBuf], revision: &str) -> Result<Subject, Fault> {
    let mut found = Vec::new();
    for path in paths {
        if existing::is_address(path) {
            return Err(Fault::new(
                format!("{} has no revisions", existing::shown_path(path)),
                "keep what fails now with --write-baseline and compare with --baseline",
            ));
        }
        found.extend(blobs(path, revision, matches!(now, Subject::Blueprint { .. }))?);
    }
    found.sort();
    found.dedup_by(|a, b| a.0 == b.0);
    Ok(match now {
        Subject::Existing(_) => Subject::Existing(existing::Existing::of(found)),
        Subject::Blueprint { .. } => {
            let files = (0..).zip(&found).map(|(position, (path, bytes))| {
                architrave_blueprint::syntax::decode(
                    FileId(position),
                    &path.display().to_string(),
                    bytes,
                )
                .0
            });
            let files = files.collect();
            Subject::Blueprint { files, paths: found.into_iter().map(|it| it.0).collect() }
        }
    })
}

/// Paths and bytes of the files below a path at a revision.
fn blobs(
    path: &Path,
    revision: &str,
    is_blueprint: bool,
) -> Result<Vec<(PathBuf, Vec<u8>)>, Fault> {
    let (folder, only) = if path.is_dir() {
        (path, None)
    } else {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        (folder.unwrap_or(Path::new(".")), path.file_name())
    };
    let commit = format!("{revision}^{{commit}}");
    let commit = git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
        .map_err(|fault| no_revision(path, revision, fault))?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let listing = git(folder, &["ls-tree", "-r", "-l", "-z", &commit])?;
    let mut wanted = Vec::new();
    for line in listing.split(|it| *it == 0).take(NAMES_MAX) {
        let Some(entry) = Entry::parse(line) else { continue };
        let is_wanted = match only {
            Some(name) => entry.path.as_os_str() == name,
            None if is_blueprint => {
                entry.path.components().count() == 1
                    && entry.path.extension().is_some_and(|it| it == "hcl")
            }
            None => existing::is_wanted(&entry.path),
        };
        let bytes_max = if is_blueprint { BLUEPRINT_BYTES_MAX } else { existing::FILE_BYTES_MAX };
        if is_wanted && entry.size <= bytes_max && wanted.len() < existing::FILES_MAX {
            wanted.push(entry);
        }
    }
    let contents = contents(folder, &wanted)?;
    let base = if only.is_some() { path.parent().unwrap_or(Path::new("")) } else { path };
    Ok(wanted.into_iter().map(|it| base.join(it.path)).zip(contents).collect())
}

fn no_revision(path: &Path, revision: &str, fault: Fault) -> Fault {
    if fault.what.contains("cannot run git") {
        return fault;
    }
    Fault::new(
        format!("there is no revision {revision} of {}", path.display()),
        "name a branch, a tag or a commit of the repository that the path is in",
    )
}

/// A file of a tree.
struct Entry {
    id: String,
    size: u64,
    path: PathBuf,
}

impl Entry {
    /// `100644 blob 1234… 56\tpath`; nothing for links and submodules.
    fn parse(line: &[u8]) -> Option<Self> {
        let tab = line.iter().position(|it| *it == b'\t')?;
        let (about, path) = line.split_at(tab);
        let about = std::str::from_utf8(about).ok()?;
        let mut words = about.split_whitespace();
        let is_file = matches!(words.next()?, "100644" | "100755");
        let (_, id, size) = (words.next()?, words.next()?, words.next()?);
        let path = std::str::from_utf8(path.get(1..)?).ok()?;
        is_file.then(|| Self {
            id: id.to_owned(),
            size: size.parse().unwrap_or(u64::MAX),
            path: PathBuf::from(path),
        })
    }
}

/// The bytes of some files, from one run of git: its ids go in while their contents come out.
fn contents(folder: &Path, wanted: &[Entry]) -> Result<Vec<Vec<u8>>, Fault> {
    let mut child = command(folder, &["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| cannot_run(&error))?;
    let input = child.stdin.take();
    let ids: Vec<String> = wanted.iter().map(|it| format!("{}\n", it.id)).collect();
    let writer = std::thread::spawn(move || {
        if let Some(mut input) = input {
            // A pipe that closes early is noticed by whoever reads.
            let _ = ids.iter().try_for_each(|it| input.write_all(it.as_bytes()));
        }
    });
    let mut output = child.stdout.take().map(BufReader::new);
    let mut contents = Vec::with_capacity(wanted.len());
    let broken = || Fault::new("git stopped in the middle of a file", "");
    for _ in wanted {
        let output = output.as_mut().ok_or_else(broken)?;
        let mut head = String::new();
        output.read_line(&mut head).map_err(|_| broken())?;
        let size: u64 =
            head.trim().rsplit(' ').next().and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        let mut bytes = Vec::new();
        // One more: the line end behind it.
        output.by_ref().take(size + 1).read_to_end(&mut bytes).map_err(|_| broken())?;
        bytes.pop();
        contents.push(bytes);
    }
    drop(output);
    let _ = writer.join();
    child.wait().map_err(|error| cannot_run(&error))?;
    Ok(contents)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Fault> {
    let output = command(folder, arguments).output().map_err(|error| cannot_run(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().next().unwrap_or("it did not say why").to_owned();
    Err(Fault::new(format!("git failed: {said}"), ""))
}

/// Git that asks nobody, takes no locks and fetches nothing.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg::<&OsStr>(folder.as_ref()).args(arguments);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("GIT_NO_LAZY_FETCH", "1");
    command.stdin(Stdio::null());
    command
}

fn cannot_run(error: &std::io::Error) -> Fault {
    Fault::new(format!("cannot run git: {error}"), "--against needs git on the path")
}
