//! Who asks: tokens, API keys, tenants, people, and where they are.

mod api_key;
#[cfg(test)]
mod attacks;
mod authenticate;
mod claims;
mod credentials;
mod issuer;
mod jwks;
mod keys;
mod outbound;
mod proxies;
mod tenant;
mod token;

pub use api_key::NewApiKey;
pub(crate) use api_key::{hash_text, sha256};
pub(crate) use authenticate::{Arrival, Identity};
pub use issuer::{IssuerConfig, KeySource, SYSTEM_CLAIM};
pub use proxies::Network;
pub(crate) use proxies::{Origin, origin};
