//! Identity links and API keys: who is who.

use uuid::Uuid;

use super::Step;
use crate::Fault;

/// Reads the store's own tables of people and keys. Writing them is a [`super::Change`], so that it is
/// journaled like everything else.
pub trait Directory: Send + Sync {
    /// The user behind a person at an issuer, within a tenant.
    fn link<'a>(
        &'a self,
        tenant: Option<Uuid>,
        issuer: &'a str,
        subject: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>>;

    /// The tenant with this id, if it exists: for claims.
    fn tenant_exists<'a>(&'a self, tenant: Uuid) -> Step<'a, Result<bool, Fault>>;

    /// The tenant whose globally unique text column (position in the tenant entity's fields) has this value.
    fn tenant_by_field<'a>(
        &'a self,
        field: usize,
        value: &'a str,
    ) -> Step<'a, Result<Option<Uuid>, Fault>>;

    /// An API key by its public id.
    fn api_key<'a>(&'a self, id: &'a str) -> Step<'a, Result<Option<ApiKeyRecord>, Fault>>;

    /// All API keys, newest first, at most 1,000; of one tenant if given.
    fn api_keys<'a>(&'a self, tenant: Option<Uuid>) -> Step<'a, Result<Vec<ApiKeyRecord>, Fault>>;
}

/// An API key as stored: never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyRecord {
    /// Public id, part of the key's text.
    pub id: String,
    /// `caller.id` of its requests.
    pub uuid: Uuid,
    /// What it is for, in words.
    pub name: String,
    /// SHA-256 of the secret part.
    pub secret_sha256: [u8; 32],
    /// Tenant it is bound to.
    pub tenant: Option<Uuid>,
    /// User it acts as; none for a service.
    pub user: Option<Uuid>,
    /// Roles it holds.
    pub roles: Vec<String>,
    /// Scopes it holds.
    pub scopes: Vec<String>,
    /// When it was created, in microseconds since 1970.
    pub created_at_us: i64,
    /// When it stops working.
    pub expires_at_us: Option<i64>,
    /// When it was revoked.
    pub revoked_at_us: Option<i64>,
}
