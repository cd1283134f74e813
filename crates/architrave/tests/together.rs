//! Many at once: one idempotency key raced from many connections acts once; a walk over pages of changing
//! data sees every unchanged row exactly once; hidden rows and fields change no byte.
#![cfg(test)]

mod support;

use std::collections::BTreeSet;

use architrave_drive::{
    client::{Call, Client},
    random::Random,
};
use serde_json::{Value, json};
use support::{Here, block_on};

/// Products in a category of their own.
async fn category(here: &Here) -> String {
    let body = json!({ "name": "All", "slug": "all" });
    here.post("merchant", "/v1/categories", &body).await.json()["id"].as_str().unwrap().to_owned()
}

fn product(category: &str, number: u64, published: bool) -> Value {
    let euros = |amount: u64| json!({ "amount": format!("{amount}.00"), "currency": "EUR" });
    json!({
        "sku": format!("P-{number}"), "name": format!("Lamp {number}"), "category": category,
        "price": euros(1 + number % 7), "cost": euros(1), "published": published,
    })
}

#[test]
fn one_key_raced_from_many_connections_acts_once() {
    block_on(async {
        let here = Here::example("storefront").await;
        let category = category(&here).await;
        for round in 0..5 {
            let call = Call::post("/v1/products", &product(&category, round, true))
                .token(Some(&here.token("merchant")))
                .idempotency_key(format!("race-{round}"));
            let racers: Vec<_> = (0..24)
                .map(|_| {
                    // A client of its own is a connection of its own.
                    let (client, call) = (Client::new(here.client.base()), call.clone());
                    tokio::spawn(async move { client.send_until_settled(&call, 50).await.unwrap() })
                })
                .collect();
            let mut ids = BTreeSet::new();
            let mut firsts = 0;
            for racer in racers {
                let reply = racer.await.unwrap();
                assert_eq!(reply.status, 201, "{}", reply.json());
                ids.insert(reply.json()["id"].to_string());
                firsts += usize::from(reply.header("idempotency-replayed").is_none());
            }
            assert_eq!((ids.len(), firsts), (1, 1), "round {round}");
        }
        let all = here.get("merchant", "/v1/products").await.json();
        assert_eq!(all["items"].as_array().unwrap().len(), 5);
        here.stop().await;
    });
}

#[test]
fn a_walk_over_changing_data_sees_every_unchanged_row_exactly_once() {
    block_on(async {
        let here = Here::example("storefront").await;
        let category = category(&here).await;
        let mut ids = Vec::new();
        for number in 0..60 {
            let made =
                here.post("merchant", "/v1/products", &product(&category, number, true)).await;
            ids.push(made.json()["id"].as_str().unwrap().to_owned());
        }
        for (seed, sort) in [(1, "price"), (2, "-price"), (3, "id"), (4, "-id")] {
            let mut random = Random::new(seed, "walk", 0);
            let unchanged: BTreeSet<String> = ids.iter().step_by(2).cloned().collect();
            let changing: Vec<&String> = ids.iter().skip(1).step_by(2).collect();
            let mut seen: Vec<String> = Vec::new();
            let mut next = Some(format!("/v1/products?sort={sort}&limit=7"));
            while let Some(path) = next {
                let page = here.get("merchant", &path).await.json();
                let items = page["items"].as_array().unwrap();
                seen.extend(items.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
                next = page["next"].as_str().map(str::to_owned);
                for _ in 0..3 {
                    let path = format!("/v1/products/{}", random.pick(&changing).unwrap());
                    let price = format!("{}.00", random.below(9));
                    let body = json!({ "price": { "amount": price, "currency": "EUR" } });
                    let token = here.token("merchant");
                    let call =
                        Call::json("PATCH".parse().unwrap(), path, &body).token(Some(&token));
                    assert_eq!(here.client.send(&call).await.unwrap().status, 200);
                }
            }
            let kept: Vec<&String> = seen.iter().filter(|it| unchanged.contains(*it)).collect();
            let distinct: BTreeSet<&String> = kept.iter().copied().collect();
            assert_eq!(kept.len(), unchanged.len(), "seed {seed}, sorted by {sort}");
            assert_eq!(distinct.len(), unchanged.len(), "seed {seed}, sorted by {sort}");
        }
        here.stop().await;
    });
}

/// What a caller can ask without changing anything.
const QUESTIONS: &[&str] = &[
    "/v1/products",
    "/v1/products?limit=2",
    "/v1/products?q=lamp",
    "/v1/products?q=hidden",
    "/v1/products?sort=price",
    "/v1/products?sort=-price&limit=1",
    "/v1/products?cost[gte]=1",
    "/v1/products?sort=cost",
    "/v1/products?fields=cost",
    "/v1/products?sku=HIDDEN",
    "/v1/products?price[gte]=1",
    "/v1/categories",
    "/v1/orders",
    "/v1/users",
    "/v1/shops",
    "/v1/products/01900000-0000-7000-8000-000000000000",
];

#[test]
fn hidden_rows_and_fields_change_no_byte_of_any_answer() {
    block_on(async {
        let twin = Here::example("storefront").await;
        let before = category(&twin).await;
        for number in 0..4 {
            let made = twin.post("merchant", "/v1/products", &product(&before, number, true)).await;
            assert_eq!(made.status, 201, "{}", made.json());
        }
        let plain = answers(&twin).await;
        // The same store, now with what a customer of this shop must not notice.
        let mut hidden = product(&before, 100, false);
        hidden["sku"] = json!("HIDDEN");
        hidden["name"] = json!("Hidden lamp");
        let hidden = twin.post("merchant", "/v1/products", &hidden).await.json();
        assert_eq!(hidden["published"], false);
        let merchant = twin.user("merchant").await;
        let order = json!({
            "customer": merchant, "lines": [],
            "ship_to": { "line1": "a", "city": "b", "postcode": "c", "country": "DE" },
        });
        let order = twin.post("merchant", "/v1/orders", &order).await;
        assert_eq!(order.status, 201, "{}", order.json());
        let other = twin.post("other_tenant_customer", "/v1/orders", &json!({})).await;
        assert_eq!(other.status, 422);
        assert_eq!(answers(&twin).await, plain);
        // A hidden row and none at all are the same to ask for.
        let ask = |id: &str| format!("/v1/products/{id}");
        let there = twin.get("customer", &ask(hidden["id"].as_str().unwrap())).await;
        let none = twin.get("customer", &ask("01900000-0000-7000-8000-000000000000")).await;
        assert_eq!(without_names(&there), without_names(&none));
        twin.stop().await;
    });
}

async fn answers(here: &Here) -> Vec<(u16, String)> {
    let mut answers = Vec::new();
    for who in ["customer", "user", "nobody"] {
        for path in QUESTIONS {
            let reply = here.get(who, path).await;
            let etag = reply.header("etag").unwrap_or_default();
            answers.push((reply.status, format!("{path} {etag} {}", without_names(&reply))));
        }
    }
    answers
}

/// The body without what names the request itself.
fn without_names(reply: &architrave_drive::client::Reply) -> String {
    let mut body = reply.json();
    if let Some(body) = body.as_object_mut() {
        body.remove("trace_id");
        body.remove("instance");
    }
    body.to_string()
}
