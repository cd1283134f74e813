//! The storefront: products, orders, people.

use architrave_plan::refuses_outright;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Caller, testing::World};

const STOREFRONT: &str = include_str!("../../../../examples/storefront/blueprint.hcl");

pub(super) struct Shop {
    pub(super) world: World,
    pub(super) shop: Uuid,
    pub(super) customer: Caller,
    pub(super) merchant: Caller,
    support: Caller,
    system: Caller,
    pub(super) anonymous: Caller,
    category: String,
}

pub(super) fn shop() -> Shop {
    let world = World::new(STOREFRONT);
    let shop = world.seed("accounts.Shop", None, json!({"name": "Shop", "domain": "a.example"}));
    let user = |email: &str| {
        world.seed("accounts.User", Some(shop), json!({"email": email, "name": "Ann"}))
    };
    let (ann, max, sue) =
        (user("ann@example.com"), user("max@example.com"), user("sue@example.com"));
    let customer = world.caller(Some(shop), Some(ann), &["customer"]);
    let merchant = world.caller(Some(shop), Some(max), &["merchant"]);
    let support = world.caller(Some(shop), Some(sue), &["support"]);
    let (system, anonymous) = (world.system(Some(shop)), world.anonymous(Some(shop)));
    let category = world
        .write(&merchant, "catalog.Category.create", "", json!({"name": "Shoes", "slug": "shoes"}))
        .expect(201)
        .id();
    Shop { world, shop, customer, merchant, support, system, anonymous, category }
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

impl Shop {
    pub(super) fn product(&self, sku: &str, price: &str) -> Value {
        json!({
            "sku": sku, "name": "Red shoe", "category": self.category,
            "price": euros(price), "cost": euros("1.00"), "published": true,
        })
    }

    pub(super) fn new_product(&self, sku: &str, price: &str) -> String {
        let body = self.product(sku, price);
        self.world.write(&self.merchant, "catalog.Product.create", "", body).expect(201).id()
    }

    pub(super) fn order(&self, product: &str, price: &str) -> Value {
        json!({
            "customer": self.customer.user,
            "ship_to": {"line1": "Street 1", "city": "Berlin", "postcode": "10115", "country": "de"},
            "lines": [{"product": product, "quantity": 2, "price": euros(price)}],
        })
    }

    fn new_order(&self) -> String {
        let product = self.new_product("RED-1", "12.50");
        let body = self.order(&product, "12.50");
        self.world.write(&self.customer, "sales.Order.create", "", body).expect(201).id()
    }
}

#[test]
fn an_order_goes_its_way() {
    let shop = shop();
    let world = &shop.world;
    let id = shop.new_order();
    let order = world.read(&shop.customer, "sales.Order.read", &id, "").expect(200);
    assert_eq!(order.body["number"], "ORD-2026-1");
    assert_eq!(order.body["total"], euros("25.00"));
    assert_eq!(order.body["status"], "draft");
    assert_eq!(order.body["ship_to"]["country"], "DE");
    assert_eq!(order.body["ship_to"]["line2"], Value::Null);
    assert_eq!(order.body["version"], 1);
    assert_eq!(order.body["created_at"], "2026-03-09T00:00:00.003Z");

    let placed = world.write(&shop.customer, "sales.Order.place", &id, Value::Null).expect(200);
    assert_eq!(
        (placed.body["status"].as_str(), &placed.body["version"]),
        (Some("placed"), &json!(2))
    );
    assert_eq!(placed.body["placed_at"], placed.body["updated_at"]);
    let again = world.read(&shop.customer, "sales.Order.read", &id, "").expect(200);
    assert_eq!((again.text, again.etag), (placed.text, placed.etag));

    world
        .write(&shop.customer, "sales.Order.place", &id, Value::Null)
        .refused(409, "transition-refused");
    world
        .write(&shop.merchant, "sales.Order.mark_paid", &id, Value::Null)
        .refused(403, "forbidden");
    world.write(&shop.system, "sales.Order.mark_paid", &id, Value::Null).expect(200);
    // Asked again, it is so already.
    let paid = world.write(&shop.system, "sales.Order.mark_paid", &id, Value::Null).expect(200);
    assert_eq!(paid.body["version"], 3);
    world.write(&shop.merchant, "sales.Order.ship", &id, json!({"tracking": "T-1"})).expect(200);
    let done = world.write(&shop.support, "sales.Order.deliver", &id, Value::Null).expect(200);
    assert_eq!(
        (done.body["status"].as_str(), &done.body["version"]),
        (Some("delivered"), &json!(5))
    );
}

#[test]
fn refusals_come_in_their_order() {
    let shop = shop();
    let world = &shop.world;
    let id = shop.new_order();
    let stranger = world.caller(Some(shop.shop), Some(Uuid::from_u128(5)), &["customer"]);
    let other_shop = world.seed("accounts.Shop", None, json!({"name": "B", "domain": "b.example"}));
    let foreign = world.caller(Some(other_shop), Some(Uuid::from_u128(6)), &["merchant"]);
    let wrong = json!({"tracking": 5});
    // Not visible, before anything else is looked at.
    for caller in [&stranger, &foreign] {
        world.write(caller, "sales.Order.ship", &id, wrong.clone()).refused(404, "not-found");
        world.read(caller, "sales.Order.read", &id, "").refused(404, "not-found");
    }
    // What is closed to everybody who has not signed in says so, whether the row exists or not.
    for id in [id.as_str(), "x", "00000000-0000-0000-0000-000000000000"] {
        world
            .write(&shop.anonymous, "sales.Order.ship", id, wrong.clone())
            .refused(401, "unauthenticated");
        world.read(&shop.anonymous, "sales.Order.read", id, "").refused(401, "unauthenticated");
    }
    for id in ["", "x", "00000000-0000-0000-0000-000000000000"] {
        world.read(&shop.merchant, "sales.Order.read", id, "").refused(404, "not-found");
    }
    // Visible but refused, before version, state and input.
    let mut request = world.request(&shop.support, "sales.Order.ship", &id, wrong.clone());
    request.if_match = Some("\"9\"".into());
    world.send(request).refused(403, "forbidden");
    // Version before state.
    let mut request = world.request(&shop.merchant, "sales.Order.ship", &id, wrong.clone());
    request.if_match = Some("\"9\"".into());
    let refused = world.send(request).refused(412, "precondition-failed");
    assert!(refused.etag.unwrap().starts_with("\"1-"));
    // State before input.
    world.write(&shop.merchant, "sales.Order.ship", &id, wrong).refused(409, "transition-refused");
    // A product is visible to everybody; who is not signed in is told to.
    let product = shop.new_product("BLUE-1", "1.00");
    let restock =
        world.write(&shop.anonymous, "catalog.Product.restock", &product, json!({"quantity": 0}));
    restock.refused(401, "unauthenticated");
    world
        .write(&shop.merchant, "catalog.Product.restock", &product, json!({"quantity": 0}))
        .refused(422, "invalid-body");
    // A guard has a code of its own.
    let reserve =
        world.write(&shop.system, "catalog.Product.reserve", &product, json!({"quantity": 5}));
    let reserve = reserve.refused(409, "out_of_stock");
    assert_eq!(reserve.problem.unwrap().title, "There is not enough of this product left.");
    // Lists that are empty by rule say so.
    world.read(&shop.anonymous, "sales.Order.list", "", "").refused(401, "unauthenticated");
    let nobody = world.caller(Some(shop.shop), None, &[]);
    world.read(&nobody, "sales.Order.list", "", "").refused(403, "forbidden");
}

#[test]
fn who_has_not_signed_in_is_told_so_by_every_operation_that_is_closed_to_them() {
    let shop = shop();
    let world = &shop.world;
    let operations = world.engine.plan().operations.iter();
    let closed =
        operations.filter(|it| refuses_outright(world.engine.plan(), it, &shop.anonymous.class));
    let mut count = 0;
    for operation in closed {
        let id = Uuid::from_u128(7).to_string();
        let reply = if operation.kind.is_write() {
            world.write(&shop.anonymous, &operation.name, &id, json!({"operations": []}))
        } else {
            world.read(&shop.anonymous, &operation.name, &id, "")
        };
        reply.refused(401, "unauthenticated");
        count += 1;
    }
    // All but the public reads, `/v1/me` and the events.
    assert_eq!(count, world.engine.plan().operations.len() - 8);
}

#[test]
fn every_mistake_of_a_body_is_named() {
    let shop = shop();
    let body = json!({
        "sku": "no spaces", "name": "x".repeat(201), "category": "zzz", "price": {"amount": "-1", "currency": "EUR"},
        "cost": {"amount": "1.005", "currency": "EUR"}, "stock": 5, "published": "yes", "id": "x",
        "images": [{"url": "x"}], "colour": "red",
    });
    let refused = shop.world.write(&shop.merchant, "catalog.Product.create", "", body);
    let refused = refused.refused(422, "invalid-body");
    let mut errors = refused.errors();
    errors.sort();
    let expected = [
        ("/category", "format"),
        ("/colour", "unknown-member"),
        ("/cost/amount", "too-precise"),
        ("/id", "read-only"),
        ("/images/0", "not-supported"),
        ("/name", "too-long"),
        ("/price/amount", "too-small"),
        ("/published", "wrong-type"),
        ("/sku", "pattern"),
        ("/stock", "read-only"),
    ];
    assert_eq!(errors, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));

    let missing = shop.world.write(&shop.merchant, "catalog.Product.create", "", json!({}));
    let missing = missing.refused(422, "invalid-body").errors();
    assert_eq!(missing.len(), 5, "{missing:?}");
    assert!(missing.iter().all(|(_, code)| code == "required"));

    // What may never succeed is refused before its body is looked at.
    let anonymous = shop.world.write(&shop.anonymous, "catalog.Product.create", "", json!({}));
    anonymous.refused(401, "unauthenticated");
    shop.world
        .write(&shop.customer, "catalog.Product.create", "", json!([]))
        .refused(403, "forbidden");
}

