//! Contracts: what others rely on, as files for programs.

mod sql;

pub(crate) use sql::PROJECTION as SQL;
