//! What the store promises, shown on SQLite: one story per file.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exception covers test functions, not what they call"
)]

mod contract;
mod durable;
mod evolution;
mod explain;
mod full;
mod policy;
mod schema;
mod support;
