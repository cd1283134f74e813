//! After `kill -9` and a new start everything is there: rows, people, tokens, keys, answers to requests.
#![cfg(test)]

mod support;

use architrave_drive::client::{Call, Client};
use serde_json::json;
use support::{Served, block_on, root};

#[test]
fn everything_is_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let blueprint = folder.path().join("blueprint.hcl");
    std::fs::copy(root().join("examples/storefront/blueprint.hcl"), &blueprint).unwrap();
    let data = folder.path().join("data");
    block_on(async {
        let served = Served::start(&blueprint, &data);
        let client = Client::new(&served.api);
        let (merchant, customer) = (served.token("merchant"), served.token("customer"));
        let create = Call::post("/v1/categories", &json!({ "name": "Kitchen", "slug": "kitchen" }))
            .token(Some(&merchant))
            .idempotency_key("kitchen");
        let made = client.send(&create).await.unwrap();
        assert_eq!(made.status, 201);
        let me = Call::get("/v1/me").token(Some(&customer));
        let before = client.send(&me).await.unwrap().json();
        let user = before["user"].as_str().unwrap().to_owned();
        let body = json!({ "phone": "+4930555010" });
        let change = Call::json("PATCH".parse().unwrap(), format!("/v1/users/{user}"), &body);
        let changed = client.send(&change.token(Some(&customer))).await.unwrap();
        assert_eq!(changed.status, 200, "{}", changed.json());
        served.kill();

        let served = Served::start(&blueprint, &data);
        let client = Client::new(&served.api);
        assert_eq!(served.token("merchant"), merchant, "tokens are kept");
        assert_eq!(client.send(&me).await.unwrap().json(), before, "people are kept");
        let again = client.send(&create).await.unwrap();
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(again.body, made.body);
        let path = made.header("location").unwrap().to_owned();
        let read = client.send(&Call::get(path).token(Some(&customer))).await.unwrap();
        assert_eq!(read.json()["name"], "Kitchen");
        assert_eq!(read.header("etag").unwrap().split('-').next(), Some("\"1"));
        let read = Call::get(format!("/v1/users/{user}")).token(Some(&customer));
        let read = client.send(&read).await.unwrap().json();
        assert_eq!(read["phone"], "+4930555010", "encrypted fields are readable again");
    });
    let stored = std::fs::read(data.join("architrave.sqlite")).unwrap();
    let log = std::fs::read(data.join("architrave.sqlite-wal")).unwrap_or_default();
    for place in [stored, log] {
        let has = |text: &str| place.windows(text.len()).any(|it| it == text.as_bytes());
        assert!(!has("+4930555010"), "what is encrypted stands in the file");
    }
}
