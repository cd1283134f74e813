//! Twin databases: two stores with the same history, but for rows and fields that some callers must not notice in
//! one of them. Those callers are answered the same bytes by both.
#![cfg(test)]

mod support;

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
};

use architrave::backend::World;
use architrave_drive::client::{Call, Reply};
use architrave_engine::ports::{Clock, Dice};
use serde_json::{Value, json};
use support::{Here, block_on};
use uuid::Uuid;

/// 2026-11-21 in microseconds.
const START_US: i64 = 1_795_000_000_000_000;

/// Steps between two of both twins that are free for secret ones.
const SECRETS_MAX: i64 = 16;

/// Time and chance that depend on nothing but the step of the history: what is hidden takes steps of its own.
#[derive(Default)]
struct Steps {
    step: AtomicI64,
    draws: AtomicU64,
}

impl Steps {
    fn at(&self, step: i64) {
        self.step.store(step, SeqCst);
        self.draws.store(0, SeqCst);
    }
}

impl Clock for Steps {
    fn now_us(&self) -> i64 {
        START_US + self.step.load(SeqCst) * 1_000_000
    }

    fn monotonic_us(&self) -> u64 {
        self.step.load(SeqCst).cast_unsigned() * 1_000_000
    }
}

impl Dice for Steps {
    fn fill(&self, buffer: &mut [u8]) {
        let seed =
            self.draws.fetch_add(1, SeqCst) * 1_000_003 + self.step.load(SeqCst).cast_unsigned();
        for (byte, place) in buffer.iter_mut().zip(1..) {
            *byte = (seed.wrapping_mul(place * 2 + 1) >> 7).to_le_bytes()[0];
        }
    }

    fn id(&self, now_us: i64) -> Uuid {
        let draw = self.draws.fetch_add(1, SeqCst);
        let high = ((now_us / 1_000).cast_unsigned() << 16) | 0x7000 | (draw & 0xfff);
        Uuid::from_u64_pair(high, (1 << 63) | self.step.load(SeqCst).cast_unsigned())
    }
}

/// One of the twins, and everything that was answered to those who must not notice.
struct Twin {
    here: Here,
    steps: Arc<Steps>,
    step: i64,
    has_secrets: bool,
    told: Vec<String>,
}

impl Twin {
    async fn start(has_secrets: bool) -> Self {
        let steps = Arc::new(Steps::default());
        let world = World { clock: Arc::clone(&steps) as _, dice: Arc::clone(&steps) as _ };
        let here = Here::example_in("storefront", world).await;
        Self { here, steps, step: 0, has_secrets, told: Vec::new() }
    }

    /// A step of both histories.
    async fn both(&mut self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
        self.step = (self.step / SECRETS_MAX + 1) * SECRETS_MAX;
        self.steps.at(self.step);
        self.send(who, method, path, body).await
    }

    /// A step that one of them takes, between those of both; its answer must be a success.
    async fn secret(&mut self, who: &str, method: &str, path: &str, body: &Value) -> Option<Value> {
        if !self.has_secrets {
            return None;
        }
        self.step += 1;
        self.steps.at(self.step);
        let reply = self.send(who, method, path, Some(body)).await;
        assert!(reply.is_success(), "{method} {path}: {}", reply.json());
        Some(reply.json())
    }

    /// A step of both whose answer is written down to its last byte.
    async fn told(&mut self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
        let reply = self.both(who, method, path, body).await;
        self.told.push(format!("{who}: {method} {path}\n{}", transcript(&reply)));
        reply.json()
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: Option<&Value>) -> Reply {
        let token = (who != "nobody").then(|| self.here.token(who));
        let method = method.parse().unwrap();
        let call = match body {
            Some(body) => Call::json(method, path, body),
            None => Call { method, path: path.to_owned(), ..Call::default() },
        };
        let call = call
            .token(token.as_deref())
            .header("prefer", "count=exact")
            .header("x-request-id", "twin")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        self.here.client.send(&call).await.unwrap()
    }
}

/// Status, headers and body, without positions in the journal, which the manual lists as an exception, and what names
/// this moment of this machine.
fn transcript(reply: &Reply) -> String {
    let own = ["date", "traceparent", "architrave-position"];
    let headers = reply.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let headers: Vec<String> =
        headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    let mut body = String::from_utf8(reply.body.to_vec()).unwrap();
    body = without(&body, "\"position\":\"");
    if body.contains("\"is_complete\"") {
        body = without(&body, "\"next\":\"");
    }
    format!("{}\n{}\n\n{body}", reply.status, headers.join("\n"))
}

/// Empties the text of a member wherever it stands.
fn without(body: &str, member: &str) -> String {
    let mut parts = body.split(member);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find('"').unwrap();
        out.push_str(member);
        out.push_str(&part[end..]);
    }
    out
}

fn product(number: u64, category: &Value, cost: &str, published: bool) -> Value {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    json!({
        "sku": format!("P-{number}"), "name": format!("Lamp {number}"), "category": category,
        "description": "A lamp, a lamp, a lamp.".repeat(usize::from(!published) * 3),
        "price": euros(&format!("{}.00", 1 + number % 3)), "cost": euros(cost), "published": published,
    })
}

fn order(customer: &Value, product: Option<&Value>) -> Value {
    let line = |product: &Value| {
        let price = json!({ "amount": "2.00", "currency": "EUR" });
        json!({ "product": product, "quantity": 1, "price": price })
    };
    json!({
        "customer": customer, "lines": product.map(line).into_iter().collect::<Vec<_>>(),
        "ship_to": { "line1": "a", "city": "b", "postcode": "c", "country": "DE" },
    })
}

