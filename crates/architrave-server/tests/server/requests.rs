//! Requests as bytes, and what they are answered: well-formed ones, and everything that is not.

use crate::common::{Shop, ask, get};

#[test]
fn every_answer_carries_what_the_profile_promises() {
    let shop = Shop::open();
    for (path, status) in [("/health/live", 200), ("/openapi.json", 200), ("/v1/nothing", 404)] {
        let answer = get(shop.api, path, "x-request-id: abc-1\r\n");
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(
            answer.header("content-security-policy"),
            Some("default-src 'none'; frame-ancestors 'none'")
        );
        assert_eq!(answer.header("strict-transport-security"), None, "only over TLS");
        assert_eq!(answer.header("x-request-id"), Some("abc-1"));
        assert_eq!(answer.header("traceparent").map(str::len), Some(55));
        assert_eq!(answer.header("vary"), Some("Authorization, X-API-Key, Prefer, Origin"));
    }
}

#[test]
fn problems_say_what_and_where() {
    let shop = Shop::open();
    let answer = get(shop.api, "/v1/nothing?x=1", "");
    let problem = answer.json();
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(problem["type"], "/problems/not-found");
    assert_eq!(problem["title"], "Not found");
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["instance"], "/v1/nothing");
    assert_eq!(problem["retryable"], false);
    assert!(answer.header("traceparent").unwrap().contains(problem["trace_id"].as_str().unwrap()));
}