#[test]
fn references_that_cannot_be_read_are_not_there() {
    let shop = shop();
    let world = &shop.world;
    let mut product = shop.product("HIDDEN", "1.00");
    product["published"] = json!(false);
    let hidden =
        world.write(&shop.merchant, "catalog.Product.create", "", product).expect(201).id();
    let nothing = Uuid::from_u128(1).to_string();
    for id in [&hidden, &nothing] {
        let body = shop.order(id, "1.00");
        let refused = world.write(&shop.customer, "sales.Order.create", "", body);
        let errors = refused.refused(422, "invalid-body").errors();
        assert_eq!(errors, [("/lines/0/product".to_owned(), "not-found".to_owned())]);
    }
    // Nobody orders for somebody else.
    let mut body = shop.order(&hidden, "1.00");
    body["customer"] = json!(shop.merchant.user);
    world.write(&shop.customer, "sales.Order.create", "", body).refused(403, "forbidden");
}

#[test]
fn a_patch_merges_and_moves_parts() {
    let shop = shop();
    let world = &shop.world;
    let id = shop.new_order();
    let order = world.read(&shop.customer, "sales.Order.read", &id, "").body;
    let line = order["lines"][0]["id"].as_str().unwrap().to_owned();
    let product = shop.new_product("BLUE-2", "3.00");
    let patch = json!({
        "ship_to": {"city": "Bonn", "line2": "back"},
        "lines": [{"product": product, "quantity": 1, "price": euros("3.00")}, {"id": line, "quantity": 5}],
    });
    let changed = world.write(&shop.customer, "sales.Order.update", &id, patch.clone()).expect(200);
    assert_eq!(changed.body["version"], 2);
    assert_eq!(changed.body["total"], euros("65.50"));
    assert_eq!(changed.body["ship_to"]["line1"], "Street 1");
    assert_eq!(changed.body["ship_to"]["city"], "Bonn");
    assert_eq!(changed.body["lines"][1]["id"], line.as_str());
    assert_eq!(changed.body["lines"][1]["product"], order["lines"][0]["product"]);
    let read = world.read(&shop.customer, "sales.Order.read", &id, "");
    assert_eq!((read.text, read.etag), (changed.text.clone(), changed.etag.clone()));

    // Nothing changes, nothing is written.
    let count = world.store.journal().len();
    let same = json!({"ship_to": {"city": "Bonn"}});
    let same = world.write(&shop.customer, "sales.Order.update", &id, same).expect(200);
    assert_eq!((same.text, same.etag), (changed.text, changed.etag));
    assert_eq!(world.store.journal().len(), count);

    // Null takes away what is optional.
    let patch = json!({"ship_to": {"line2": null}, "lines": null});
    let changed = world.write(&shop.customer, "sales.Order.update", &id, patch).expect(200);
    assert_eq!(
        (&changed.body["ship_to"]["line2"], &changed.body["lines"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(changed.body["total"], euros("0.00"));
    assert!(world.store.rows(world.entity("sales.Line")).is_empty());
    world.write(&shop.customer, "sales.Order.place", &id, Value::Null).refused(409, "empty_order");

    let wrong = json!({
        "customer": shop.merchant.user, "ship_to": {"city": null}, "shipping_fee": euros("1.00"),
        "status": "paid", "lines": [{"id": line}, {"id": line}, {"quantity": 0}],
    });
    let errors = world.write(&shop.customer, "sales.Order.update", &id, wrong).errors();
    for expected in [
        ("/customer", "immutable"),
        ("/ship_to/city", "required"),
        ("/shipping_fee", "read-only"),
        ("/status", "read-only"),
        ("/lines/1/id", "duplicate"),
        ("/lines/2/quantity", "too-small"),
        ("/lines/2/product", "required"),
    ] {
        assert!(
            errors.contains(&(expected.0.into(), expected.1.into())),
            "{expected:?} {errors:?}"
        );
    }
    let wrong = json!({"lines": [{"id": Uuid::from_u128(3), "quantity": 1}]});
    let errors = world.write(&shop.customer, "sales.Order.update", &id, wrong).errors();
    assert_eq!(errors, [("/lines/0/id".to_owned(), "not-found".to_owned())]);
}

#[test]
fn a_hidden_field_is_absent_and_cannot_be_asked_for() {
    let shop = shop();
    let world = &shop.world;
    let product = shop.new_product("RED-9", "9.00");
    let seen = world.read(&shop.merchant, "catalog.Product.read", &product, "").body;
    assert_eq!(seen["cost"], euros("1.00"));
    let unseen = world.read(&shop.customer, "catalog.Product.read", &product, "").body;
    assert!(unseen.get("cost").is_none());
    for query in ["fields=cost", "fields=nothing", "fields=id,cost"] {
        world
            .read(&shop.customer, "catalog.Product.read", &product, query)
            .refused(400, "unreadable-field");
    }
    for (query, code) in [
        ("cost=1", "unreadable-field"),
        ("sort=cost", "unreadable-field"),
        ("nothing=1", "unknown-parameter"),
        ("name=x", "index-missing"),
        ("limit=0", "invalid-parameter"),
        ("limit=x", "invalid-parameter"),
        ("limit=2147483648", "invalid-parameter"),
        (&*format!("sku={}", "A".repeat(41)), "invalid-parameter"),
        (&*format!("sku[prefix]={}", "A".repeat(41)), "invalid-parameter"),
        ("sku[prefix]=", "invalid-parameter"),
        ("fields=id,name,id", "invalid-parameter"),
        (&*format!("q={}", "a".repeat(201)), "invalid-parameter"),
        ("limit=1&limit=2", "unknown-parameter"),
        ("price=x", "invalid-parameter"),
        ("price[like]=1", "unknown-parameter"),
        ("cursor=abc", "invalid-cursor"),
        ("expand=nothing", "unreadable-field"),
        ("q=", "invalid-parameter"),
        ("sort=price,price", "invalid-parameter"),
    ] {
        world.read(&shop.customer, "catalog.Product.list", "", query).refused(400, code);
    }
    let chosen = world.read(
        &shop.customer,
        "catalog.Product.read",
        &product,
        "fields=name,id&expand=category",
    );
    assert_eq!(chosen.text, format!("{{\"id\":\"{product}\",\"name\":\"Red shoe\"}}"));
    let expanded =
        world.read(&shop.customer, "catalog.Product.read", &product, "expand=category").body;
    assert_eq!(expanded["category"]["slug"], "shoes");
    // A secret is for nobody.
    let user = shop.customer.user.unwrap().to_string();
    let me = json!({"device": "phone", "address": {"line1": "a", "city": "b", "postcode": "c", "country": "DE"}});
    let me = world.write(&shop.customer, "accounts.User.update", &user, me).expect(200).body;
    assert!(me.get("device").is_none());
    assert_eq!(me["address"]["city"], "b");
    let wrong = json!({"address": null});
    let me = world.write(&shop.customer, "accounts.User.update", &user, wrong).expect(200).body;
    assert_eq!(me["address"], Value::Null);
    let wrong = world.write(
        &shop.customer,
        "accounts.User.update",
        &user,
        json!({"address": {"city": "x"}}),
    );
    assert_eq!(wrong.refused(422, "invalid-body").errors().len(), 3);
}

#[test]
fn lists_are_paged_both_ways() {
    let shop = shop();
    let world = &shop.world;
    for index in 0..7 {
        shop.new_product(&format!("P-{index}"), &format!("{}.00", index % 3));
    }
    let skus = |body: &Value| -> Vec<String> {
        let items = body["items"].as_array().unwrap();
        items.iter().map(|it| it["sku"].as_str().unwrap().to_owned()).collect()
    };
    let mut query = "sort=-price&limit=3".to_owned();
    let mut pages = Vec::new();
    let last = loop {
        let page = world.read(&shop.customer, "catalog.Product.list", "", &query).expect(200);
        pages.push(skus(&page.body));
        match page.read.next {
            Some(next) => query = next.split_once('?').unwrap().1.to_owned(),
            None => break page,
        }
    };
    assert_eq!(pages.concat().join(" "), "P-5 P-2 P-4 P-1 P-6 P-3 P-0");
    let back = last.read.prev.unwrap().split_once('?').unwrap().1.to_owned();
    let page = world.read(&shop.customer, "catalog.Product.list", "", &back).expect(200);
    assert_eq!(skus(&page.body), pages[1]);
    // A cursor belongs to one caller and one query.
    world.read(&shop.merchant, "catalog.Product.list", "", &back).refused(400, "invalid-cursor");
    let other = back.replace("sort=-price", "sort=price");
    world.read(&shop.customer, "catalog.Product.list", "", &other).refused(400, "invalid-cursor");

    let found =
        world.read(&shop.customer, "catalog.Product.list", "", "price[in]=0.00,2.00&limit=500");
    assert_eq!(skus(&found.expect(200).body).len(), 5);
    let found = world
        .read(&shop.customer, "catalog.Product.list", "", "q=SHO*&Prefer: count=exact")
        .expect(200);
    assert_eq!((found.body["total"].as_u64(), found.read.has_count), (Some(7), true));
    assert_eq!(skus(&found.body)[0], "P-6");
    let none = world.read(&shop.customer, "catalog.Product.list", "", "q=boot").expect(200);
    assert_eq!(none.text, r#"{"items":[],"next":null,"prev":null}"#);
}

#[test]
fn one_key_acts_once() {
    let shop = shop();
    let world = &shop.world;
    let mut request =
        world.request(&shop.merchant, "catalog.Product.create", "", shop.product("K-1", "1.00"));
    request.idempotency_key = Some("key".into());
    let first = world.send(request.clone()).expect(201);
    let second = world.send(request.clone()).expect(201);
    assert_eq!(
        (&first.text, &first.etag, &first.location),
        (&second.text, &second.etag, &second.location)
    );
    assert!(!first.is_replayed && second.is_replayed);
    assert_eq!(world.store.rows(world.entity("catalog.Product")).len(), 1);
    // Another payload, another caller.
    let mut other = request.clone();
    other.body = shop.product("K-2", "1.00").to_string().into_bytes();
    world.send(other).refused(422, "idempotency-key-reused");
    let mut other = request.clone();
    other.caller = world.caller(Some(shop.shop), Some(Uuid::from_u128(4)), &["merchant"]);
    world.send(other).refused(409, "not-unique");
    // Final refusals are remembered, those that may pass are not.
    let mut taken = request.clone();
    taken.idempotency_key = Some("other".into());
    world.send(taken.clone()).refused(409, "not-unique");
    assert!(world.send(taken).refused(409, "not-unique").is_replayed);
    let mut refused = request.clone();
    refused.caller = shop.customer.clone();
    world.send(refused.clone()).refused(403, "forbidden");
    assert!(!world.send(refused).is_replayed);
    // A day later the key is forgotten.
    world.clock.advance(24 * 3_600 * 1_000_000);
    assert!(!world.send(request).refused(409, "not-unique").is_replayed);
}

#[test]
fn what_is_referred_to_stays() {
    let shop = shop();
    let world = &shop.world;
    let id = shop.new_order();
    let order = world.read(&shop.customer, "sales.Order.read", &id, "").body;
    let product = order["lines"][0]["product"].as_str().unwrap();
    world
        .write(&shop.merchant, "catalog.Product.delete", product, Value::Null)
        .refused(409, "still-referenced");
    world
        .write(&shop.merchant, "catalog.Category.delete", &shop.category, Value::Null)
        .refused(409, "still-referenced");
    world.write(&shop.merchant, "sales.Order.delete", &id, Value::Null).refused(403, "forbidden");
    let gone = world.write(&shop.customer, "sales.Order.delete", &id, Value::Null).expect(204);
    assert_eq!(gone.text, "");
    assert!(world.store.rows(world.entity("sales.Line")).is_empty());
    world.read(&shop.customer, "sales.Order.read", &id, "").refused(404, "not-found");
    world.write(&shop.merchant, "catalog.Product.delete", product, Value::Null).expect(204);
}

#[test]
fn values_are_unique_within_their_shop() {
    let shop = shop();
    let world = &shop.world;
    shop.new_product("U-1", "1.00");
    let body = shop.product("U-1", "1.00");
    let taken = world.write(&shop.merchant, "catalog.Product.create", "", body);
    assert_eq!(
        taken.refused(409, "not-unique").errors(),
        [("/sku".to_owned(), "not-unique".to_owned())]
    );
}

#[test]
fn events_tell_what_the_caller_may_see() {
    let shop = shop();
    let world = &shop.world;
    let id = shop.new_order();
    world.write(&shop.customer, "sales.Order.place", &id, Value::Null).expect(200);
    let types = |caller: &Caller, query: &str| -> Vec<String> {
        let page = world.read(caller, "system.events", "", query).expect(200).body;
        assert_eq!(page["is_complete"], true);
        let items = page["items"].as_array().unwrap();
        items.iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        types(&shop.customer, "context=sales"),
        ["sales.Order.created", "sales.Order.OrderPlaced"]
    );
    assert_eq!(types(&shop.anonymous, "context=sales"), [""; 0]);
    assert_eq!(types(&shop.anonymous, ""), ["catalog.Category.created", "catalog.Product.created"]);

    let page = world.read(&shop.customer, "system.events", "", "context=sales&limit=1").body;
    assert_eq!(page["items"][0]["data"]["number"], "ORD-2026-1");
    assert_eq!((&page["items"][0]["version"], &page["items"][0]["id"]), (&json!(1), &json!(id)));
    assert_eq!(page["is_complete"], false);
    let next = format!("after={}", page["next"].as_str().unwrap());
    let page = world.read(&shop.customer, "system.events", "", &next).body;
    let placed = &page["items"][0];
    assert_eq!(placed["data"]["lines"][0]["quantity"], 2);
    assert_eq!(placed["actor"], json!(shop.customer.user));
    assert!(placed["data"].get("ship_to").is_none(), "an event carries what it says");
    let product = world.read(&shop.anonymous, "system.events", "", "context=catalog").body;
    assert!(product["items"][1]["data"].get("cost").is_none());

    for (query, code) in [
        ("after=x", "invalid-cursor"),
        ("after=1.00000009.1.0", "invalid-cursor"),
        ("after=1.00000001.999.0", "invalid-cursor"),
        ("context=x", "invalid-parameter"),
        ("limit=0", "invalid-parameter"),
        ("x=1", "unknown-parameter"),
    ] {
        world.read(&shop.customer, "system.events", "", query).refused(400, code);
    }
}

#[test]
fn me_says_who_and_what() {
    let shop = shop();
    let me = shop.world.read(&shop.customer, "system.me", "", "").expect(200).body;
    assert_eq!(me["user"], json!(shop.customer.user));
    assert_eq!(me["roles"], json!(["customer"]));
    let operations: Vec<_> =
        me["operations"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(operations.contains(&"sales.Order.place"));
    assert!(!operations.contains(&"catalog.Product.create"));
    let me = shop.world.read(&shop.anonymous, "system.me", "", "").expect(200).body;
    assert_eq!((&me["id"], &me["is_authenticated"]), (&Value::Null, &json!(false)));
}
