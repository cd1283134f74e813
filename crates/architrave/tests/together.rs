//! Many at once: one idempotency key raced from many connections acts once; a walk over pages of changing
//! data sees every unchanged row exactly once.
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
