//! An issuer of tokens.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::{ISSUER, START_US, store::FIRST_SHOP};

/// Signs tokens with one key.
pub(crate) struct Signer {
    key: Ed25519KeyPair,
    kid: String,
}

impl Signer {
    pub(crate) fn new(kid: &str) -> Self {
        Self { key: Ed25519KeyPair::generate().unwrap(), kid: kid.to_owned() }
    }

    pub(crate) fn jwk(&self) -> Value {
        let x = base64url(self.key.public_key().as_ref());
        json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": self.kid, "x": x})
    }

    pub(crate) fn jwks(&self) -> String {
        json!({ "keys": [self.jwk()] }).to_string()
    }

    pub(crate) fn token(&self, claims: &Value) -> String {
        let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": self.kid});
        let message = format!(
            "{}.{}",
            base64url(header.to_string().as_bytes()),
            base64url(claims.to_string().as_bytes())
        );
        format!("{message}.{}", base64url(self.key.sign(message.as_bytes()).as_ref()))
    }
}

/// Claims of a person in the first shop.
pub(crate) fn claims(subject: &str, roles: &[&str]) -> Value {
    let now_s = START_US / 1_000_000;
    json!({
        "iss": ISSUER, "aud": "shop", "sub": subject, "client_id": "test", "jti": subject,
        "iat": now_s, "exp": now_s + 3_600, "roles": roles, "shop": FIRST_SHOP,
        "email": format!("{subject}@example.org"),
    })
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for position in 0..=chunk.len() {
            out.push(char::from(DIGITS[(word >> (18 - 6 * position) & 63) as usize]));
        }
    }
    out
}
