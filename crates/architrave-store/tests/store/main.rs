//! What stores promise: one story per file. Statements that are about every store are tests of each of them,
//! `…::sqlite::…` and `…::postgres::…`; the latter need the server that `cargo xtask postgres` starts.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exception covers test functions, not what they call"
)]

#[macro_use]
mod support;

mod contract;
mod durable;
mod equal;
mod evolution;
mod explain;
mod explain_postgres;
mod full;
mod nodes;
mod policy;
mod schema;
mod second_wall;
mod several;
mod transfer;
mod walk;
