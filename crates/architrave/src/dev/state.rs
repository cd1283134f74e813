//! What `--dev` remembers across restarts: its tenants and tokens.

use std::collections::BTreeMap;

use architrave_engine::Fault;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::backend::DataFolder;

/// Where it is kept, in the data folder.
pub const FILE: &str = "dev-state.json";

/// Tenants and tokens of `--dev`.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    /// The first and the second tenant.
    pub(super) tenants: Vec<Uuid>,
    /// By person.
    pub(super) tokens: BTreeMap<String, Kept>,
}

/// A token that was handed out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) expires_at_s: i64,
    /// What it says, without times and numbers, as JSON: a change makes a new token.
    pub(super) says: String,
}

impl State {
    pub(super) fn read(folder: &DataFolder) -> Result<Self, Fault> {
        let Some(bytes) = folder.read(FILE)? else { return Ok(Self::default()) };
        serde_json::from_slice(&bytes).map_err(|error| {
            let what = format!("{} cannot be understood: {error}", folder.file(FILE).display());
            Fault::new(what, "delete it; people and tokens are made anew at the next start")
        })
    }

    pub(super) fn write(&self, folder: &DataFolder) -> Result<(), Fault> {
        let json = serde_json::to_vec_pretty(self)
            .map_err(|error| Fault::new(format!("cannot write {FILE}: {error}"), ""))?;
        folder.write(FILE, &json)
    }
}
