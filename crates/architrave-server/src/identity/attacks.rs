//! Tokens as attackers make them: none of them is believed.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};

use super::{
    jwks::KeySet,
    token::{Expected, Opened, Rejection, TOKEN_BYTES_MAX},
};

const NOW_S: i64 = 1_790_000_000;

/// One issuer with a key of every kind, and a stranger's key.
struct World {
    ed: Ed25519KeyPair,
    stranger: Ed25519KeyPair,
    p256: EcdsaKeyPair,
    p384: EcdsaKeyPair,
    rsa: RsaKeyPair,
    weak_rsa_modulus: String,
    keys: KeySet,
    jwks: Value,
}

fn base64url(bytes: &[u8]) -> String {
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

impl World {
    fn new() -> Self {
        let ed = Ed25519KeyPair::generate().unwrap();
        let stranger = Ed25519KeyPair::generate().unwrap();
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let p384 = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
        let rsa = RsaPair::generate(KeySize::Rsa2048).unwrap();
        let public = rsa.public_key();
        let (n, e) = (
            base64url(public.modulus().big_endian_without_leading_zero()),
            base64url(public.exponent().big_endian_without_leading_zero()),
        );
        let point = |pair: &EcdsaKeyPair, name: &str| {
            let bytes = pair.public_key().as_ref()[1..].to_vec();
            let (x, y) = bytes.split_at(bytes.len() / 2);
            json!({"kty": "EC", "crv": name, "x": base64url(x), "y": base64url(y)})
        };
        let named = |mut key: Value, id: &str| {
            key["kid"] = json!(id);
            key
        };
        let okp = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(ed.public_key().as_ref())});
        let jwks = json!({"keys": [
            named(okp.clone(), "ed"),
            named(point(&p256, "P-256"), "p256"),
            named(point(&p384, "P-384"), "p384"),
            {"kty": "RSA", "kid": "rsa", "n": n, "e": e},
            {"kty": "RSA", "kid": "rs256", "alg": "RS256", "n": n, "e": e},
            {"kty": "RSA", "kid": "enc", "use": "enc", "n": n, "e": e},
            {"kty": "RSA", "kid": "ops", "key_ops": ["encrypt"], "n": n, "e": e},
            {"kty": "RSA", "kid": "weak", "n": base64url(&[0xc5; 128]), "e": e},
            {"kty": "oct", "kid": "oct", "k": base64url(b"a shared secret of thirty-two b.")},
            {"kty": "EC", "kid": "p521", "crv": "P-521", "x": "AA", "y": "AA"},
            named(okp, "twin"), {"kty": "odd"}, {"no": "kty"}, 7,
        ]});
        let keys = KeySet::read(jwks.to_string().as_bytes()).unwrap();
        Self { ed, stranger, p256, p384, rsa, weak_rsa_modulus: n, keys, jwks }
    }

    fn verify(&self, token: &str, is_generic: bool) -> Result<(), Rejection> {
        let expected = Expected {
            issuer: "https://id.example/".to_owned(),
            audience: "shop".to_owned(),
            is_generic,
        };
        Opened::read(token, is_generic)?.verify(token, &self.keys, &expected, NOW_S).map(|_| ())
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        self.signed(&header.to_string(), &claims.to_string())
    }

    /// Signs with the Ed25519 key, whatever the header says.
    fn signed(&self, header: &str, claims: &str) -> String {
        let message = message(header, claims);
        format!("{message}.{}", base64url(self.ed.sign(message.as_bytes()).as_ref()))
    }

    fn rsa_signed(&self, header: &Value, how: &'static dyn RsaEncoding) -> String {
        let message = message(&header.to_string(), &good_claims().to_string());
        let mut signature = vec![0; 256];
        self.rsa.sign(how, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", base64url(&signature))
    }

    fn ec_signed(&self, pair: &EcdsaKeyPair, header: &Value) -> String {
        let message = message(&header.to_string(), &good_claims().to_string());
        let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", base64url(signature.as_ref()))
    }
}

fn message(header: &str, claims: &str) -> String {
    format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()))
}

fn good_header() -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "ed"})
}

