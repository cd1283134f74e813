//! The development issuer: signs tokens with a key of its own, which never leaves the data folder.

use architrave_engine::Fault;
use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::backend::DataFolder;

/// The issuer's URL. `.invalid` (RFC 2606) cannot be reached, so that nobody can answer in its place; it
/// never changes, because people are linked to it.
pub const ISSUER: &str = "https://development.architrave.invalid";

/// Its key, in the data folder.
pub const FILE: &str = "dev-issuer.p8";

/// Signs tokens for `--dev`.
pub struct DevIssuer {
    key: EncodingKey,
    key_id: String,
    /// Both coordinates, 32 bytes each.
    public: Vec<u8>,
}

impl DevIssuer {
    /// The issuer of this data folder; its key is made at the first start.
    ///
    /// # Errors
    /// Where the key cannot be read, written or understood.
    pub fn open(folder: &DataFolder) -> Result<Self, Fault> {
        let broken = || {
            let what = format!("{} holds no P-256 key", folder.file(FILE).display());
            Fault::new(what, "delete it; a new one is made at the next start")
        };
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let make = || {
            let made = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new());
            made.map(|it| it.as_ref().to_vec()).unwrap_or_default()
        };
        let pkcs8 = folder.keep(FILE, make)?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8).map_err(|_| broken())?;
        // The point's first byte says that both coordinates follow (SEC 1, section 2.3.3).
        let public = pair.public_key().as_ref().get(1..65).ok_or_else(broken)?.to_vec();
        let digest = digest(&SHA256, &public);
        let key_id = base64url(digest.as_ref().get(..12).unwrap_or_default());
        Ok(Self { key: EncodingKey::from_ec_der(&pkcs8), key_id, public })
    }

    /// The public key as a JSON web key set (RFC 7517).
    #[must_use]
    pub fn key_set(&self) -> Value {
        let (x, y) = self.public.split_at_checked(32).unwrap_or_default();
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.key_id,
            "x": base64url(x), "y": base64url(y),
        }] })
    }

    /// Signs a token; `claims` holds everything that is to stand in it.
    ///
    /// # Errors
    /// Where the claims cannot be signed.
    pub fn sign(&self, claims: &Value) -> Result<String, Fault> {
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(self.key_id.clone()),
            ..Header::new(Algorithm::ES256)
        };
        let signed = jsonwebtoken::encode(&header, claims, &self.key);
        signed.map_err(|error| Fault::new(format!("cannot sign a token: {error}"), ""))
    }
}

/// Base64 with the URL's alphabet, without padding (RFC 4648, section 5).
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |bits: u32| {
        let index = usize::try_from(bits & 63).unwrap_or(0);
        char::from(ALPHABET.get(index).copied().unwrap_or(b'A'))
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        text.extend((0..=chunk.len()).map(|position| letter(bits >> (18 - 6 * position))));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_is_rfc_4648() {
        for (bytes, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")]
        {
            assert_eq!(base64url(bytes.as_bytes()), text);
        }
        assert_eq!(base64url(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn the_key_stays_and_tokens_verify_with_the_public_one() {
        let folder = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(folder.path()).unwrap();
        let issuer = DevIssuer::open(&folder).unwrap();
        let token = issuer.sign(&json!({ "sub": "customer", "exp": 4_000_000_000_u64 })).unwrap();
        let key_set = DevIssuer::open(&folder).unwrap().key_set();
        let key_set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(key_set).unwrap();
        let key = jsonwebtoken::DecodingKey::from_jwk(&key_set.keys[0]).unwrap();
        let validation = jsonwebtoken::Validation::new(Algorithm::ES256);
        let read = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap();
        assert_eq!(read.claims["sub"], "customer");
        assert_eq!(read.header.typ.as_deref(), Some("at+jwt"));
    }
}
