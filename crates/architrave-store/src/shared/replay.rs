//! Replays a journal: what its images add up to, compared with what is stored.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::vault::hex;

/// Differences that are reported one by one.
const DIFFERENCES_MAX: usize = 20;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Transactions in the journal.
    pub transactions: u64,
    /// Events in the journal.
    pub events: u64,
    /// Rows in the tables.
    pub rows: u64,
    /// What differs, in words; the first twenty.
    pub differences: Vec<String>,
}

impl Verified {
    /// Notes a difference.
    pub(crate) fn differ(&mut self, what: String) {
        if self.differences.len() < DIFFERENCES_MAX {
            self.differences.push(what);
        }
    }
}

/// A row: table and id.
type Key = (String, String);

/// What a journal adds up to, event by event; then what is left of it, stored row by stored row.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    /// Stored columns by physical name, as an image has them.
    rows: BTreeMap<Key, Map<String, Json>>,
    /// Rows of parts by aggregate: an image holds all parts that are left.
    parts: BTreeMap<Key, Vec<Key>>,
}

impl Replay {
    /// The next event: what happened to an aggregate, and its image.
    pub(crate) fn event(
        &mut self,
        (table, id): (&str, &[u8]),
        (event, data): (&str, &str),
        verified: &mut Verified,
    ) {
        verified.events += 1;
        let aggregate = (table.to_owned(), hex(id));
        let Ok(Json::Object(mut image)) = serde_json::from_str(data) else {
            verified.differ(format!("a record of {table} {} cannot be read", aggregate.1));
            return;
        };
        let root = match image.remove("row") {
            Some(Json::Object(root)) => root,
            _ => Map::new(),
        };
        for part in self.parts.remove(&aggregate).unwrap_or_default() {
            self.rows.remove(&part);
        }
        if is_gone(event, &root) {
            self.rows.remove(&aggregate);
            return;
        }
        let mut own = Vec::new();
        for (table, list) in image.get("parts").and_then(Json::as_object).into_iter().flatten() {
            for part in list.as_array().into_iter().flatten().filter_map(Json::as_object) {
                let id = part.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
                own.push((table.clone(), id.clone()));
                self.rows.insert((table.clone(), id), part.clone());
            }
        }
        self.parts.insert(aggregate.clone(), own);
        self.rows.insert(aggregate, root);
    }

    /// A stored row, NULL left out: is it what the journal adds up to?
    pub(crate) fn compare(
        &mut self,
        table: &str,
        stored: &Map<String, Json>,
        verified: &mut Verified,
    ) {
        verified.rows += 1;
        let id = stored.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
        let Some(expected) = self.rows.remove(&(table.to_owned(), id.clone())) else {
            verified.differ(format!("{table} {id} is stored and not in the journal"));
            return;
        };
        let names = stored.keys().chain(expected.keys().filter(|it| !stored.contains_key(*it)));
        let names: Vec<&String> =
            names.filter(|it| !is_same(stored.get(*it), expected.get(*it))).collect();
        if !names.is_empty() {
            verified.differ(format!("{table} {id} differs from the journal in {names:?}"));
        }
    }

    /// What is left was never stored.
    pub(crate) fn finish(&self, verified: &mut Verified) {
        for (table, id) in self.rows.keys() {
            verified.differ(format!("{table} {id} is in the journal and not stored"));
        }
    }
}

/// Lists are texts of JSON, which PostgreSQL spaces in its own way and whose members it sorts.
fn is_same(stored: Option<&Json>, expected: Option<&Json>) -> bool {
    if stored == expected {
        return true;
    }
    let list = |it: Option<&Json>| match it {
        Some(Json::String(text)) if text.starts_with('[') => {
            serde_json::from_str::<Json>(text).ok()
        }
        _ => None,
    };
    list(stored).is_some_and(|it| list(expected) == Some(it))
}

/// A deletion takes the row away, unless it is soft: then the image says when it was hidden.
fn is_gone(event: &str, root: &Map<String, Json>) -> bool {
    match event {
        "purged" => true,
        "deleted" => !root.contains_key("deleted_at"),
        _ => false,
    }
}
