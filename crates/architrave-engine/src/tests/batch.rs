//! Batches: all or nothing, or one by one.

use serde_json::{Value, json};

use super::storefront::shop;

#[test]
fn operations_of_a_batch_build_on_each_other() {
    let shop = shop();
    let world = &shop.world;
    let product = shop.new_product("B-1", "2.00");
    let operations = json!([
        {"method": "POST", "path": "/v1/orders", "body": shop.order(&product, "2.00")},
        {"method": "PATCH", "path": "/v1/orders/{0.id}", "if_match": "\"1\"", "body": {"ship_to": {"city": "Ulm"}}},
        {"method": "POST", "path": "/v1/orders/{0.id}/place"},
    ]);
    let done = world.write(&shop.customer, "system.batch", "", json!({"operations": operations}));
    let results = done.expect(200).body["results"].clone();
    let statuses: Vec<_> =
        results.as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 200, 200]);
    assert_eq!(results[2]["body"]["ship_to"]["city"], "Ulm");
    assert_eq!(results[2]["body"]["version"], 3);
    assert_eq!(results[1]["location"], Value::Null);
    let last = world.store.journal().pop().unwrap();
    let events: Vec<_> = last.events.iter().map(|it| (it.event.as_str(), it.version)).collect();
    assert_eq!(events, [("created", 1), ("updated", 2), ("OrderPlaced", 3)]);
}

#[test]
fn a_batch_is_all_or_nothing_or_one_by_one() {
    let shop = shop();
    let world = &shop.world;
    // The second is refused: nothing has happened.
    let operations = json!([
        {"method": "POST", "path": "/v1/categories", "body": {"name": "A", "slug": "a"}},
        {"method": "POST", "path": "/v1/categories", "body": {"name": "B", "slug": "no slug!", "parent": {"$ref": "0.id"}}},
        {"method": "POST", "path": "/v1/categories", "body": {"name": "C", "slug": "c", "parent": {"$ref": "1.id"}}},
    ]);
    let categories = world.entity("catalog.Category");
    let refused =
        world.write(&shop.merchant, "system.batch", "", json!({"operations": operations}));
    assert_eq!(
        refused.refused(422, "invalid-body").errors(),
        [("/operations/1/body/slug".to_owned(), "format".to_owned())]
    );
    assert_eq!(world.store.rows(categories).len(), 1);
    let each = world.write(
        &shop.merchant,
        "system.batch",
        "",
        json!({"atomic": false, "operations": operations}),
    );
    let results = each.expect(207).body["results"].clone();
    let statuses: Vec<_> =
        results.as_array().unwrap().iter().map(|it| it["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 422, 422]);
    assert_eq!(results[1]["body"]["code"], "invalid-body");
    assert_eq!(results[2]["body"]["errors"][0]["pointer"], "/parent");
    assert_eq!(world.store.rows(categories).len(), 2);
}

#[test]
fn a_hundred_orders_draw_their_numbers_in_one_round() {
    let shop = shop();
    let world = &shop.world;
    let product = shop.new_product("B-1", "2.00");
    let order =
        json!({"method": "POST", "path": "/v1/orders", "body": shop.order(&product, "2.00")});
    let many: Vec<_> = (0..100).map(|_| order.clone()).collect();
    let mut request =
        world.request(&shop.customer, "system.batch", "", json!({"operations": many}));
    request.idempotency_key = Some("many".into());
    let done = world.send(request.clone()).expect(200);
    assert_eq!(done.body["results"][99]["body"]["number"], "ORD-2026-100");
    assert_eq!(world.send(request).expect(200).text, done.text);
    // The repeated request used no numbers up.
    let body = shop.order(&product, "2.00");
    let next = world.write(&shop.customer, "sales.Order.create", "", body).expect(201);
    assert_eq!(next.body["number"], "ORD-2026-101");
}

#[test]
fn every_mistake_of_a_batch_is_named() {
    let shop = shop();
    let world = &shop.world;
    let order = json!({"method": "POST", "path": "/v1/orders"});
    for (body, place, code) in [
        (json!({}), "/operations", "required"),
        (json!({"operations": []}), "/operations", "too-few"),
        (json!({"operations": vec![order.clone(); 101]}), "/operations", "too-many"),
        (
            json!({"operations": [{"method": "POST", "path": "/v1/nothing"}]}),
            "/operations/0/path",
            "not-found",
        ),
        (
            json!({"operations": [{"method": "GET", "path": "/v1/orders"}]}),
            "/operations/0/path",
            "not-found",
        ),
        (
            json!({"operations": [{"method": "POST", "path": "/v1/batch"}]}),
            "/operations/0/path",
            "not-found",
        ),
        (
            json!({"operations": [{"path": "/v1/orders", "x": 1}]}),
            "/operations/0/x",
            "unknown-member",
        ),
        (
            json!({"operations": [{"method": "DELETE", "path": "/v1/orders/{0.id}"}]}),
            "/operations/0/path",
            "not-found",
        ),
        (
            json!({"operations": [{"method": "POST", "path": "/v1/categories", "body": {"parent": {"$ref": "7.id"}}}]}),
            "/operations/0/body/parent",
            "not-found",
        ),
        (json!([]), "", "wrong-type"),
    ] {
        let errors = world.write(&shop.customer, "system.batch", "", body.clone()).errors();
        assert!(errors.contains(&(place.into(), code.into())), "{body} {errors:?}");
    }
}