fn good_claims() -> Value {
    json!({
        "iss": "https://id.example/", "aud": "shop", "sub": "ada", "client_id": "web", "jti": "1",
        "iat": NOW_S - 60, "exp": NOW_S + 600,
    })
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[test]
fn honest_tokens_of_every_algorithm_are_believed() {
    let world = World::new();
    let header = |alg: &str, kid: &str| json!({"typ": "at+jwt", "alg": alg, "kid": kid});
    let mut good = vec![
        world.token(&good_header(), &good_claims()),
        world.token(&with(good_header(), "typ", json!("application/AT+JWT")), &good_claims()),
        world.token(&good_header(), &with(good_claims(), "aud", json!(["other", "shop"]))),
        world.token(&good_header(), &with(good_claims(), "exp", json!(NOW_S - 4))),
        world.token(&good_header(), &with(good_claims(), "nbf", json!(NOW_S + 4))),
        world.token(&good_header(), &with(good_claims(), "exp", json!(NOW_S as f64 + 0.5))),
        world.ec_signed(&world.p256, &header("ES256", "p256")),
        world.ec_signed(&world.p384, &header("ES384", "p384")),
        world.rsa_signed(&header("RS256", "rsa"), &RSA_PKCS1_SHA256),
        world.rsa_signed(&header("RS512", "rsa"), &RSA_PKCS1_SHA512),
        world.rsa_signed(&header("PS256", "rsa"), &RSA_PSS_SHA256),
        world.rsa_signed(&header("RS256", "rs256"), &RSA_PKCS1_SHA256),
        // Only one key fits P-256, so its name may be left out.
        world.ec_signed(&world.p256, &json!({"typ": "at+jwt", "alg": "ES256"})),
    ];
    for token in good.drain(..) {
        assert_eq!(world.verify(&token, false), Ok(()), "{token}");
    }
    let plain = without(without(good_claims(), "client_id"), "jti");
    for header in [without(good_header(), "typ"), with(good_header(), "typ", json!("JWT"))] {
        assert_eq!(world.verify(&world.token(&header, &plain), true), Ok(()));
    }
}

#[test]
fn forged_headers_are_refused() {
    let world = World::new();
    let own_key = world.jwks["keys"][0].clone();
    let headers = [
        ("alg none", json!({"typ": "at+jwt", "alg": "none", "kid": "ed"})),
        ("alg None", json!({"typ": "at+jwt", "alg": "None", "kid": "ed"})),
        ("alg NONE", json!({"typ": "at+jwt", "alg": "NONE", "kid": "ed"})),
        ("no alg", without(good_header(), "alg")),
        ("alg null", with(good_header(), "alg", Value::Null)),
        ("alg list", with(good_header(), "alg", json!(["EdDSA"]))),
        ("alg HS256", with(good_header(), "alg", json!("HS256"))),
        ("alg ES512", with(good_header(), "alg", json!("ES512"))),
        ("alg of another key type", with(good_header(), "alg", json!("RS256"))),
        ("alg of another curve", json!({"typ": "at+jwt", "alg": "ES384", "kid": "p256"})),
        ("no typ", without(good_header(), "typ")),
        ("typ JWT", with(good_header(), "typ", json!("JWT"))),
        ("typ logout+jwt", with(good_header(), "typ", json!("logout+jwt"))),
        ("typ dpop+jwt", with(good_header(), "typ", json!("dpop+jwt"))),
        ("typ id", with(good_header(), "typ", json!("application/jwt"))),
        ("typ in two", with(good_header(), "typ", json!("at+jwt "))),
        ("cty", with(good_header(), "cty", json!("JWT"))),
        ("crit exp", with(good_header(), "crit", json!(["exp"]))),
        ("crit b64", with(with(good_header(), "crit", json!(["b64"])), "b64", json!(false))),
        ("b64", with(good_header(), "b64", json!(false))),
        ("crit empty", with(good_header(), "crit", json!([]))),
        ("crit unknown", with(good_header(), "crit", json!(["http://x.example/a"]))),
        ("jku", with(good_header(), "jku", json!("https://evil.example/keys"))),
        ("jwk", with(good_header(), "jwk", own_key)),
        ("x5u", with(good_header(), "x5u", json!("https://evil.example/cert"))),
        ("x5c", with(good_header(), "x5c", json!(["AAAA"]))),
        ("zip", with(good_header(), "zip", json!("DEF"))),
        ("enc", with(good_header(), "enc", json!("A256GCM"))),
        ("kid unknown", with(good_header(), "kid", json!("other"))),
        ("kid empty", with(good_header(), "kid", json!(""))),
        ("kid path", with(good_header(), "kid", json!("../../dev/null"))),
        ("kid sql", with(good_header(), "kid", json!("ed' OR '1'='1"))),
        ("kid number", with(good_header(), "kid", json!(1))),
        ("kid of an encryption key", json!({"typ": "at+jwt", "alg": "RS256", "kid": "enc"})),
        ("kid of a weak key", json!({"typ": "at+jwt", "alg": "RS256", "kid": "weak"})),
        ("kid of a symmetric key", json!({"typ": "at+jwt", "alg": "HS256", "kid": "oct"})),
        // Two Ed25519 keys are published, so a token must name its own.
        ("no kid where several fit", without(good_header(), "kid")),
    ];
    for (what, header) in headers {
        let token = world.token(&header, &good_claims());
        assert!(world.verify(&token, false).is_err(), "{what}");
    }
    let repeated = r#"{"typ":"at+jwt","alg":"EdDSA","alg":"EdDSA","kid":"ed"}"#;
    assert!(world.verify(&world.signed(repeated, &good_claims().to_string()), false).is_err());
}

#[test]
fn forged_claims_are_refused() {
    let world = World::new();
    let good = good_claims;
    let claims = [
        ("no iss", without(good(), "iss")),
        ("iss of another", with(good(), "iss", json!("https://evil.example/"))),
        ("iss without slash", with(good(), "iss", json!("https://id.example"))),
        ("iss in capitals", with(good(), "iss", json!("HTTPS://ID.EXAMPLE/"))),
        ("iss list", with(good(), "iss", json!(["https://id.example/"]))),
        ("no aud", without(good(), "aud")),
        ("aud of another", with(good(), "aud", json!("bank"))),
        ("aud longer", with(good(), "aud", json!("shop2"))),
        ("aud empty", with(good(), "aud", json!([]))),
        ("aud null", with(good(), "aud", Value::Null)),
        ("aud object", with(good(), "aud", json!({"shop": true}))),
        ("aud nested", with(good(), "aud", json!([["shop"]]))),
        ("no exp", without(good(), "exp")),
        ("exp past", with(good(), "exp", json!(NOW_S - 5))),
        ("exp long past", with(good(), "exp", json!(0))),
        ("exp negative", with(good(), "exp", json!(-1))),
        ("exp text", with(good(), "exp", json!((NOW_S + 600).to_string()))),
        ("exp null", with(good(), "exp", Value::Null)),
        ("exp huge", with(good(), "exp", json!(1e300))),
        ("no iat", without(good(), "iat")),
        ("iat in the future", with(good(), "iat", json!(NOW_S + 6))),
        ("iat text", with(good(), "iat", json!("yesterday"))),
        ("nbf in the future", with(good(), "nbf", json!(NOW_S + 6))),
        ("nbf text", with(good(), "nbf", json!("0"))),
        ("no sub", without(good(), "sub")),
        ("sub empty", with(good(), "sub", json!(""))),
        ("sub number", with(good(), "sub", json!(7))),
        ("sub long", with(good(), "sub", json!("x".repeat(256)))),
        ("sub with control characters", with(good(), "sub", json!("ada\n"))),
        ("no client_id", without(good(), "client_id")),
        ("no jti", without(good(), "jti")),
    ];
    for (what, claims) in claims {
        assert!(world.verify(&world.token(&good_header(), &claims), false).is_err(), "{what}");
    }
    let text = good().to_string();
    let repeated = format!("{},\"sub\":\"root\"}}", text.strip_suffix('}').unwrap());
    for claims in [repeated.as_str(), "[]", "null", "", "{", "\"claims\""] {
        let token = world.signed(&good_header().to_string(), claims);
        assert!(world.verify(&token, false).is_err(), "{claims}");
    }
}

#[test]
fn forged_signatures_are_refused() {
    let world = World::new();
    let header = |alg: &str, kid: &str| json!({"typ": "at+jwt", "alg": alg, "kid": kid});
    let good = world.token(&good_header(), &good_claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let root = base64url(with(good_claims(), "sub", json!("root")).to_string().as_bytes());
    let stranger = base64url(world.stranger.sign(signed.as_bytes()).as_ref());
    // The public key as an HMAC secret: the classic confusion of algorithms.
    let confused = |secret: &[u8]| {
        let message = message(&header("HS256", "rsa").to_string(), &good_claims().to_string());
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("{message}.{}", base64url(hmac::sign(&key, message.as_bytes()).as_ref()))
    };
    let forged = [
        format!("{signed}."),
        signed.to_owned(),
        format!("{signed}.{signature}."),
        format!("{signed}.{signature}.x"),
        format!(".{claims}.{signature}"),
        format!("{head}..{signature}"),
        format!("{head}.{root}.{signature}"),
        format!("{signed}.{stranger}"),
        format!("{signed}.{}", base64url(&[0; 64])),
        format!("{signed}.{}", &signature[..signature.len() - 2]),
        format!("{signed}.{signature}AA"),
        format!("{signed}.{signature}="),
        format!("{signed}.{signature} "),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace('.', ","),
        String::new(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "x".repeat(TOKEN_BYTES_MAX + 1),
        format!("{good}{}", "A".repeat(TOKEN_BYTES_MAX)),
        confused(world.weak_rsa_modulus.as_bytes()),
        confused(world.rsa.public_key().as_ref()),
        confused(world.ed.public_key().as_ref()),
        confused(b""),
        // Right key, wrong algorithm for it, or the other way round.
        world.rsa_signed(&header("RS256", "rsa"), &RSA_PKCS1_SHA512),
        world.rsa_signed(&header("PS256", "rsa"), &RSA_PKCS1_SHA256),
        world.rsa_signed(&header("PS256", "rs256"), &RSA_PSS_SHA256),
        world.rsa_signed(&header("RS256", "ed"), &RSA_PKCS1_SHA256),
        world.rsa_signed(&header("RS256", "enc"), &RSA_PKCS1_SHA256),
        world.rsa_signed(&header("RS256", "ops"), &RSA_PKCS1_SHA256),
        world.rsa_signed(&header("RS256", "weak"), &RSA_PKCS1_SHA256),
        world.ec_signed(&world.p256, &header("ES256", "p384")),
        world.ec_signed(&world.p384, &header("ES384", "p256")),
        world.ec_signed(&world.p384, &header("ES256", "p256")),
    ];
    for (position, token) in forged.iter().enumerate() {
        assert!(world.verify(token, false).is_err(), "{position}: {token}");
        assert!(world.verify(token, true).is_err(), "{position}: {token}");
    }
}