#[test]
fn pages_are_served_and_not_sent_twice() {
    let shop = Shop::open();
    let answer = get(shop.api, "/openapi.json", "");
    assert_eq!(answer.body, "{\"openapi\":\"3.1.0\"}");
    assert_eq!(answer.header("cache-control"), Some("public, no-cache"));
    let tag = answer.header("etag").unwrap();
    let again = get(shop.api, "/openapi.json", &format!("if-none-match: {tag}\r\n"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("etag"), Some(tag));
    let head = ask(shop.api, "HEAD /openapi.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some("19"));
}

#[test]
fn requests_are_refused_by_what_is_wrong_with_them() {
    let shop = Shop::open();
    let merchant = format!("authorization: Bearer {}\r\n", shop.token("ada", &["merchant"]));
    let long = |count: usize| "a".repeat(count);
    let json = "content-type: application/json\r\n";
    let post = |headers: &str, body: &str| {
        format!(
            "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{merchant}{headers}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let plain = |line: &str, headers: &str| {
        format!("{line} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n{headers}\r\n")
    };
    let many: String = (0..101).map(|it| format!("x-{it}: 1\r\n")).collect();
    let cases = [
        ("no such path", plain("GET /v1/nothing", ""), 404, "not-found"),
        ("trailing slash", plain("GET /v1/products/", ""), 404, "not-found"),
        ("double slash", plain("GET //v1/products", ""), 404, "not-found"),
        ("capitals", plain("GET /V1/products", ""), 404, "not-found"),
        ("method without rule", plain("PUT /v1/products", ""), 405, "method-not-allowed"),
        ("unknown method", plain("BREW /v1/products", ""), 405, "method-not-allowed"),
        ("trace", plain("TRACE /v1/products", ""), 405, "method-not-allowed"),
        (
            "method override",
            plain("GET /v1/batch", "x-http-method-override: POST\r\n"),
            405,
            "method-not-allowed",
        ),
        ("encoded slash", plain("GET /v1%2fproducts", ""), 400, "malformed-request"),
        ("encoded NUL", plain("GET /v1/products/%00", ""), 400, "malformed-request"),
        ("dots", plain("GET /v1/../v1/products", ""), 400, "malformed-request"),
        ("encoded dots", plain("GET /v1/%2e%2e/products", ""), 400, "malformed-request"),
        ("double encoding", plain("GET /v1/products/%252e", ""), 400, "malformed-request"),
        ("query not UTF-8", plain("GET /v1/products?q=%ff", ""), 400, "malformed-request"),
        (
            "read with a body",
            plain("GET /v1/products", "content-length: 1\r\n") + "x",
            400,
            "malformed-request",
        ),
        (
            "no host",
            "GET /v1/products HTTP/1.1\r\nconnection: close\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "two hosts",
            plain("GET /v1/products", "host: evil.example\r\n"),
            400,
            "malformed-request",
        ),
        (
            "two credentials",
            plain("GET /v1/products", "authorization: Bearer a\r\nauthorization: Bearer b\r\n"),
            400,
            "malformed-request",
        ),
        (
            "token and key",
            plain("GET /v1/products", "authorization: Bearer a\r\nx-api-key: b\r\n"),
            400,
            "malformed-request",
        ),
        (
            "address at the limit",
            plain(&format!("GET /{}", long(8 * 1024 - 1)), ""),
            404,
            "not-found",
        ),
        (
            "address beyond the limit",
            plain(&format!("GET /{}", long(8 * 1024)), ""),
            414,
            "uri-too-long",
        ),
        (
            "headers beyond the limit",
            plain("GET /v1/products", &format!("x: {}\r\n", long(33 * 1024))),
            431,
            "headers-too-large",
        ),
        ("too many headers", plain("GET /v1/products", &many), 431, "headers-too-large"),
        ("no HTTP", "hello\r\n\r\n".to_owned(), 400, "malformed-request"),
        (
            "broken header",
            "GET / HTTP/1.1\r\nbroken header\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "line folding",
            "GET / HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "space before the colon",
            "GET / HTTP/1.1\r\nhost : x\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "unknown version",
            "GET / HTTP/3.0\r\nhost: x\r\n\r\n".to_owned(),
            400,
            "malformed-request",
        ),
        (
            "accept without JSON",
            plain("GET /v1/products", "accept: text/html\r\n"),
            406,
            "not-acceptable",
        ),
        (
            "other media type",
            post("content-type: text/plain\r\n", "{}"),
            415,
            "unsupported-media-type",
        ),
        ("no media type", post("", "{}"), 415, "unsupported-media-type"),
        (
            "form",
            post("content-type: application/x-www-form-urlencoded\r\n", "a=1"),
            415,
            "unsupported-media-type",
        ),
        (
            "packed",
            post(&format!("{json}content-encoding: gzip\r\n"), "{}"),
            415,
            "unsupported-media-type",
        ),
        (
            "merge patch on create",
            post("content-type: application/merge-patch+json\r\n", "{}"),
            415,
            "unsupported-media-type",
        ),
        ("body beyond the limit", post(json, &long(1_001)), 413, "body-too-large"),
        (
            "query on a write",
            post(json, "{}").replace("/v1/products ", "/v1/products?a=1 "),
            400,
            "unknown-parameter",
        ),
        (
            "known tag without quotes",
            plain("GET /v1/products", "if-none-match: 3\r\n"),
            400,
            "malformed-request",
        ),
        (
            "known tags beyond the limit",
            plain("GET /v1/products", &format!("if-none-match: \"{}\"\r\n", long(1_023))),
            400,
            "malformed-request",
        ),
        (
            "write if the tag is not known",
            post(&format!("{json}if-none-match: *\r\n"), "{}"),
            400,
            "malformed-request",
        ),
        (
            "key with a space",
            post(&format!("{json}idempotency-key: a b\r\n"), "{}"),
            400,
            "malformed-request",
        ),
        (
            "key too long",
            post(&format!("{json}idempotency-key: {}\r\n", long(256)), "{}"),
            400,
            "malformed-request",
        ),
        (
            "two keys",
            post(&format!("{json}idempotency-key: a\r\nidempotency-key: b\r\n"), "{}"),
            400,
            "malformed-request",
        ),
        (
            "no tenant",
            plain("GET /v1/products", "").replace("shop.example", "nobody.example"),
            404,
            "tenant-unknown",
        ),
        (
            "bad token",
            plain("GET /v1/products", "authorization: Bearer x.y.z\r\n"),
            401,
            "unauthenticated",
        ),
        (
            "other scheme",
            plain("GET /v1/products", "authorization: Basic YTpi\r\n"),
            401,
            "unauthenticated",
        ),
        (
            "empty token",
            plain("GET /v1/products", "authorization: Bearer \r\n"),
            401,
            "unauthenticated",
        ),
        ("bad key", plain("GET /v1/products", "x-api-key: arc_test_1\r\n"), 401, "unauthenticated"),
        (
            "position unreadable",
            plain("GET /v1/products", "architrave-min-position: 7\r\n"),
            400,
            "malformed-request",
        ),
        (
            "position of another history",
            plain("GET /v1/products", "architrave-min-position: 1.00000002.1.0\r\n"),
            412,
            "position-not-reached",
        ),
        (
            "position ahead",
            plain("GET /v1/products", "architrave-min-position: 1.00000001.99.0\r\n"),
            412,
            "position-not-reached",
        ),
    ];
    for (what, request, status, code) in cases {
        let answer = ask(shop.api, &request);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}: {answer:?}");
    }
}

#[test]
fn ambiguous_bodies_are_refused_and_end_the_connection() {
    let shop = Shop::open();
    let smuggled = "GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n";
    let heads = [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        "Transfer-Encoding: chunked\r\nCONTENT-LENGTH: 5\r\n",
        "transfer-encoding: identity, chunked\r\ncontent-length: 5\r\n",
        "transfer-encoding: gzip\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding : chunked\r\n",
        "transfer-encoding:\u{b}chunked\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5\r\ncontent-length: 5\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: -5\r\n",
        "content-length: 0x5\r\n",
        "content-length: 5 5\r\n",
        "content-length: five\r\n",
        "content-length: 99999999999999999999\r\n",
    ];
    for head in heads {
        let request = format!(
            "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\ncontent-type: application/json\r\n\
             {head}\r\n0\r\n\r\n{smuggled}"
        );
        let answer = ask(shop.api, &request);
        assert!((400..500).contains(&answer.status), "{head:?}: {answer:?}");
        assert!(!answer.body.contains("HTTP/1.1 200"), "{head:?} let a second request through");
        // The same, sent behind another request without waiting for its answer.
        let answer = ask(shop.api, format!("{}{request}", smuggled.replace("live", "ready")));
        assert_eq!(answer.body.matches("HTTP/1.1 4").count(), 1, "{head:?}: {answer:?}");
        assert!(!answer.body.contains("HTTP/1.1 200"), "{head:?} let a second request through");
        assert!(
            answer.body.contains("malformed-request") || answer.body.contains("unsupported"),
            "{head:?}: {answer:?}"
        );
    }
    let coded = "GET /v1/products HTTP/1.1\r\nhost: shop.example\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
    let answer = ask(shop.api, coded);
    assert_eq!((answer.status, answer.code().as_str()), (400, "malformed-request"), "{answer:?}");
    assert_eq!(answer.json()["errors"][0]["parameter"], "Transfer-Encoding", "{answer:?}");
    let chunks =
        ["x\r\n", "5\r\nabc", "-1\r\n\r\n", "5;\n\r\nabcde\r\n0\r\n\r\n", "ffffffffffffffffff\r\n"];
    for chunk in chunks {
        let request = format!(
            "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{chunk}",
            shop.token("ada", &["merchant"])
        );
        let mut stream = crate::common::connect(shop.api);
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut bytes = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut bytes);
        let answer = crate::common::parse(&bytes);
        assert!(answer.status == 0 || answer.status == 400, "{chunk:?}: {answer:?}");
    }
}

#[test]
fn options_and_405_say_what_is_offered() {
    let shop = Shop::open();
    for (path, allow) in [
        ("/v1/products", "GET, HEAD, POST, OPTIONS"),
        ("/v1/products/7", "GET, HEAD, PATCH, DELETE, OPTIONS"),
        ("/v1/batch", "POST, OPTIONS"),
        ("/health/live", "GET, HEAD, OPTIONS"),
    ] {
        for method in ["OPTIONS", "PUT"] {
            let head = format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            let answer = ask(shop.api, head);
            assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        }
    }
}

#[test]
fn health_tells_ready_from_alive() {
    let shop = Shop::open();
    assert_eq!(get(shop.api, "/health/ready", "").status, 200);
    shop.store.status.lock().unwrap().queue_length = 100;
    let full = get(shop.api, "/health/ready", "");
    assert_eq!((full.status, full.header("retry-after")), (503, Some("1")));
    shop.store.status.lock().unwrap().is_ready = false;
    shop.store.status.lock().unwrap().reason = "disk /var/x is full".to_owned();
    let broken = get(shop.api, "/health/ready", "");
    assert_eq!(broken.status, 503);
    assert!(!broken.body.contains("/var/x"), "{broken:?}");
    shop.store.status.lock().unwrap().is_storage_full = true;
    assert_eq!(get(shop.api, "/health/ready", "").body, r#"{"status":"storage-full"}"#);
    assert_eq!(get(shop.api, "/health/live", "").status, 200);
    assert_eq!(get(shop.admin, "/health/live", "").status, 200);
    assert_eq!(get(shop.admin, "/health/ready", "").status, 503);
}
