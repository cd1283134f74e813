//! Who asks.

use std::{net::IpAddr, sync::Arc};

use architrave_plan::CallerClass;
use uuid::Uuid;

/// Who asks, as far as rules can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// What rules can tell apart without a row.
    pub class: CallerClass,
    /// User's or API key's id.
    pub id: Option<Uuid>,
    /// The row of the user entity.
    pub user: Option<Uuid>,
    /// The tenant of the request; none only where the system has no tenants.
    pub tenant: Option<Uuid>,
    /// Address, believed only from trusted proxies.
    pub ip: Option<IpAddr>,
    /// Scopes of the credentials.
    pub scopes: Arc<[String]>,
    /// How they proved who they are.
    pub credentials: Credentials,
}

/// How a caller proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Not at all.
    None,
    /// By a token.
    Token {
        /// Issuer's URL.
        issuer: Arc<str>,
        /// The person at the issuer.
        subject: Arc<str>,
    },
    /// By an API key.
    ApiKey {
        /// The key's public id.
        key: Arc<str>,
    },
    /// Architrave itself, or the administrator on the admin listener.
    System,
}
