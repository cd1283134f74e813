//! Writes a set beside the folder and puts it in the folder's place in one step.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use architrave_engine::Fault;

use super::{
    Differences, Files, MANIFEST_NAME, Target,
    manifest::{Manifest, is_plain},
    present::Kind,
};
use crate::source::cannot_write;

/// Most names tried for a copy of an edited file.
const COPIES_MAX: u32 = 1_000;

/// A step of writing a set. Whatever happens between two steps, the folder holds the old set or the new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A generated file was written aside.
    Written,
    /// A person's file was put beside them.
    Kept,
    /// Everything written aside is on the disk.
    Durable,
    /// The new set stands in the folder's place.
    Swapped,
    /// What was there before is gone.
    Cleared,
}

/// Writes a set into the folder; `after` hears of every step (tests stop there). Answers what was put aside:
/// files that a person had edited, by the names under which they now stand.
///
/// # Errors
/// Where something cannot be written: the folder is as it was.
pub fn write(
    target: &Target,
    files: &Files,
    differences: &Differences,
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> Result<Vec<String>, Fault> {
    if let Some(path) = files.keys().find(|it| !is_plain(it)) {
        return Err(Fault::new(format!("a document cannot have the path {path}"), ""));
    }
    let parent = target.path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
    let _held = lock(parent, &target.path)?;
    let aside = beside(&target.path, "next");
    let written = (|| {
        clear(&aside)?;
        fs::create_dir(&aside)?;
        write_files(&aside, files, after)?;
        let edited = keep(target, &aside, differences, after)?;
        sync_folders(&aside)?;
        after(Step::Durable)?;
        Ok(edited)
    })();
    let edited = written.map_err(|error: io::Error| {
        // What was written so far is of no use; the next run clears it where this one cannot.
        let _ = clear(&aside);
        cannot_write(&target.path, &error)
    })?;
    let swapped = (|| {
        swap(&aside, &target.path)?;
        File::open(parent)?.sync_all()?;
        after(Step::Swapped)?;
        clear(&aside)?;
        after(Step::Cleared)
    })();
    swapped.map_err(|error| cannot_write(&target.path, &error))?;
    Ok(edited)
}

/// Removes what a run left beside the folder that was killed after its set had taken its place. Where another run is at
/// work nothing is done: it may be its own.
pub fn tidy(target: &Target) {
    let parent = target.path.parent().unwrap_or(Path::new("/"));
    if let Ok(_held) = lock(parent, &target.path) {
        // What cannot be removed is in nobody's way; the next run that writes says so.
        let _ = clear(&beside(&target.path, "next"));
    }
}

/// Undoes what a run left that ended between the two steps of a swap that cannot be one.
///
/// # Errors
/// Where the old set cannot be put back.
pub(super) fn recover(target: &Path) -> Result<(), Fault> {
    let previous = beside(target, "previous");
    if fs::symlink_metadata(&previous).is_err() {
        return Ok(());
    }
    let recovered = match fs::symlink_metadata(target) {
        Ok(_) => clear(&previous),
        Err(_) => fs::rename(&previous, target),
    };
    recovered.map_err(|error| cannot_write(target, &error))
}

/// One run at a time for a folder's neighbours; the lock ends with the process, however it ends.
fn lock(parent: &Path, target: &Path) -> Result<Option<File>, Fault> {
    let Ok(folder) = File::open(parent) else { return Ok(None) };
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(fs::TryLockError::WouldBlock) => Err(Fault::new(
            format!("another run is writing to {} or beside it", target.display()),
            "wait until it is done",
        )),
        // Some network file systems know no locks; a swap is one step there too.
        Err(fs::TryLockError::Error(_)) => Ok(None),
    }
}

fn beside(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.architrave-{what}"))
}

fn write_files(
    aside: &Path,
    files: &Files,
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<()> {
    let manifest = Manifest::of(files).render().into_bytes();
    let all = files.iter().map(|(path, bytes)| (path.as_str(), bytes));
    for (path, bytes) in all.chain([(MANIFEST_NAME, &manifest)]) {
        let path = aside.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::create_new(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        after(Step::Written)?;
    }
    Ok(())
}

/// Puts a person's files beside the generated ones: under their names, or as `NAME.edited` where a document takes it.
fn keep(
    target: &Target,
    aside: &Path,
    differences: &Differences,
    after: &mut dyn FnMut(Step) -> io::Result<()>,
) -> io::Result<Vec<String>> {
    let mut edited: Vec<(&str, String)> = Vec::new();
    for path in &differences.edited {
        let name = free_name(aside, path, &differences.kept)?;
        place(target, path, &aside.join(&name))?;
        edited.push((path, name));
        after(Step::Kept)?;
    }
    for path in &differences.kept {
        // What is in a folder that had to make room goes with it.
        let moved = edited.iter().find_map(|(folder, name)| {
            let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some(format!("{name}/{rest}"))
        });
        place(target, path, &aside.join(moved.as_deref().unwrap_or(path)))?;
        after(Step::Kept)?;
    }
    Ok(edited.into_iter().map(|it| it.1).collect())
}

fn free_name(aside: &Path, path: &str, kept: &[String]) -> io::Result<String> {
    let first = format!("{path}.edited");
    let more = (2..COPIES_MAX).map(|it| format!("{path}.edited-{it}"));
    let is_free = |it: &String| !kept.contains(it) && fs::symlink_metadata(aside.join(it)).is_err();
    let found = std::iter::once(first).chain(more).find(is_free);
    found.ok_or_else(|| io::Error::other(format!("{path} was put aside too often")))
}

/// The same file in another place: a second name where the disk knows such, else a copy.
fn place(target: &Target, path: &str, to: &Path) -> io::Result<()> {
    let from = target.path.join(path);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    match target.present.kind(path) {
        Some(Kind::Folder) => match fs::create_dir_all(to) {
            Ok(()) => fs::set_permissions(to, fs::metadata(&from)?.permissions()),
            Err(error) => Err(error),
        },
        // A name of a link is a link, not what it leads to.
        _ => fs::hard_link(&from, to).or_else(|_| copy(&from, to)),
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if fs::symlink_metadata(from)?.is_symlink() {
        return std::os::unix::fs::symlink(fs::read_link(from)?, to);
    }
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}

fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    File::open(folder)?.sync_all()
}

/// Puts `aside` in the place of `target`; what was there is then at `aside`.
fn swap(aside: &Path, target: &Path) -> io::Result<()> {
    if fs::symlink_metadata(target).is_err() {
        return fs::rename(aside, target);
    }
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, aside, CWD, target, RenameFlags::EXCHANGE) {
            Ok(()) => return Ok(()),
            // Not every file system can; the two steps below can be undone.
            Err(
                rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP,
            ) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let previous = beside(target, "previous");
    clear(&previous)?;
    fs::rename(target, &previous)?;
    if let Err(error) = fs::rename(aside, target) {
        fs::rename(&previous, target)?;
        return Err(error);
    }
    fs::rename(&previous, aside)
}

fn clear(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
