//! What reads and writes are answered: tags, places, positions, replays.

use crate::common::{Answer, ROOT_TOKEN, Shop, ask, get};

const ROW: &str = "/v1/products/01900000-0000-7000-8000-0000000000aa";

fn send(shop: &Shop, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let token = shop.token("ada", &["merchant"]);
    ask(
        shop.api,
        format!(
            "{method} {path} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n{headers}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

#[test]
fn rows_carry_a_tag_and_are_not_sent_twice() {
    let shop = Shop::open();
    let answer = get(shop.api, ROW, "");
    assert_eq!((answer.status, answer.body.as_str()), (200, "{\"name\":\"Tea\"}"), "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    let tag = answer.header("etag").unwrap();
    let again = get(shop.api, ROW, &format!("if-none-match: \"other\", W/{tag}\r\n"));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    assert_eq!(again.header("etag"), Some(tag));
    assert_eq!(again.header("content-type"), None);
    let head = ask(
        shop.api,
        format!("HEAD {ROW} HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n"),
    );
    assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", Some(tag)));
}

#[test]
fn positions_that_are_reached_do_not_hold_reads_up() {
    let shop = Shop::open();
    for position in ["1.00000001.42.0", "1.00000001.7.3"] {
        let sent = format!("architrave-min-position: {position}\r\n");
        assert_eq!(get(shop.api, ROW, &sent).status, 200, "{position}");
    }
}

#[test]
fn creations_say_where_and_when() {
    let shop = Shop::open();
    let answer = send(&shop, "POST", "/v1/products", "", "{\"name\":\"Tea\"}");
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(format!("/v1/products/{id}").as_str()));
    assert_eq!(answer.header("architrave-position"), Some("1.00000001.43.0"));
    assert!(answer.header("etag").unwrap().starts_with('"'));
    assert_eq!(answer.header("idempotency-replayed"), None);
}

#[test]
fn repeated_requests_get_the_same_answer() {
    let shop = Shop::open();
    let key = "idempotency-key: 7f0c\r\n";
    let first = send(&shop, "POST", "/v1/products", key, "{\"name\":\"Tea\"}");
    let again = send(&shop, "POST", "/v1/products", key, "{\"name\":\"Tea\"}");
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!((&again.body, again.header("etag")), (&first.body, first.header("etag")));
    let other = send(&shop, "POST", "/v1/products", key, "{\"name\":\"Coffee\"}");
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency-key-reused"));
}

#[test]
fn refused_writes_are_problems() {
    let shop = Shop::open();
    for (method, path, body, status, code) in [
        ("POST", "/v1/products", "{", 400, "malformed-request"),
        ("POST", "/v1/products", "[]", 422, "invalid-body"),
        ("POST", "/v1/products", "{\"nome\":\"Tea\"}", 422, "invalid-body"),
        ("PATCH", ROW, "{\"name\":\"Tea\"}", 404, "not-found"),
        ("PATCH", "/v1/products/7", "{\"name\":\"Tea\"}", 404, "not-found"),
        ("DELETE", ROW, "", 404, "not-found"),
    ] {
        let answer = send(&shop, method, path, "", body);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{method} {body}: {answer:?}"
        );
        assert_eq!(answer.header("architrave-position"), None);
    }
    let anonymous = ask(
        shop.api,
        "POST /v1/products HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: 14\r\n\r\n{\"name\":\"Tea\"}",
    );
    assert_eq!((anonymous.status, anonymous.code().as_str()), (401, "unauthenticated"));
    assert_eq!(anonymous.header("www-authenticate"), Some("Bearer realm=\"architrave\""));
}

#[test]
fn faults_tell_callers_no_more_than_whether_to_come_back() {
    let shop = Shop::open();
    let mut fault =
        architrave_engine::Fault::new("/var/x/architrave.sqlite is damaged", "restore it");
    for (is_transient, is_unknown, status, code) in [
        (false, false, 500, "internal-error"),
        (true, false, 503, "overloaded"),
        (false, true, 503, "unknown-outcome"),
    ] {
        (fault.is_transient, fault.is_outcome_unknown) = (is_transient, is_unknown);
        *shop.store.fault.lock().unwrap() = Some(fault.clone());
        let answers = [
            get(shop.api, ROW, ""),
            get(shop.api, "/v1/products", ""),
            send(&shop, "POST", "/v1/products", "", "{\"name\":\"Tea\"}"),
        ];
        for answer in answers {
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
            assert_eq!(answer.json()["retryable"], true);
            assert_eq!(answer.header("retry-after"), (status == 503).then_some("1"));
            assert!(!format!("{answer:?}").contains("/var/x"), "{answer:?}");
        }
    }
    let log = shop.close();
    assert!(log.contains("/var/x/architrave.sqlite is damaged"), "the operator is told: {log}");
}

#[test]
fn the_administrator_creates_and_lists() {
    let shop = Shop::open();
    let root = format!("authorization: Bearer {ROOT_TOKEN}\r\n");
    let post = |path: &str, body: &str| {
        ask(
            shop.admin,
            format!(
                "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{root}\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            ),
        )
    };
    let tenant = post("/admin/v1/tenants", "{\"name\":\"Teas\",\"domain\":\"teas.example\"}");
    assert_eq!(tenant.status, 201, "{tenant:?}");
    assert_eq!(tenant.json()["domain"], "teas.example");
    let first_shop = "01900000-0000-7000-8000-00000000000a";
    let user = format!(
        "{{\"tenant\":\"{first_shop}\",\"issuer\":\"https://id.example\",\"subject\":\"eve\",\
         \"data\":{{\"email\":\"eve@example.org\"}}}}"
    );
    assert_eq!(post("/admin/v1/users", &user).status, 201);
    let nowhere = post("/admin/v1/users", &user.replace("000a", "00ff"));
    assert_eq!(nowhere.code(), "tenant-unknown");
    let list = get(shop.admin, &format!("/admin/v1/users?tenant={first_shop}"), &root);
    assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(0), "{list:?}");
    assert_eq!(get(shop.admin, "/admin/v1/tenants?after=x", &root).code(), "invalid-parameter");
}