/// What can be asked without changing anything.
const QUESTIONS: &[&str] = &[
    "/v1/me",
    "/v1/products",
    "/v1/products?limit=2",
    "/v1/products?q=lamp",
    "/v1/products?q=lamp&limit=1",
    "/v1/products?q=hidden",
    "/v1/products?sort=price",
    "/v1/products?sort=-price&limit=1",
    "/v1/products?sort=-created_at&limit=3",
    "/v1/products?cost[gte]=1",
    "/v1/products?sort=cost",
    "/v1/products?fields=cost",
    "/v1/products?sku=P-100",
    "/v1/products?sku[in]=P-1,P-100,P-101",
    "/v1/products?price[gte]=1&limit=2",
    "/v1/categories",
    "/v1/orders",
    "/v1/orders?sort=-created_at&expand=customer",
    "/v1/users",
    "/v1/shops",
    "/v1/events?context=catalog",
    "/v1/events?context=sales",
    "/v1/events?context=accounts",
];

/// The histories, side by side in one text. `secrets` are ids that exist in the twin that has them.
async fn live(twin: &mut Twin, secrets: &[Value]) -> Vec<Value> {
    let mut made = Vec::new();
    let merchant = Value::from(twin.here.user("merchant").await);
    let customer = Value::from(twin.here.user("customer").await);
    let body = json!({ "name": "All", "slug": "all" });
    let category =
        twin.both("merchant", "POST", "/v1/categories", Some(&body)).await.json()["id"].clone();
    let mut products = Vec::new();
    for number in 0..5 {
        let hidden = product(100 + number, &category, "1.00", false);
        made.extend(twin.secret("merchant", "POST", "/v1/products", &hidden).await);
        // What a product costs the shop is a field that customers do not see.
        let cost = if twin.has_secrets { "7.77" } else { "1.00" };
        let body = product(number, &category, cost, true);
        let reply = twin.both("merchant", "POST", "/v1/products", Some(&body)).await;
        assert_eq!(reply.status, 201, "{}", reply.json());
        products.push(reply.json()["id"].clone());
    }
    let restock = format!("/v1/products/{}/restock", products[0].as_str().unwrap());
    twin.both("merchant", "POST", &restock, Some(&json!({ "quantity": 9 }))).await;
    let own = twin
        .told("customer", "POST", "/v1/orders", Some(&order(&customer, products.first())))
        .await;
    assert!(own["id"].is_string(), "{own}");
    // Behind the customer's, so that all orders that are compared have the same number.
    made.extend(
        twin.secret("merchant", "POST", "/v1/orders", &order(&merchant, products.first())).await,
    );
    let other = Value::from(twin.here.user("other_tenant_customer").await);
    made.extend(
        twin.secret("other_tenant_customer", "POST", "/v1/orders", &order(&other, None)).await,
    );
    let place = format!("/v1/orders/{}/place", own["id"].as_str().unwrap());
    twin.told("customer", "POST", &place, None).await;
    for who in ["customer", "user", "nobody", "other_tenant_customer"] {
        // The other tenant must not notice this one; its own order it sees.
        let is_other = who == "other_tenant_customer";
        for path in QUESTIONS
            .iter()
            .filter(|it| !is_other || !it.contains("/orders") && !it.contains("sales"))
        {
            let page = twin.told(who, "GET", path, None).await;
            if let Some(next) = page["next"].as_str().filter(|it| it.starts_with("/v1/")) {
                twin.told(who, "GET", next, None).await;
            }
        }
        // The last of the secrets is an order of its own.
        let count = secrets.len().saturating_sub(usize::from(is_other));
        for id in secrets[..count].iter().map(|it| it.as_str().unwrap()) {
            for entity in ["products", "orders"] {
                let path = format!("/v1/{entity}/{id}");
                twin.told(who, "GET", &path, None).await;
                twin.told(who, "DELETE", &path, None).await;
                twin.told(who, "PATCH", &path, Some(&json!({}))).await;
            }
        }
    }
    for id in secrets {
        twin.told("customer", "POST", "/v1/orders", Some(&order(&customer, Some(id)))).await;
        let path = format!("/v1/orders/{}/cancel", id.as_str().unwrap());
        twin.told("customer", "POST", &path, None).await;
    }
    made.iter().map(|it| it["id"].clone()).collect()
}

#[test]
fn hidden_rows_and_fields_change_no_byte_of_any_answer() {
    block_on(async {
        // The first life finds out under which ids the secrets will be; they are asked for in both twins.
        let mut scout = Twin::start(true).await;
        let secrets = live(&mut scout, &[]).await;
        assert_eq!(secrets.len(), 7);
        scout.here.stop().await;
        let (mut with, mut without) = (Twin::start(true).await, Twin::start(false).await);
        assert_eq!(live(&mut with, &secrets).await, secrets, "the same steps make the same ids");
        live(&mut without, &secrets).await;
        assert_eq!(with.told.len(), without.told.len());
        for (with, without) in with.told.iter().zip(&without.told) {
            assert_eq!(with, without);
        }
        let is_shown = with.here.get("merchant", "/v1/products").await.json();
        assert_eq!(is_shown["items"].as_array().unwrap().len(), 10, "the merchant sees them");
        with.here.stop().await;
        without.here.stop().await;
    });
}
