//! The lock as text: one line a name, sorted by what it belongs to, so that two branches that add things
//! merge, and a reviewer sees every new name.

use std::collections::BTreeSet;

use architrave_model::{Code, FileId, Finding, Severity, Span};

use super::{Lock, LockEntry, LockKey, LockKind, name};

/// A line of the lock is not in its form.
pub const LOCK_LINE_UNREADABLE: Code = Code("AR0620");
/// The lock was written by a later release.
pub const LOCK_VERSION_UNKNOWN: Code = Code("AR0621");
/// A name in the lock cannot be used, or is used twice.
pub const LOCK_NAME_REFUSED: Code = Code("AR0622");

const HEADER: &str = "\
# The names that tables, columns, indexes and addresses got when they were first created. They never change:
# a rename in the blueprint (with a `moved` block) changes the left side here and leaves the data alone.
# Written by Architrave. Keep it beside the blueprint, under version control.
version = 1
";
/// Most bytes of a lock that is read: some 100,000 names.
const BYTES_MAX: usize = 16 * 1024 * 1024;
const KINDS: &[(LockKind, &str)] = &[
    (LockKind::Table, "table"),
    (LockKind::Path, "path"),
    (LockKind::Column, "column"),
    (LockKind::Lookup, "lookup"),
    (LockKind::Index, "index"),
    (LockKind::Unique, "unique"),
    (LockKind::UniqueGlobal, "unique_global"),
    (LockKind::Search, "search"),
    (LockKind::Moved, "moved"),
];

impl Lock {
    /// Reads a lock. Total: what cannot be read is reported and left out. With an error among the findings
    /// the lock is not to be used: a name that is left out would be given anew, to an empty column.
    #[must_use]
    pub fn parse(file: FileId, text: &str) -> (Self, Vec<Finding>) {
        let mut reader = Reader::default();
        if text.len() > BYTES_MAX {
            let span = Span { file, start: 0, end: 0 };
            reader.report(
                LOCK_LINE_UNREADABLE,
                span,
                "the lock is larger than 16 MiB",
                "nobody has so many names",
            );
            return (reader.lock, reader.findings);
        }
        let mut start = 0;
        let mut has_version = false;
        for line in text.split_inclusive('\n') {
            let kept = line.trim_end();
            let span = span(file, start, kept.len());
            start += line.len();
            if kept.is_empty() || kept.starts_with('#') {
                continue;
            }
            if let Some(version) = kept.strip_prefix("version = ") {
                has_version = true;
                reader.version(version, span);
            } else {
                reader.line(kept, span);
            }
        }
        let says_nothing = reader.lock.entries.is_empty() && reader.findings.is_empty();
        if !has_version && !says_nothing {
            let title = "the lock does not say which version of the format it is in";
            reader.report(LOCK_VERSION_UNKNOWN, span(file, 0, 0), title, "expected `version = 1`");
        }
        (reader.lock, reader.findings)
    }

    /// Writes the lock; reading it gives the same lock.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = HEADER.to_owned();
        let mut owner = "";
        for (key, entry) in &self.entries {
            if key.owner != owner {
                out.push('\n');
                owner = &key.owner;
            }
            let kind =
                KINDS.iter().find(|(kind, _)| *kind == key.kind).map_or("", |(_, word)| word);
            let place =
                if key.place.is_empty() { String::new() } else { format!(" {}", key.place) };
            let retired = if entry.is_retired { " retired" } else { "" };
            out.push_str(&format!("{owner} {kind}{place} = {}{retired}\n", entry.name));
        }
        out
    }

    /// Whether nothing has a name yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[derive(Default)]
struct Reader {
    lock: Lock,
    /// Names with the space in which they must be unique.
    names: BTreeSet<(u8, String, String)>,
    findings: Vec<Finding>,
}

impl Reader {
    fn version(&mut self, version: &str, span: Span) {
        if version != "1" {
            let title = format!("the lock is in version {version} of its format");
            self.report(LOCK_VERSION_UNKNOWN, span, title, "this release reads version 1");
        }
    }

    fn line(&mut self, line: &str, span: Span) {
        let Some((key, entry)) = parse_line(line) else {
            let title = "a line of the lock cannot be read";
            self.report(LOCK_LINE_UNREADABLE, span, title, "expected `owner kind place = name`");
            return;
        };
        if let Some(title) = self.refusal(&key, &entry.name) {
            self.report(LOCK_NAME_REFUSED, span, title, "");
        }
        self.lock.entries.entry(key).or_insert(entry);
    }

    fn refusal(&mut self, key: &LockKey, name: &str) -> Option<String> {
        let is_good = match key.kind {
            LockKind::Moved => true,
            LockKind::Path => is_address(name),
            _ => name::is_physical(name),
        };
        if !is_good {
            return Some(format!("`{name}` cannot be a name"));
        }
        if self.lock.entries.contains_key(key) {
            return Some(format!("`{}` has two names", key.owner));
        }
        let table = if is_of_table(key.kind) { key.owner.clone() } else { String::new() };
        let is_free = key.kind == LockKind::Moved
            || self.names.insert((namespace(key.kind), table, name.to_owned()));
        (!is_free).then(|| format!("`{name}` is the name of two things"))
    }

    fn report(&mut self, code: Code, span: Span, title: impl Into<String>, label: &str) {
        let finding = Finding::new(code, Severity::Error, span, title, label);
        let help = "take the lock from version control; the database keeps a copy of its names too";
        self.findings.push(finding.help(help));
    }
}

fn parse_line(line: &str) -> Option<(LockKey, LockEntry)> {
    let (left, right) = line.split_once(" = ")?;
    let mut words = left.splitn(3, ' ');
    let (owner, kind, place) = (words.next()?, words.next()?, words.next().unwrap_or_default());
    let kind = KINDS.iter().find(|(_, word)| *word == kind).map(|(kind, _)| *kind)?;
    let has_place =
        !matches!(kind, LockKind::Table | LockKind::Path | LockKind::Search | LockKind::Moved);
    let (name, is_retired) = right.strip_suffix(" retired").map_or((right, false), |it| (it, true));
    let is_whole = !owner.is_empty() && has_place != place.is_empty();
    let has_space = |it: &str| it.contains(char::is_whitespace);
    if !is_whole || name.is_empty() || has_space(name) || has_space(place) {
        return None;
    }
    Some((LockKey::new(owner, kind, place), LockEntry { name: name.to_owned(), is_retired }))
}

fn is_of_table(kind: LockKind) -> bool {
    matches!(kind, LockKind::Column | LockKind::Lookup)
}

fn namespace(kind: LockKind) -> u8 {
    match kind {
        LockKind::Path => 0,
        LockKind::Column | LockKind::Lookup => 1,
        LockKind::Moved => 2,
        _ => 3,
    }
}

fn is_address(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_lowercase())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
}

fn span(file: FileId, start: usize, length: usize) -> Span {
    let at = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Span { file, start: at(start), end: at(start + length) }
}
