//! What validators look at: the folders of `examples/` and the documents that are kept there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::shell::{Outcome, root};

/// The examples, and how long the checker of the server may look.
pub(crate) struct Scope {
    pub(crate) examples: Vec<Example>,
    /// Requests per operation and caller.
    pub(crate) requests: u64,
    pub(crate) seed: u64,
}

/// A folder of `examples/`.
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

impl Scope {
    /// Finds the examples, sorted by name.
    pub(crate) fn read(requests: u64, seed: u64) -> Outcome<Self> {
        let folder = root().join("examples");
        let entries = fs::read_dir(&folder);
        let entries = entries.map_err(|error| format!("{}: {error}", folder.display()))?;
        let folders = entries.flatten().map(|it| it.path());
        let folders = folders.filter(|it| it.join("blueprint.hcl").is_file());
        let named = folders.filter_map(|it| {
            let name = it.file_name()?.to_str()?.to_owned();
            Some(Example { name, folder: it })
        });
        let mut examples: Vec<Example> = named.collect();
        examples.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self { examples, requests, seed })
    }

    /// Those documents at `path` below `expected/` that are there, with their examples.
    pub(crate) fn documents(&self, path: &str) -> Vec<(&Example, PathBuf)> {
        let all = self.examples.iter().map(|it| (it, it.expected().join(path)));
        all.filter(|it| it.1.is_file()).collect()
    }

    /// "1 example", "5 examples".
    pub(crate) fn size(&self) -> String {
        counted(self.examples.len(), "example")
    }
}

impl Example {
    /// Where its documents are.
    pub(crate) fn expected(&self) -> PathBuf {
        self.folder.join("expected")
    }

    /// A copy of the blueprint and its lock in an empty folder, for a server that is thrown away.
    pub(crate) fn fresh_home(&self, purpose: &str) -> Outcome<PathBuf> {
        let home = super::tool::workshop().join(purpose).join(&self.name);
        let fault = |error: std::io::Error| format!("{}: {error}", home.display());
        if home.exists() {
            fs::remove_dir_all(&home).map_err(fault)?;
        }
        fs::create_dir_all(&home).map_err(fault)?;
        let entries = fs::read_dir(&self.folder).map_err(fault)?.flatten().map(|it| it.path());
        let wanted = |it: &PathBuf| it.extension().is_some_and(|it| it == "hcl" || it == "lock");
        for path in entries.filter(wanted) {
            fs::copy(&path, home.join(path.file_name().unwrap_or_default())).map_err(fault)?;
        }
        Ok(home)
    }

    /// Every document below `room` whose name ends so, sorted.
    pub(crate) fn files(&self, room: &str, ending: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&self.expected().join(room), ending, &mut found);
        found.sort();
        found
    }
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()) {
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_str().is_some_and(|it| it.ends_with(ending)) {
            found.push(path);
        }
    }
}

/// "1 file", "2 files".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
