//! Issuers of tokens, as the operator configures them.

use std::{sync::Arc, time::Duration};

use architrave_engine::Fault;

use super::{jwks::KeySet, keys::Keys, token::Expected};

/// An issuer whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct IssuerConfig {
    /// Its address, byte for byte as in `iss`.
    pub issuer: String,
    /// What `aud` must hold.
    pub audience: String,
    /// Claim with the caller's roles; `a.b` for a member of a claim.
    pub roles_claim: String,
    /// Any signed JWT, rather than access tokens as in RFC 9068 only.
    pub is_generic: bool,
    /// Where its keys come from.
    pub keys: KeySource,
}

/// Where an issuer's keys come from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// `/.well-known/openid-configuration` below the issuer's address.
    Discovery,
    /// A JWKS document.
    Jwks(String),
    /// A JWKS document of the development identity, whose tokens may also name the system itself as the
    /// caller by [`SYSTEM_CLAIM`]. Never for an issuer of somebody else.
    Development(String),
}

/// The claim that makes a token of the development identity one of the system itself.
pub const SYSTEM_CLAIM: &str = "architrave_system";

/// An issuer in use.
pub(crate) struct Issuer {
    pub(crate) name: Arc<str>,
    pub(crate) expected: Expected,
    pub(crate) roles_claim: String,
    pub(crate) may_name_system: bool,
    pub(crate) keys: Keys,
}

impl Issuer {
    /// Reads the keys where they are given; faults where they cannot be read.
    pub(crate) fn open(config: &IssuerConfig, fetch_interval_min: Duration) -> Result<Self, Fault> {
        let keys = match &config.keys {
            KeySource::Discovery => Keys::discovered(&config.issuer, fetch_interval_min)?,
            KeySource::Jwks(json) | KeySource::Development(json) => {
                Keys::Fixed(Arc::new(KeySet::read(json.as_bytes())?))
            }
        };
        Ok(Self {
            name: config.issuer.as_str().into(),
            expected: Expected {
                issuer: config.issuer.clone(),
                audience: config.audience.clone(),
                is_generic: config.is_generic,
            },
            roles_claim: config.roles_claim.clone(),
            may_name_system: matches!(config.keys, KeySource::Development(_)),
            keys,
        })
    }
}
