//! Remembers: state and journal on SQLite, behind the engine's port [`architrave_engine::ports::Store`].
//!
//! Start reading at [`SqliteStore`]; encrypted fields are the business of [`Vault`]. Of PostgreSQL, [`postgres`] reads
//! the schemas of others.

pub mod postgres;
mod schema;
mod shared;
mod sqlite;
mod vault;

pub use schema::{SQLITE_MAGIC, schema_text};
pub use sqlite::{Measure, OnHealth, SqliteSettings, SqliteStore, Verified, Volume, verify};
pub use vault::{Place, Vault};
