//! How it is run: alerts and their tests, runbooks, recovery.

mod alerts;
mod yaml;

pub(crate) use alerts::PROJECTION as ALERTS;
