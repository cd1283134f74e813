//! The administrator's listener.

use crate::common::{ROOT_TOKEN, Shop, ask, get};

fn root(more: &str) -> String {
    format!("authorization: Bearer {ROOT_TOKEN}\r\n{more}")
}

#[test]
fn only_the_root_token_opens_it() {
    let shop = Shop::open();
    let person = shop.token("ada", &["merchant"]);
    let long = format!("{ROOT_TOKEN}x");
    for (sent, is_admitted) in [
        (String::new(), false),
        (format!("authorization: Bearer {person}\r\n"), false),
        (format!("authorization: Bearer {long}\r\n"), false),
        (format!("authorization: Bearer {}\r\n", &ROOT_TOKEN[1..]), false),
        ("authorization: Bearer \r\n".to_owned(), false),
        (format!("authorization: Basic {ROOT_TOKEN}\r\n"), false),
        (format!("x-api-key: {ROOT_TOKEN}\r\n"), false),
        (root(""), true),
    ] {
        for path in ["/admin/v1/status", "/admin/v1/roles", "/admin/v1/api-keys"] {
            let answer = get(shop.admin, path, &sent);
            assert_eq!(answer.status, if is_admitted { 200 } else { 401 }, "{path} {sent}");
        }
    }
    let browser = get(shop.admin, "/admin/v1/status", &root("origin: https://evil.example\r\n"));
    assert_eq!(browser.status, 403);
    // A page whose name was pointed at us asks its own origin, and says so only here.
    let rebound = get(shop.admin, "/admin/v1/status", &root("sec-fetch-site: same-origin\r\n"));
    assert_eq!(rebound.status, 403);
    assert_eq!(get(shop.api, "/admin/v1/status", &root("")).status, 404, "not on the API's port");
    assert_eq!(get(shop.api, "/metrics", "").status, 404, "not on the API's port");
}

#[test]
fn it_says_how_the_system_is() {
    let shop = Shop::open();
    let status = get(shop.admin, "/admin/v1/status", &root("")).json();
    assert_eq!(status["system"], "Shop");
    assert_eq!(status["position"], "1.00000001.42.0");
    let roles = get(shop.admin, "/admin/v1/roles", &root("")).json();
    assert_eq!(roles["items"][1]["name"], "merchant");
    assert_eq!(roles["items"][1]["is_for_api_keys"], true);
    assert_eq!(roles["items"][0]["is_for_api_keys"], false);
}

#[test]
fn requests_are_refused_by_what_is_wrong_with_them() {
    let shop = Shop::open();
    let post = |path: &str, body: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            root(""),
            body.len()
        )
    };
    let keys = "/admin/v1/api-keys";
    for (request, status, code) in [
        (post("/admin/v1/nothing", "{}"), 404, "not-found"),
        (post("/admin/v1/status", "{}"), 405, "method-not-allowed"),
        (post(keys, "{"), 400, "malformed-request"),
        (post(keys, "{}"), 422, "invalid-body"),
        (post(keys, "{\"name\":\"a\",\"key\":\"mine\"}"), 422, "invalid-body"),
        (post(keys, "{\"name\":\"\"}"), 422, "invalid-body"),
        (post(keys, "{\"name\":\"a\",\"expires_in_days\":0}"), 422, "invalid-body"),
        (post(keys, "{\"name\":\"a\",\"expires_in_days\":99999}"), 422, "invalid-body"),
        (post("/admin/v1/users", "{\"data\":{},\"issuer\":\"x\"}"), 422, "invalid-body"),
        (post(keys, "{}").replace("application/json", "text/plain"), 415, "unsupported-media-type"),
    ] {
        let answer = ask(shop.admin, &request);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{request}");
    }
    let unknown = get(shop.admin, &format!("{keys}?shop=1"), &root(""));
    assert_eq!((unknown.status, unknown.code().as_str()), (400, "unknown-parameter"));
    let allow = ask(shop.admin, post("/admin/v1/status", "{}"));
    assert_eq!(allow.header("allow"), Some("GET, HEAD"));
}

#[test]
fn figures_are_counted_by_operation_and_status() {
    let shop = Shop::open();
    for path in ["/v1/nothing", "/openapi.json", "/v1/products?q=%ff"] {
        get(shop.api, path, "");
    }
    let answer = get(shop.admin, "/metrics", "");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    for line in [
        "architrave_http_requests_total{operation=\"none\",status=\"404\"} 1",
        "architrave_http_requests_total{operation=\"page\",status=\"200\"} 1",
        "architrave_http_requests_total{operation=\"catalog.Product.list\",status=\"400\"} 1",
        "architrave_http_request_duration_seconds_count{operation=\"catalog.Product.list\"} 1",
        "architrave_journal_position 42",
        "architrave_store_ready 1",
        "architrave_http_requests_in_flight 0",
    ] {
        assert!(answer.body.contains(line), "{line} is not in {}", answer.body);
    }
    for metric in architrave_plan::metric::ALL {
        assert!(answer.body.contains(&format!("# TYPE {} {}", metric.name, metric.kind.name())));
    }
}
