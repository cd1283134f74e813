//! Contracts: what others rely on, as files for programs.

mod asyncapi;
mod postman;
mod schemas;
mod sql;

pub(crate) use asyncapi::PROJECTION as ASYNCAPI;
pub(crate) use postman::PROJECTION as POSTMAN;
pub(crate) use schemas::PROJECTION as SCHEMAS;
pub(crate) use sql::PROJECTION as SQL;
