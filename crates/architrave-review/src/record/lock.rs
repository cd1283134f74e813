//! `decisions.lock`: what was decided, from which facts, and which record says so. Written by the program, kept in the
//! repository, read to tell what has changed because of what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use architrave_model::decision::Decision;
use serde::Deserialize;

/// First line of the file.
const HEAD: &str = "# What was decided, and from which facts. Written by `architrave decide --write`; keep it in the repository.\n";
/// Largest lock that is read, in bytes.
const LOCK_BYTES_MAX: usize = 1_000_000;

/// What was decided at the last writing, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) decisions: BTreeMap<String, Locked>,
}

/// One decision as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locked {
    /// Version of the table.
    pub(super) table: String,
    /// Name of the option.
    pub(super) chosen: String,
    /// The row that decided, from 1.
    pub(super) row: u32,
    /// Number of the record; 0 where none was written.
    pub(super) record: u32,
    /// The day on which it is to be looked at again.
    pub(super) review_by: String,
    /// Titles of what triggers a new decision.
    #[serde(default)]
    pub(super) triggers: Vec<String>,
    /// Facts as they were, as tables write them.
    #[serde(default)]
    pub(super) facts: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockText {
    version: u32,
    #[serde(default)]
    decision: BTreeMap<String, Locked>,
}

impl Lock {
    /// Reads a lock; an empty text is an empty lock. `Err` says what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        if text.len() > LOCK_BYTES_MAX {
            return Err(format!("it has more than {LOCK_BYTES_MAX} bytes"));
        }
        let said: LockText = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |it| it.start);
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            format!("line {line}: {}", error.message())
        })?;
        if said.version != 1 {
            return Err(format!(
                "it is of version {}, and this program knows version 1",
                said.version
            ));
        }
        Ok(Self { decisions: said.decision })
    }

    /// Writes it: sorted, one setting a line, so that changes of two people merge.
    pub(super) fn written(&self) -> String {
        let mut out = format!("{HEAD}version = 1\n");
        for (id, it) in &self.decisions {
            let _ = writeln!(out, "\n[decision.{}]", quoted(id));
            let _ = writeln!(out, "table = {}", quoted(&it.table));
            let _ = writeln!(out, "chosen = {}", quoted(&it.chosen));
            let _ = writeln!(out, "row = {}\nrecord = {}", it.row, it.record);
            let _ = writeln!(out, "review_by = {}", quoted(&it.review_by));
            let triggers: Vec<String> = it.triggers.iter().map(|it| quoted(it)).collect();
            let _ = writeln!(out, "triggers = [{}]", triggers.join(", "));
            for (name, value) in &it.facts {
                let _ = writeln!(out, "facts.{name} = {}", quoted(value));
            }
        }
        out
    }
}

impl Locked {
    /// A decision as it is now.
    pub(super) fn of(decision: &Decision, record: u32, review_by: String) -> Self {
        Self {
            table: decision.table_version.clone(),
            chosen: decision.chosen.clone(),
            row: decision.row,
            record,
            review_by,
            triggers: decision.triggers.iter().map(|it| it.title.clone()).collect(),
            facts: facts(decision),
        }
    }
}

/// Facts of a decision by name, as tables write them.
pub(super) fn facts(decision: &Decision) -> BTreeMap<String, String> {
    decision.inputs.iter().map(|it| (it.fact.clone(), it.written.clone())).collect()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            '\n' => out.push_str("\\n"),
            char if char.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let locked = Locked {
            table: "2026.11".to_owned(),
            chosen: "sqlite".to_owned(),
            row: 3,
            record: 7,
            review_by: "2027-05-21".to_owned(),
            triggers: vec!["a \"busy\" writer\\".to_owned()],
            facts: BTreeMap::from([("peak".to_owned(), "900/s".to_owned())]),
        };
        let lock = Lock { decisions: BTreeMap::from([("D-02".to_owned(), locked)]) };
        assert_eq!(Lock::parse(&lock.written()), Ok(lock));
        assert_eq!(Lock::parse(""), Ok(Lock::default()));
    }

    #[test]
    fn what_is_no_lock_is_refused() {
        for (text, expected) in [
            ("version = 2", "version 2"),
            ("version = 1\n[decision.D-01]\nchosen = 1", "line 3"),
            ("<<<<<<< HEAD", "line 1"),
            ("version = 1\n[decision.\"D-01\"]\ntable = \"x\"", "missing field"),
        ] {
            let error = Lock::parse(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
