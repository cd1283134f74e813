//! What would change in the folder, and what a person changed in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use architrave_engine::Fault;

use super::{
    Files, Present,
    manifest::{Manifest, hash},
    present::Kind,
};
use crate::source::cannot_read;

/// How the folder differs from a set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Not there yet.
    pub missing: Vec<String>,
    /// There as they were generated, and to be written anew.
    pub outdated: Vec<String>,
    /// Generated once, and no longer part of the set.
    pub stale: Vec<String>,
    /// A person's: generated files that were edited since, and what stands where a document belongs.
    pub edited: Vec<String>,
    /// Whether the list of what was generated is another one.
    pub is_manifest_outdated: bool,
    /// What a person put there: kept as it is.
    pub(super) kept: Vec<String>,
}

impl Differences {
    /// Compares the folder with a set.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn between(folder: &Path, present: &Present, files: &Files) -> Result<Self, Fault> {
        let before = present.manifest.clone().unwrap_or_default();
        let mut found =
            Self { is_manifest_outdated: before != Manifest::of(files), ..Self::default() };
        let folders = folders_of(files);
        let mut there = BTreeMap::new();
        for entry in &present.entries {
            let path = entry.path.as_str();
            let wanted = files.get(path);
            match (entry.kind, wanted) {
                (Kind::Folder, None) => {
                    // Folders that hold nothing of a person go with what they held.
                    if !is_generated_folder(path, &before) && !folders.contains(path) {
                        found.kept.push(entry.path.clone());
                    }
                }
                (Kind::File, _) if wanted.is_some() || before.0.contains_key(path) => {
                    let full = folder.join(path);
                    let bytes = fs::read(&full).map_err(|error| cannot_read(&full, &error))?;
                    there.insert(path.to_owned(), hash(&bytes));
                }
                (_, None) if !folders.contains(path) => found.kept.push(entry.path.clone()),
                _ => found.edited.push(entry.path.clone()),
            }
        }
        found.sort_out(&there, &before, files);
        Ok(found)
    }

    fn sort_out(&mut self, there: &BTreeMap<String, String>, before: &Manifest, files: &Files) {
        for (path, is) in there {
            let wanted = files.get(path).map(|it| hash(it));
            if wanted.as_ref() == Some(is) {
                continue;
            }
            let is_ours = before.0.get(path) == Some(is);
            match (is_ours, wanted) {
                (true, Some(_)) => self.outdated.push(path.clone()),
                (true, None) => self.stale.push(path.clone()),
                (false, _) => self.edited.push(path.clone()),
            }
        }
        let is_blocked = |path: &String| self.edited.contains(path);
        self.missing = files
            .keys()
            .filter(|it| !there.contains_key(*it) && !is_blocked(it))
            .cloned()
            .collect();
        self.edited.sort();
    }

    /// Whether the folder holds exactly the set (and whatever else a person put there).
    #[must_use]
    pub fn is_none(&self) -> bool {
        let lists = [&self.missing, &self.outdated, &self.stale, &self.edited];
        lists.iter().all(|it| it.is_empty()) && !self.is_manifest_outdated
    }

    /// One line a file, sorted by what is the matter with it.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let lists = [
            ("edited by hand", &self.edited),
            ("missing", &self.missing),
            ("outdated", &self.outdated),
            ("no longer generated", &self.stale),
        ];
        let lines = lists
            .iter()
            .flat_map(|(what, paths)| paths.iter().map(move |it| format!("{what}: {it}")));
        let mut lines: Vec<String> = lines.collect();
        if lines.is_empty() && self.is_manifest_outdated {
            lines.push(format!("outdated: {}", super::MANIFEST_NAME));
        }
        lines
    }
}

/// Every folder that a set needs.
fn folders_of(files: &Files) -> BTreeSet<&str> {
    files.keys().flat_map(|it| it.match_indices('/').filter_map(|(at, _)| it.get(..at))).collect()
}

fn is_generated_folder(path: &str, before: &Manifest) -> bool {
    let prefix = format!("{path}/");
    before.0.keys().any(|it| it.starts_with(&prefix))
}
