//! Renames: what a `moved` block carries over in the lock.

use super::{Lock, LockEntry, LockKey, LockKind};

impl Lock {
    /// Gives the names of an entity to its new path. Whether there was anything to give.
    ///
    /// Who renames first and writes the `moved` block later has names under both paths by then: those
    /// of the old one are retired. The two change places. Should something be stored under the newer
    /// names, the store refuses to start without them, so that nothing is lost.
    pub(crate) fn move_entity(&mut self, from: &str, to: &str) -> bool {
        let is_moved = self.is_moved(from, to);
        let Some(table) = self.entries.get(&LockKey::new(from, LockKind::Table, "")) else {
            return is_moved;
        };
        let is_taken = self.entries.contains_key(&LockKey::new(to, LockKind::Table, ""));
        if is_moved || (is_taken && !table.is_retired) {
            return is_moved;
        }
        self.rekey(|key| {
            let owner = match key.owner.as_str() {
                owner if owner == from => to,
                owner if owner == to && key.kind != LockKind::Moved => from,
                _ => return None,
            };
            Some(LockKey { owner: owner.to_owned(), ..key.clone() })
        });
        let (inside_from, inside_to) = (format!("{from}."), format!("{to}."));
        for (key, entry) in &mut self.entries {
            if key.kind == LockKind::Moved
                && let Some(field) = entry.name.strip_prefix(&inside_from)
            {
                entry.name = format!("{inside_to}{field}");
            }
        }
        self.remember(from, to);
        true
    }

    /// Gives the names of a field (and of its indexes) to its new name. `path` is the old one, e.g.
    /// `sales.Order.shipping_price`. Whether there was anything to give.
    pub(crate) fn move_field(&mut self, path: &str, owner: &str, to: &str) -> bool {
        let (old, new) = (path, format!("{owner}.{to}"));
        let from = path.rsplit('.').next().unwrap_or_default();
        let is_moved = self.is_moved(old, &new);
        let columns_of = |name: &str| {
            let is_of = |place: &str| {
                place == name || place.strip_prefix(name).is_some_and(|it| it.starts_with('.'))
            };
            let columns = self.entries.iter().filter(|(key, _)| key.kind == LockKind::Column);
            let columns = columns.filter(|(key, _)| key.owner == owner && is_of(&key.place));
            columns.map(|(_, entry)| entry.is_retired).collect::<Vec<_>>()
        };
        let old_columns = columns_of(from);
        let is_gone = old_columns.iter().all(|is_retired| *is_retired);
        if is_moved || old_columns.is_empty() || (!is_gone && !columns_of(to).is_empty()) {
            return is_moved;
        }
        // As with entities, a new name that has columns already changes places with the old one.
        self.rekey(|key| {
            if key.owner != owner {
                return None;
            }
            let place = match key.kind {
                LockKind::Column | LockKind::Lookup => {
                    renamed(&key.place, from, to).or_else(|| renamed(&key.place, to, from))
                }
                LockKind::Index | LockKind::Unique | LockKind::UniqueGlobal => {
                    renamed_keys(&key.place, from, to)
                }
                LockKind::Table | LockKind::Path | LockKind::Search | LockKind::Moved => None,
            };
            place.map(|place| LockKey { place, ..key.clone() })
        });
        self.remember(old, &new);
        true
    }

    fn is_moved(&self, from: &str, to: &str) -> bool {
        self.entries.get(&LockKey::new(from, LockKind::Moved, "")).is_some_and(|it| it.name == to)
    }

    fn remember(&mut self, from: &str, to: &str) {
        let entry = LockEntry { name: to.to_owned(), is_retired: false };
        self.entries.insert(LockKey::new(from, LockKind::Moved, ""), entry);
    }

    /// All at once, so that keys can change places.
    fn rekey(&mut self, new_key: impl Fn(&LockKey) -> Option<LockKey>) {
        let entries = std::mem::take(&mut self.entries);
        let moved = |(key, entry)| (new_key(&key).unwrap_or(key), entry);
        self.entries = entries.into_iter().map(moved).collect();
    }
}

fn renamed(place: &str, from: &str, to: &str) -> Option<String> {
    let rest = place.strip_prefix(from)?;
    (rest.is_empty() || rest.starts_with('.')).then(|| format!("{to}{rest}"))
}

/// The same for `[category,-created_at|living]`.
fn renamed_keys(place: &str, from: &str, to: &str) -> Option<String> {
    let inner = place.strip_prefix('[')?.strip_suffix(']')?;
    let (keys, rest) =
        inner.split_once('|').map_or((inner, None), |(keys, rest)| (keys, Some(rest)));
    let keys: Vec<String> = keys
        .split(',')
        .map(|key| {
            let (sign, path) = key.strip_prefix('-').map_or(("", key), |path| ("-", path));
            let path = renamed(path, from, to)
                .or_else(|| renamed(path, to, from))
                .unwrap_or_else(|| path.to_owned());
            format!("{sign}{path}")
        })
        .collect();
    let rest = rest.map(|it| format!("|{it}")).unwrap_or_default();
    Some(format!("[{}{rest}]", keys.join(",")))
}
