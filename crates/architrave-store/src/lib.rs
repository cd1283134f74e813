//! Remembers: state and journal on SQLite, behind the engine's port [`architrave_engine::ports::Store`].
//!
//! Start reading at [`SqliteStore`]; encrypted fields are the business of [`Vault`].

mod sqlite;
mod vault;

pub use sqlite::{Measure, OnHealth, SqliteSettings, SqliteStore, Verified, Volume, verify};
pub use vault::{Place, Vault};
