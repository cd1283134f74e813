//! Renames: what a `moved` block carries over in the lock.

use super::{Lock, LockEntry, LockKey, LockKind};

impl Lock {
    /// Gives the names of an entity to its new path. Whether there was anything to give.
    pub(crate) fn move_entity(&mut self, from: &str, to: &str) -> bool {
        let is_moved = self.is_moved(from, to);
        let is_known = self.entries.contains_key(&LockKey::new(from, LockKind::Table, ""));
        let is_taken = self.entries.contains_key(&LockKey::new(to, LockKind::Table, ""));
        if is_moved || !is_known || is_taken {
            return is_moved;
        }
        self.rekey(from, |key| Some(LockKey { owner: to.to_owned(), ..key.clone() }));
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
        let has = |name: &str| {
            let is_of = |place: &str| {
                place == name || place.strip_prefix(name).is_some_and(|it| it.starts_with('.'))
            };
            let columns = self.entries.iter().filter(|(key, _)| key.kind == LockKind::Column);
            columns.filter(|(key, _)| key.owner == owner).any(|(key, _)| is_of(&key.place))
        };
        if is_moved || !has(from) || has(to) {
            return is_moved;
        }
        self.rekey(owner, |key| {
            let place = match key.kind {
                LockKind::Column | LockKind::Lookup => renamed(&key.place, from, to),
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

    fn rekey(&mut self, owner: &str, new_key: impl Fn(&LockKey) -> Option<LockKey>) {
        let moves: Vec<_> = self
            .entries
            .keys()
            .filter(|key| key.owner == owner)
            .filter_map(|key| Some((key.clone(), new_key(key)?)))
            .collect();
        for (old, new) in moves {
            if let Some(entry) = self.entries.remove(&old) {
                self.entries.insert(new, entry);
            }
        }
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
            format!("{sign}{}", renamed(path, from, to).unwrap_or_else(|| path.to_owned()))
        })
        .collect();
    let rest = rest.map(|it| format!("|{it}")).unwrap_or_default();
    Some(format!("[{}{rest}]", keys.join(",")))
}
