//! The administrator's own listener: tenants, users, API keys, figures.

mod api_keys;
mod desk;
mod form;
mod hold;
mod rows;
mod status;

pub(crate) use desk::{AdminConnection, AdminDesk};
