//! PostgreSQL: where it is and who asks, how to connect, and its schema as text.

mod address;
mod connect;
mod fault;
mod pass_file;
mod schema;
mod tls;

pub use address::{Address, Environment};
pub use schema::{Patience, schema_text};
