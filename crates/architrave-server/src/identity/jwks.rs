//! Public keys of an issuer (RFC 7517), each bound to the algorithms that it may be used with.

use architrave_engine::Fault;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// Most keys of one issuer; more are a sign of something else.
const KEYS_MAX: usize = 64;
/// Shortest RSA modulus in bytes: 2,048 bits.
const RSA_BYTES_MIN: usize = 256;

/// The keys of an issuer.
#[derive(Debug, Default)]
pub(crate) struct KeySet {
    keys: Vec<Key>,
}

/// One public key.
#[derive(Debug)]
pub(crate) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    pub(crate) key: DecodingKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// The members of a JWK that matter here; private ones are not read.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a JWKS document. Keys that cannot be used here (encryption, symmetric, weak or unknown ones)
    /// are left out, as RFC 7517 asks.
    pub(crate) fn read(json: &[u8]) -> Result<Self, Fault> {
        let document: Document = serde_json::from_slice(json).map_err(|error| {
            Fault::new(format!("the issuer's keys cannot be read: {error}"), "")
        })?;
        let keys = document.keys.into_iter().take(KEYS_MAX);
        let keys = keys.filter_map(|it| Key::read(serde_json::from_value(it).ok()?));
        Ok(Self { keys: keys.collect() })
    }

    /// The key a token names. Without a name only if exactly one key fits its algorithm.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&Key> {
        let mut fitting = self.keys.iter().filter(|it| {
            it.algorithms.contains(&algorithm) && (id.is_none() || it.id.as_deref() == id)
        });
        let first = fitting.next();
        if fitting.next().is_some() { None } else { first }
    }

    /// Whether a key of this name is there, whatever its algorithm: then fetching again does not help.
    pub(crate) fn knows(&self, id: Option<&str>) -> bool {
        !self.keys.is_empty() && (id.is_none() || self.keys.iter().any(|it| it.id.as_deref() == id))
    }
}

impl Key {
    fn read(jwk: Jwk) -> Option<Self> {
        let is_for_signatures = jwk.usage.as_deref().is_none_or(|it| it == "sig")
            && jwk.key_ops.as_ref().is_none_or(|it| it.iter().any(|it| it == "verify"));
        if !is_for_signatures {
            return None;
        }
        let (key, mut algorithms) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => rsa(&jwk)?,
            ("EC", Some("P-256")) => (curve(&jwk)?, vec![Algorithm::ES256]),
            ("EC", Some("P-384")) => (curve(&jwk)?, vec![Algorithm::ES384]),
            ("OKP", Some("Ed25519")) => {
                (DecodingKey::from_ed_components(jwk.x.as_deref()?).ok()?, vec![Algorithm::EdDSA])
            }
            // `oct` above all: a symmetric key in a public document is no secret.
            _ => return None,
        };
        if let Some(name) = &jwk.alg {
            algorithms.retain(|it| is_named(*it, name));
        }
        (!algorithms.is_empty()).then_some(Self { id: jwk.kid, algorithms, key })
    }
}

/// Whether an algorithm has this name in a JWK. RFC 9864 names the curve where RFC 8037 did not.
fn is_named(algorithm: Algorithm, name: &str) -> bool {
    let own = match algorithm {
        Algorithm::RS256 => "RS256",
        Algorithm::RS384 => "RS384",
        Algorithm::RS512 => "RS512",
        Algorithm::PS256 => "PS256",
        Algorithm::PS384 => "PS384",
        Algorithm::PS512 => "PS512",
        Algorithm::ES256 => "ES256",
        Algorithm::ES384 => "ES384",
        Algorithm::EdDSA => return matches!(name, "EdDSA" | "Ed25519"),
        _ => return false,
    };
    own == name
}

fn rsa(jwk: &Jwk) -> Option<(DecodingKey, Vec<Algorithm>)> {
    let (n, e) = (jwk.n.as_deref()?, jwk.e.as_deref()?);
    // Four characters of Base64 hold three bytes.
    if n.trim_start_matches('A').len() * 3 / 4 < RSA_BYTES_MIN {
        return None;
    }
    let key = DecodingKey::from_rsa_components(n, e).ok()?;
    let algorithms = vec![
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::PS256,
        Algorithm::PS384,
        Algorithm::PS512,
    ];
    Some((key, algorithms))
}

fn curve(jwk: &Jwk) -> Option<DecodingKey> {
    DecodingKey::from_ec_components(jwk.x.as_deref()?, jwk.y.as_deref()?).ok()
}
