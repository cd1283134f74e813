//! The one place where tokens are believed (RFC 8725, RFC 9068).
//!
//! `jsonwebtoken` alone accepts tokens without issuer or audience, not valid yet, of a foreign type or with
//! unknown critical extensions. Here it checks nothing but the signature; everything else is checked below,
//! by the engine's clock.

use jsonwebtoken::{Algorithm, Header, Validation};

use super::{claims::Claims, jwks::KeySet};

/// Longest token, in bytes.
pub(crate) const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far clocks may differ, in seconds.
const LEEWAY_S: i64 = 5;
/// Longest subject, in bytes (OpenID Connect Core, 2).
const SUBJECT_BYTES_MAX: usize = 255;

/// What is expected of tokens of one issuer.
#[derive(Debug, Clone)]
pub(crate) struct Expected {
    /// `iss`, byte for byte.
    pub(crate) issuer: String,
    /// One of `aud`.
    pub(crate) audience: String,
    /// Access tokens of RFC 9068 only, or any signed JWT.
    pub(crate) is_generic: bool,
}

/// Why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// It is no signed JWT.
    Malformed,
    /// Its algorithm is not accepted, or not with the key it names.
    Algorithm,
    /// Its type is not that of an access token.
    Type,
    /// It wants something of us that we do not do.
    Critical,
    /// It brings or points to its own key.
    OwnKey,
    /// No key has its name.
    UnknownKey,
    /// The signature does not fit.
    Signature,
    /// A claim that must be there is missing or has another type.
    Claim(&'static str),
    /// Another issuer's.
    Issuer,
    /// Meant for somebody else.
    Audience,
    /// Its time is over.
    Expired,
    /// Its time has not come, or it was issued in the future.
    NotYetValid,
}

impl Rejection {
    /// In words, for the caller: nothing that helps to forge.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Expired => "The token has expired.",
            Self::NotYetValid => "The token is not valid yet.",
            Self::Audience => "The token is meant for another audience.",
            Self::Issuer => "The token comes from another issuer.",
            Self::Type => "The token is not an access token.",
            Self::Claim(_) => "The token lacks a required claim.",
            _ => "The token is not accepted.",
        }
    }
}

/// A token's protected header, as far as it has been looked at.
#[derive(Debug)]
pub(crate) struct Opened {
    header: Header,
}

impl Opened {
    /// Reads and judges the header; nothing is believed yet.
    pub(crate) fn read(token: &str, is_generic: bool) -> Result<Self, Rejection> {
        let is_compact = token.len() <= TOKEN_BYTES_MAX
            && token.split('.').count() == 3
            && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_compact {
            return Err(Rejection::Malformed);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| Rejection::Malformed)?;
        if header.crit.is_some() || header.extras.inner().contains_key("b64") {
            return Err(Rejection::Critical);
        }
        let brings_key = header.jku.is_some()
            || header.jwk.is_some()
            || header.x5u.is_some()
            || header.x5c.is_some();
        if brings_key {
            return Err(Rejection::OwnKey);
        }
        let is_wrapped = header.enc.is_some() || header.zip.is_some() || header.cty.is_some();
        if is_wrapped || !is_type(header.typ.as_deref(), is_generic) {
            return Err(Rejection::Type);
        }
        if !is_accepted(header.alg) {
            return Err(Rejection::Algorithm);
        }
        Ok(Self { header })
    }

    /// Whether these keys have one of the token's name.
    pub(crate) fn is_known(&self, keys: &KeySet) -> bool {
        keys.knows(self.header.kid.as_deref())
    }

    /// Checks signature and claims.
    pub(crate) fn verify(
        &self,
        token: &str,
        keys: &KeySet,
        expected: &Expected,
        now_s: i64,
    ) -> Result<Claims, Rejection> {
        let kid = self.header.kid.as_deref();
        let key = keys.find(kid, self.header.alg).ok_or(if keys.knows(kid) {
            Rejection::Algorithm
        } else {
            Rejection::UnknownKey
        })?;
        let mut validation = Validation::new(self.header.alg);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.key, &validation)
            .map_err(|_| Rejection::Signature)?
            .claims;
        check(&claims, expected, now_s)?;
        Ok(claims)
    }
}

fn is_accepted(algorithm: Algorithm) -> bool {
    !matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512)
}

fn is_type(typ: Option<&str>, is_generic: bool) -> bool {
    let Some(typ) = typ else { return is_generic };
    // RFC 7515, 4.1.9: `application/` may be left out.
    let name = match typ.get(..12) {
        Some(start) if start.eq_ignore_ascii_case("application/") => typ.get(12..).unwrap_or(typ),
        _ => typ,
    };
    name.eq_ignore_ascii_case("at+jwt") || (is_generic && name.eq_ignore_ascii_case("JWT"))
}

fn check(claims: &Claims, expected: &Expected, now_s: i64) -> Result<(), Rejection> {
    if claims.text("iss").ok_or(Rejection::Claim("iss"))? != expected.issuer {
        return Err(Rejection::Issuer);
    }
    let is_for_us = match claims.get("aud").ok_or(Rejection::Claim("aud"))? {
        serde_json::Value::String(one) => *one == expected.audience,
        serde_json::Value::Array(all) => {
            all.iter().any(|it| it.as_str() == Some(expected.audience.as_str()))
        }
        _ => return Err(Rejection::Claim("aud")),
    };
    if !is_for_us {
        return Err(Rejection::Audience);
    }
    check_times(claims, now_s)?;
    let subject = claims.text("sub").ok_or(Rejection::Claim("sub"))?;
    if subject.len() > SUBJECT_BYTES_MAX || subject.chars().any(char::is_control) {
        return Err(Rejection::Claim("sub"));
    }
    if !expected.is_generic {
        claims.text("client_id").ok_or(Rejection::Claim("client_id"))?;
        claims.text("jti").ok_or(Rejection::Claim("jti"))?;
    }
    Ok(())
}

fn check_times(claims: &Claims, now_s: i64) -> Result<(), Rejection> {
    let expires = claims.time("exp").ok_or(Rejection::Claim("exp"))?;
    if expires.saturating_add(LEEWAY_S) <= now_s {
        return Err(Rejection::Expired);
    }
    let issued = claims.time("iat").ok_or(Rejection::Claim("iat"))?;
    let begins = match claims.get("nbf") {
        None => issued,
        Some(_) => claims.time("nbf").ok_or(Rejection::Claim("nbf"))?,
    };
    if issued.max(begins).saturating_sub(LEEWAY_S) > now_s {
        return Err(Rejection::NotYetValid);
    }
    Ok(())
}
