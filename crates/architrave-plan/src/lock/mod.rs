//! The lock: which physical name and which address everything got when it was first created. Names in it
//! never change, so that a rename in the blueprint touches the lock and not the data.

mod name;
mod rename;
#[cfg(test)]
mod tests;
mod text;

use std::collections::{BTreeMap, BTreeSet};

pub use text::{LOCK_LINE_UNREADABLE, LOCK_NAME_REFUSED, LOCK_VERSION_UNKNOWN};

pub(crate) use name::{hash_hex, snake_case};

/// Names by what they belong to. Written beside the blueprint as `architrave.lock`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    entries: BTreeMap<LockKey, LockEntry>,
}

/// What a name belongs to. The order is that of the file: by owner, then kind, then place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LockKey {
    /// `context.Entity`.
    pub(crate) owner: String,
    /// Kind of thing.
    pub(crate) kind: LockKind,
    /// Place within the owner: `ship_to.city`, `[category,-created_at]`; empty for the owner itself.
    pub(crate) place: String,
}

/// Kinds of things that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LockKind {
    /// An entity's table.
    Table,
    /// The address of an entity in the API, e.g. `products`.
    Path,
    /// A column.
    Column,
    /// The keyed hash beside an encrypted column.
    Lookup,
    /// An index.
    Index,
    /// A unique index within one tenant.
    Unique,
    /// A unique index over the whole store.
    UniqueGlobal,
    /// A full-text index.
    Search,
    /// An old path that a `moved` block has carried over.
    Moved,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockEntry {
    /// The name.
    pub(crate) name: String,
    /// Whether the thing is gone from the blueprint. Its name is not given to anything else.
    pub(crate) is_retired: bool,
}

/// Hands out names: the recorded one, or a new one that nothing else has or had.
pub(crate) struct Names {
    lock: Lock,
    seen: BTreeSet<LockKey>,
    relations: BTreeSet<String>,
    columns: BTreeSet<(String, String)>,
    paths: BTreeSet<String>,
}

impl Names {
    pub(crate) fn new(lock: Lock) -> Self {
        let mut names = Self {
            lock,
            seen: BTreeSet::new(),
            relations: BTreeSet::new(),
            columns: BTreeSet::new(),
            paths: BTreeSet::new(),
        };
        for (key, entry) in &names.lock.entries {
            match key.kind {
                LockKind::Path => drop(names.paths.insert(entry.name.clone())),
                LockKind::Column | LockKind::Lookup => {
                    names.columns.insert((key.owner.clone(), entry.name.clone()));
                }
                LockKind::Moved => {}
                LockKind::Table
                | LockKind::Index
                | LockKind::Unique
                | LockKind::UniqueGlobal
                | LockKind::Search => drop(names.relations.insert(entry.name.clone())),
            }
        }
        names
    }

    /// The name of a table, an index or a search: one namespace in both databases.
    pub(crate) fn relation(
        &mut self,
        owner: &str,
        kind: LockKind,
        place: &str,
        wanted: &str,
    ) -> String {
        let chosen = self
            .recorded(owner, kind, place)
            .unwrap_or_else(|| name::free(wanted, |it| self.relations.contains(it)));
        self.relations.insert(chosen.clone());
        self.record(owner, kind, place, chosen)
    }

    /// The name of a column or of the hash beside it.
    pub(crate) fn column(
        &mut self,
        owner: &str,
        kind: LockKind,
        place: &str,
        wanted: &str,
    ) -> String {
        let chosen = self.recorded(owner, kind, place).unwrap_or_else(|| {
            name::free(wanted, |it| {
                crate::derive::BUILT_IN_COLUMNS.contains(&it)
                    || self.columns.contains(&(owner.to_owned(), it.to_owned()))
            })
        });
        self.columns.insert((owner.to_owned(), chosen.clone()));
        self.record(owner, kind, place, chosen)
    }

    /// The recorded address of an entity.
    pub(crate) fn recorded_path(&self, owner: &str) -> Option<String> {
        self.recorded(owner, LockKind::Path, "")
    }

    /// The address of an entity: the first candidate that nothing else has or had.
    pub(crate) fn path(&mut self, owner: &str, candidates: &[String]) -> String {
        let chosen = self.recorded_path(owner).unwrap_or_else(|| {
            let free = candidates.iter().find(|it| !self.paths.contains(*it)).cloned();
            free.unwrap_or_else(|| {
                let last = candidates.last().map_or("rows", String::as_str);
                name::numbered(last, '-', |it| self.paths.contains(it))
            })
        });
        self.paths.insert(chosen.clone());
        self.record(owner, LockKind::Path, "", chosen)
    }

    /// The lock as it is now: what was not asked for is retired.
    pub(crate) fn finish(mut self) -> Lock {
        for (key, entry) in &mut self.lock.entries {
            entry.is_retired = key.kind != LockKind::Moved && !self.seen.contains(key);
        }
        self.lock
    }

    fn recorded(&self, owner: &str, kind: LockKind, place: &str) -> Option<String> {
        self.lock.entries.get(&LockKey::new(owner, kind, place)).map(|it| it.name.clone())
    }

    fn record(&mut self, owner: &str, kind: LockKind, place: &str, chosen: String) -> String {
        let key = LockKey::new(owner, kind, place);
        self.seen.insert(key.clone());
        self.lock.entries.insert(key, LockEntry { name: chosen.clone(), is_retired: false });
        chosen
    }
}

impl LockKey {
    pub(crate) fn new(owner: &str, kind: LockKind, place: &str) -> Self {
        Self { owner: owner.to_owned(), kind, place: place.to_owned() }
    }
}
