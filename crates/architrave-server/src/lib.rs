//! Talks: HTTP in, answers out. Accepts connections within bounds, finds out who asks, and hands reads and
//! writes to the engine. Knows nothing of SQL and writes no documents.
//!
//! Start reading at [`Server::start`] and `api/turn.rs`.

mod accept;
mod admin;
mod answer;
mod api;
mod identity;
mod limits;
mod pages;
mod request;
mod router;
mod serve;
mod telemetry;

pub use accept::Bounds;
pub use identity::{IssuerConfig, KeySource, Network, NewApiKey, SYSTEM_CLAIM};
pub use limits::MemoryLimiter;
pub use pages::Page;
pub use serve::{AdminConfig, Server, ServerConfig};
pub use telemetry::{Format, Level, Log};
