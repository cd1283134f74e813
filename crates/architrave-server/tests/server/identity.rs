//! Who asks: tokens, keys, tenants, budgets and origins, through real sockets.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::common::{Answer, Options, START_US, Shop, Signer, TestDice, ask, claims, get};
use architrave_engine::ports::ApiKeyRecord;
use architrave_server::{IssuerConfig, KeySource, NewApiKey};
use serde_json::{Value, json};

/// Whether the request got past authentication: anything but a refusal of credentials or tenant.
fn is_let_in(answer: &Answer) -> bool {
    !matches!(answer.status, 0 | 400 | 401 | 404 | 429 | 503)
}

fn bearer(token: &str) -> String {
    format!("authorization: Bearer {token}\r\n")
}

#[test]
fn tokens_are_believed_until_they_expire() {
    let shop = Shop::open();
    let token = shop.token("ada", &["merchant"]);
    assert!(is_let_in(&get(shop.api, "/v1/me", &bearer(&token))));
    assert!(is_let_in(&get(shop.api, "/v1/me", &bearer(&token))), "from memory");
    shop.clock.advance(3_605_000_000);
    let answer = get(shop.api, "/v1/me", &bearer(&token));
    assert_eq!((answer.status, answer.code().as_str()), (401, "unauthenticated"));
    assert_eq!(answer.json()["detail"], "The token has expired.");
    let challenge = "Bearer realm=\"architrave\", error=\"invalid_token\"";
    assert_eq!(answer.header("www-authenticate"), Some(challenge));
}

#[test]
fn people_are_looked_up_once_in_a_while() {
    let shop = Shop::open();
    let token = bearer(&shop.token("ada", &["merchant"]));
    for _ in 0..5 {
        get(shop.api, "/v1/me", &token);
    }
    assert_eq!(*shop.store.links_read.lock().unwrap(), 1);
    shop.clock.advance(6_000_000);
    get(shop.api, "/v1/me", &token);
    assert_eq!(*shop.store.links_read.lock().unwrap(), 2);
}

#[test]
fn the_tenant_comes_from_the_claim_or_the_host() {
    let shop = Shop::open();
    let at = |host: &str, headers: &str| {
        ask(
            shop.api,
            format!(
                "GET /v1/products HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n"
            ),
        )
    };
    let token = |tenant: Value| {
        let mut it = claims("ada", &[]);
        it["shop"] = tenant;
        bearer(&shop.signer.token(&it))
    };
    let own = claims("ada", &[])["shop"].clone();
    for (what, answer, is_found) in [
        ("host", at("shop.example", ""), true),
        ("host with port", at("SHOP.example:8080", ""), true),
        ("unknown host", at("nobody.example", ""), false),
        ("claim", at("nobody.example", &token(own)), true),
        (
            "claim of no tenant",
            at("nobody.example", &token(json!("01900000-0000-7000-8000-0000000000ff"))),
            false,
        ),
        ("claim that is no id", at("nobody.example", &token(json!("shop"))), false),
        ("no claim, known host", at("shop.example", &token(Value::Null)), true),
        (
            "absolute form",
            ask(
                shop.api,
                "GET http://shop.example/v1/products HTTP/1.1\r\nhost: nobody.example\r\nconnection: close\r\n\r\n",
            ),
            true,
        ),
    ] {
        assert_eq!(answer.code() != "tenant-unknown", is_found, "{what}: {answer:?}");
    }
}

fn store_key(shop: &Shop, change: impl FnOnce(&mut ApiKeyRecord)) -> String {
    let key = NewApiKey::make("test", &TestDice::default());
    let mut record = ApiKeyRecord {
        id: key.id.clone(),
        uuid: shop.store.user,
        name: "till".to_owned(),
        secret_sha256: key.secret_sha256,
        tenant: claims("ada", &[])["shop"].as_str().map(|it| it.parse().unwrap()),
        user: None,
        roles: vec!["merchant".to_owned()],
        scopes: Vec::new(),
        created_at_us: START_US,
        expires_at_us: Some(START_US + 60_000_000),
        revoked_at_us: None,
    };
    change(&mut record);
    shop.store.keys.lock().unwrap().insert(key.id, record);
    key.text
}

