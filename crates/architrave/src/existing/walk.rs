//! Goes through a folder for the files that tell something about a system.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    LeftOut,
    relevant::{is_foreign, is_relevant},
    shown,
};

/// Deepest folder below the root.
const DEPTH_MAX: usize = 32;
/// Most files and folders that are looked at, whatever they are called.
const ENTRIES_MAX: usize = 500_000;

/// Adds the relevant files below `root`. Bounded in depth and number; order does not matter, as the caller
/// sorts.
///
/// # Errors
/// Where the root itself cannot be listed.
pub(super) fn walk(
    root: &Path,
    found: &mut Vec<PathBuf>,
    left_out: &mut Vec<LeftOut>,
) -> io::Result<()> {
    let mut entries_left = ENTRIES_MAX;
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let mut leave = |reason: &str| {
            left_out.push(LeftOut { name: shown(&folder), reason: reason.to_owned() });
        };
        let mut entries = match sorted(&folder, &mut entries_left) {
            Ok(Some(entries)) => entries,
            Ok(None) => {
                leave("beyond the first 500,000 files and folders");
                return Ok(());
            }
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                leave(&error.to_string().to_lowercase());
                continue;
            }
        };
        if depth >= DEPTH_MAX {
            leave("more than 32 folders deep");
            continue;
        }
        // The last is taken first.
        entries.reverse();
        let mut links = Vec::new();
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !is_foreign(&name) {
                folders.push((entry.path(), depth + 1));
            } else if kind.is_file() && is_relevant(&entry.path()) {
                found.push(entry.path());
            } else if kind.is_symlink() && is_relevant(&entry.path()) {
                links.push(entry.path());
            }
        }
        left_out.extend(
            links
                .iter()
                .rev()
                .map(|it| LeftOut { name: shown(it), reason: "a symbolic link".to_owned() }),
        );
    }
    Ok(())
}

/// What a folder holds by name; none where there is too much.
fn sorted(folder: &Path, entries_left: &mut usize) -> io::Result<Option<Vec<fs::DirEntry>>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let Some(left) = entries_left.checked_sub(1) else { return Ok(None) };
        *entries_left = left;
        entries.push(entry?);
    }
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(Some(entries))
}
