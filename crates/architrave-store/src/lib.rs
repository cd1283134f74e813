//! Remembers: state and journal on SQLite or PostgreSQL, behind the engine's port
//! [`architrave_engine::ports::Store`].
//!
//! Start reading at [`SqliteStore`] and [`PostgresStore`]; encrypted fields are the business of [`Vault`]. Of
//! PostgreSQL, [`postgres`] also reads the schemas of others.

pub mod postgres;
mod schema;
mod shared;
mod sqlite;
pub mod transfer;
mod vault;

pub use postgres::{PostgresSettings, PostgresStore};
pub use schema::{SQLITE_MAGIC, schema_text};
pub use shared::{health::OnHealth, replay::Verified};
pub use sqlite::{Measure, SqliteSettings, SqliteStore, Volume, verify};
pub use vault::{Place, Vault};