#[test]
fn revoked_api_keys_stop_working_within_a_second() {
    let shop = Shop::open();
    let key = store_key(&shop, |_| {});
    assert!(is_let_in(&get(shop.api, "/v1/me", &bearer(&key))));
    assert!(is_let_in(&get(shop.api, "/v1/me", &format!("x-api-key: {key}\r\n"))));
    let id = key.split('_').nth(2).unwrap().to_owned();
    shop.store.keys.lock().unwrap().get_mut(&id).unwrap().revoked_at_us = Some(START_US);
    shop.clock.advance(1_000_000);
    assert_eq!(get(shop.api, "/v1/me", &bearer(&key)).status, 401, "one second later");
}

#[test]
fn api_keys_end_when_their_time_is_over() {
    let shop = Shop::open();
    let key = store_key(&shop, |_| {});
    assert!(is_let_in(&get(shop.api, "/v1/me", &bearer(&key))));
    shop.clock.advance(60_000_000);
    assert_eq!(get(shop.api, "/v1/me", &bearer(&key)).status, 401);
}

#[test]
fn keys_with_another_secret_are_refused() {
    let shop = Shop::open();
    let key = store_key(&shop, |it| it.secret_sha256 = [0; 32]);
    assert_eq!(get(shop.api, "/v1/me", &bearer(&key)).code(), "unauthenticated");
}

#[test]
fn budgets_are_told_and_kept() {
    let shop = Shop::open_with(Options { has_limits: true, ..Options::default() });
    let first = get(shop.api, "/v1/products", "");
    assert_eq!(first.header("ratelimit-policy"), Some("\"anonymous\";q=3;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"anonymous\";r=2;t=20"));
    get(shop.api, "/v1/products", "");
    // Credentials that are refused draw from the same budget: guessing is bounded.
    assert_eq!(get(shop.api, "/v1/products", &bearer("a.b.c")).status, 401);
    let refused = get(shop.api, "/v1/products", "");
    assert_eq!((refused.status, refused.code().as_str()), (429, "quota-exceeded"));
    assert_eq!(refused.header("retry-after"), Some("20"));
    assert_eq!(refused.header("ratelimit"), Some("\"anonymous\";r=0;t=60"));
    assert_eq!(get(shop.api, "/v1/products", &bearer("a.b.c")).status, 429);
    assert_eq!(get(shop.api, "/health/live", "").status, 200, "health is not limited");
    let token = bearer(&shop.token("ada", &["merchant"]));
    let signed_in = get(shop.api, "/v1/products", &token);
    assert_eq!(signed_in.header("ratelimit-policy"), Some("\"signed-in\";q=5;w=60"));
    shop.clock.advance(20_000_000);
    assert_ne!(get(shop.api, "/v1/products", "").status, 429, "one came back");
}

#[test]
fn strangers_cannot_draw_from_somebody_elses_budget() {
    let shop = Shop::open_with(Options { has_limits: true, ..Options::default() });
    for number in 0..3 {
        get(shop.api, "/v1/products", &format!("x-forwarded-for: 198.51.100.{number}\r\n"));
    }
    let answer = get(shop.api, "/v1/products", "x-forwarded-for: 198.51.100.9\r\n");
    assert_eq!(answer.status, 429, "the address is that of the connection");
    let trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let options = Options { has_limits: true, trusted_proxies, ..Options::default() };
    let behind = Shop::open_with(options);
    for number in 0..5 {
        let sent = format!("x-forwarded-for: 198.51.100.{number}\r\nx-forwarded-proto: https\r\n");
        let answer = get(behind.api, "/v1/products", &sent);
        assert_ne!(answer.status, 429);
        assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
    }
}

