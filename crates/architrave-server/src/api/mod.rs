//! The API: one request's turn, from its headers to its answer.

mod desk;
mod page;
mod position;
mod read;
mod turn;
mod write;

pub(crate) use desk::{Desk, DeskConfig};
pub(crate) use page::{live, ready};
pub(crate) use turn::ApiConnection;
