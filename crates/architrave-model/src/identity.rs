//! Who calls, and how often.

use crate::{EntityId, Setting, Span};

/// The `identity` block.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The entity of people.
    pub user: Option<EntityId>,
    /// The entity of tenants; none: one tenant, no tenant column.
    pub tenant: Option<EntityId>,
    /// Declared roles, in order. At most 64.
    pub roles: Vec<String>,
    /// How a request's tenant is found; the first that answers wins.
    pub tenant_from: Vec<TenantSource>,
    /// Fields of a new user and the claims they come from: (position in the user's fields, claim).
    pub provision: Vec<(usize, String)>,
    /// Bearer tokens of an OpenID Connect issuer.
    pub oidc: Option<OidcLogin>,
    /// API keys.
    pub api_key: Option<ApiKeyLogin>,
    /// The whole block.
    pub span: Span,
}

/// Where the tenant of a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantSource {
    /// A claim that holds the tenant's id.
    Claim(String),
    /// The host name, compared with a unique field of the tenant entity (its position).
    Host(usize),
}

/// `login oidc`
#[derive(Debug, Clone)]
pub struct OidcLogin {
    /// Issuer's URL.
    pub issuer: Setting,
    /// Audience that tokens must name.
    pub audience: Setting,
    /// Claim with the caller's roles.
    pub roles_claim: String,
    /// Whether tokens must be `at+jwt` as in RFC 9068 (the default) or any signed JWT.
    pub is_generic: bool,
    /// The whole block.
    pub span: Span,
}

/// `login api_key`
#[derive(Debug, Clone, Default)]
pub struct ApiKeyLogin {
    /// Roles that a key may hold.
    pub roles: Vec<String>,
    /// The whole block.
    pub span: Span,
}

/// The `limits` block.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Requests without credentials.
    pub anonymous: Option<Rate>,
    /// Requests with credentials.
    pub signed_in: Option<Rate>,
    /// Largest body in bytes; 1 MiB unless said otherwise.
    pub body_bytes_max: Option<u64>,
    /// Origins that browsers may call from.
    pub cors: Vec<String>,
    /// The whole block.
    pub span: Option<Span>,
}

/// So many in such a time, per key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub count: u32,
    /// In which time, in microseconds.
    pub period_us: i64,
    /// Whom it is counted for.
    pub key: RateKey,
    /// Where it was written.
    pub span: Span,
}

/// Whom a rate is counted for. A null key means that the rate does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateKey {
    /// `caller.ip`
    Ip,
    /// `caller.id`
    Id,
    /// `caller.user`
    User,
    /// `caller.tenant`
    Tenant,
}