#[test]
fn only_listed_origins_may_read_answers() {
    let shop = Shop::open();
    for (origin, is_listed) in [
        ("https://app.example", true),
        ("http://localhost:3000", true),
        ("http://app.example", false),
        ("https://APP.example", false),
        ("https://app.example:443", false),
        ("https://app.example:8443", false),
        ("https://app.example.evil.example", false),
        ("https://evil-app.example", false),
        ("https://sub.app.example", false),
        ("https://app.example/", false),
        ("https://app.example@evil.example", false),
        ("https://app.exampl", false),
        ("https://app.example.", false),
        ("http://localhost:3001", false),
        ("http://localhost", false),
        ("http://127.0.0.1:3000", false),
        ("null", false),
        ("*", false),
        ("file://", false),
        ("chrome-extension://abc", false),
        ("", false),
    ] {
        let answer = get(shop.api, "/health/live", &format!("origin: {origin}\r\n"));
        let allowed = answer.header("access-control-allow-origin");
        assert_eq!(allowed, is_listed.then_some(origin), "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(answer.header("vary").unwrap().contains("Origin"));
        let preflight = ask(
            shop.api,
            format!(
                "OPTIONS /v1/products HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: {origin}\r\n\
                 access-control-request-method: POST\r\n\r\n"
            ),
        );
        assert_eq!(preflight.status, 204);
        assert_eq!(
            preflight.header("access-control-allow-methods").is_some(),
            is_listed,
            "{origin}"
        );
    }
}

#[test]
fn the_log_names_requests_and_keeps_secrets() {
    let shop = Shop::open();
    let token = shop.token("ada", &["merchant"]);
    let key = store_key(&shop, |_| {});
    let path = "/v1/products/0190-secret-id?q=secret-query";
    let answer = get(shop.api, path, &format!("{}x-request-id: find-me\r\n", bearer(&token)));
    get(shop.api, "/v1/me", &bearer(&key));
    get(shop.api, "/v1/me", &bearer("x.secret-token.y"));
    let trace = answer.header("traceparent").unwrap()[3..35].to_owned();
    let log = shop.close();
    let lines: Vec<Value> = log.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let line = lines.iter().find(|it| it["message"] == "request" && it["request_id"] == "find-me");
    let line = line.unwrap_or_else(|| panic!("{log}"));
    assert_eq!(line["route"], "/v1/products/{id}");
    assert_eq!(line["operation"], "catalog.Product.read");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["caller"], "person");
    assert_eq!(line["trace_id"], trace);
    assert!(line["duration_us"].is_u64() && line["time"].as_str().unwrap().ends_with('Z'));
    let signature = token.rsplit('.').next().unwrap();
    for secret in [signature, &key[10..], "secret", "ada@example.org", "shop.example"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
    assert!(log.bytes().all(|it| it == b'\n' || it >= b' '), "no control characters");
}

/// An issuer on this machine: serves what it is told to.
struct Issuer {
    address: SocketAddr,
    jwks: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
}

impl Issuer {
    fn open(jwks: String, names: impl Fn(SocketAddr) -> String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (jwks, fetches) = (Arc::new(Mutex::new(jwks)), Arc::new(AtomicUsize::new(0)));
        let metadata =
            json!({"issuer": names(address), "jwks_uri": format!("http://{address}/keys")});
        let (served, counted) = (Arc::clone(&jwks), Arc::clone(&fetches));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut bytes = [0; 2048];
                let count = stream.read(&mut bytes).unwrap_or(0);
                let request = String::from_utf8_lossy(&bytes[..count]).into_owned();
                let (status, body) = if request.starts_with("GET /keys ") {
                    counted.fetch_add(1, Ordering::SeqCst);
                    ("200 OK", served.lock().unwrap().clone())
                } else if request.starts_with("GET /.well-known/openid-configuration ") {
                    ("200 OK", metadata.to_string())
                } else {
                    ("404 Not Found", String::new())
                };
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { address, jwks, fetches }
    }

    fn config(&self) -> Vec<IssuerConfig> {
        vec![IssuerConfig {
            issuer: format!("http://{}", self.address),
            audience: "shop".to_owned(),
            roles_claim: "roles".to_owned(),
            is_generic: false,
            keys: KeySource::Discovery,
        }]
    }

    fn token(&self, signer: &Signer) -> String {
        let mut it = claims("ada", &["merchant"]);
        it["iss"] = json!(format!("http://{}", self.address));
        bearer(&signer.token(&it))
    }
}

#[test]
fn keys_are_discovered_and_unknown_ones_are_fetched_rarely() {
    let (first, second) = (Signer::new("first"), Signer::new("second"));
    let issuer = Issuer::open(first.jwks(), |it| format!("http://{it}"));
    let shop = Shop::open_with(Options { issuers: Some(issuer.config()), ..Options::default() });
    assert!(is_let_in(&get(shop.api, "/v1/me", &issuer.token(&first))));
    let fetched = issuer.fetches.load(Ordering::SeqCst);
    // A key that nobody knows asks the issuer again at most every ten seconds.
    for _ in 0..20 {
        assert_eq!(get(shop.api, "/v1/me", &issuer.token(&second)).status, 401);
    }
    assert!(issuer.fetches.load(Ordering::SeqCst) <= fetched + 1);
}

#[test]
fn a_key_that_appears_is_found_without_a_restart() {
    let (first, second) = (Signer::new("first"), Signer::new("second"));
    // Nothing is published at first, so that the first token is what makes the server look.
    let issuer = Issuer::open("{\"keys\":[]}".to_owned(), |it| format!("http://{it}"));
    let options = Options {
        issuers: Some(issuer.config()),
        bounds: crate::common::short_bounds(),
        ..Options::default()
    };
    let shop = Shop::open_with(options);
    assert_eq!(get(shop.api, "/v1/me", &issuer.token(&first)).status, 401);
    let both = json!({"keys": [first.jwk(), second.jwk()]});
    *issuer.jwks.lock().unwrap() = both.to_string();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !is_let_in(&get(shop.api, "/v1/me", &issuer.token(&second))) {
        assert!(std::time::Instant::now() < deadline, "the new key was never fetched");
    }
    assert!(is_let_in(&get(shop.api, "/v1/me", &issuer.token(&first))), "the old one still counts");
}

#[test]
fn issuers_that_name_another_or_do_not_answer_are_not_believed() {
    let signer = Signer::new("first");
    let mixed_up = Issuer::open(signer.jwks(), |_| "https://other.example".to_owned());
    let shop = Shop::open_with(Options { issuers: Some(mixed_up.config()), ..Options::default() });
    let answer = get(shop.api, "/v1/me", &mixed_up.token(&signer));
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert!(is_let_in(&get(shop.api, "/v1/products", "")), "who needs no token is served");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !shop.lines.text().contains("names another issuer") {
        assert!(std::time::Instant::now() < deadline, "the operator is never told");
        std::thread::yield_now();
    }
}

#[test]
fn the_claim_of_the_system_counts_for_the_development_identity_alone() {
    let shop = Shop::open();
    let mut it = claims("robot", &[]);
    it[architrave_server::SYSTEM_CLAIM] = json!(true);
    get(shop.api, "/v1/me", &bearer(&shop.signer.token(&it)));
    assert!(shop.close().contains("\"caller\":\"system\""));

    let signer = Signer::new("first");
    let issuers = vec![IssuerConfig {
        issuer: crate::common::ISSUER.to_owned(),
        audience: "shop".to_owned(),
        roles_claim: "roles".to_owned(),
        is_generic: false,
        keys: KeySource::Jwks(signer.jwks()),
    }];
    let outside = Shop::open_with(Options { issuers: Some(issuers), ..Options::default() });
    get(outside.api, "/v1/me", &bearer(&signer.token(&it)));
    let log = outside.close();
    assert!(
        log.contains("\"caller\":\"person\"") && !log.contains("\"caller\":\"system\""),
        "{log}"
    );
}
