//! How far a move is: kept in the database that is filled, in the same transactions as what it is about, so that a move
//! that was killed goes on where it was.

use std::collections::BTreeMap;

use architrave_engine::Fault;
use serde_json::{Value as Json, json};

/// Under which name stores keep it. A store that has it is not whole, and nobody serves it.
pub(crate) const MOVING: &str = "moving";
/// Under which name a store keeps where it went. Nobody serves it any more.
pub(crate) const MOVED_TO: &str = "moved_to";

/// A fault: somebody wants to serve a store that is somewhere else.
pub(crate) fn moved_to(store: &str, place: &str) -> Fault {
    Fault::new(
        format!("{store}: this store was moved to {place}"),
        format!("serve it from there: --store {place}, or --data where it is a folder"),
    )
}

/// A fault: somebody wants to serve a store that is being filled.
pub(crate) fn not_whole(store: &str) -> Fault {
    Fault::new(
        format!("{store}: a store is being moved here and is not whole"),
        "run the same `architrave move` again: it goes on where it was",
    )
}

/// How far a move is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Note {
    /// Name of the store that is moved.
    pub(super) store: String,
    /// State is as the source's at this number of the journal or later; what events behind it are about is copied anew.
    pub(super) state_seq: i64,
    /// Tables of entities that are begun: how far (a row number, or how many rows), and whether to the end.
    pub(super) tables: BTreeMap<String, (i64, bool)>,
}

impl Note {
    pub(super) fn text(&self) -> String {
        json!({ "store": self.store, "state_seq": self.state_seq, "tables": self.tables })
            .to_string()
    }

    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let unreadable = || {
            Fault::new(
                "how far the move was cannot be read",
                "empty the database that is filled, and begin again",
            )
        };
        let json: Json = serde_json::from_str(text).map_err(|_| unreadable())?;
        let tables = json.get("tables").and_then(Json::as_object).ok_or_else(unreadable)?;
        let place = |it: &Json| Some((it.get(0)?.as_i64()?, it.get(1)?.as_bool()?));
        let tables = tables.iter().map(|(name, it)| Some((name.clone(), place(it)?)));
        Ok(Self {
            store: json.get("store").and_then(Json::as_str).ok_or_else(unreadable)?.to_owned(),
            state_seq: json.get("state_seq").and_then(Json::as_i64).ok_or_else(unreadable)?,
            tables: tables.collect::<Option<_>>().ok_or_else(unreadable)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_is_written() {
        let tables = BTreeMap::from([("a".to_owned(), (7, false)), ("b".to_owned(), (0, true))]);
        let note = Note { store: "ab".to_owned(), state_seq: 9, tables };
        assert_eq!(Note::read(&note.text()), Ok(note));
        assert!(Note::read("{}").is_err());
    }
}
