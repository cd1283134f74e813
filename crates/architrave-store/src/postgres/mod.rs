//! PostgreSQL: where it is and who asks, how to connect, its schema as text, and a store in it.

mod address;
mod connect;
mod directory;
pub(crate) mod fault;
mod journal;
mod limiter;
mod line;
mod nodes;
mod open;
mod pass_file;
mod read;
mod schema;
pub(crate) mod session;
mod settings;
mod store;
mod tls;
mod value;
pub(crate) mod words;
mod write;

pub use address::{Address, Environment};
pub use limiter::PostgresLimiter;
pub use schema::{Patience, schema_text};
pub use settings::{OnNews, PostgresSettings};
pub use store::PostgresStore;
