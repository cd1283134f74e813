//! The tables that a store has beside those of the blueprint, in both databases.

pub mod postgres;
pub mod sqlite;
