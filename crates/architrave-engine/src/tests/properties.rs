//! Properties: whatever is sent, the engine answers; what is hidden changes no byte; a walk sees every row once.

use std::collections::BTreeSet;

use architrave_model::Scalar;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::storefront::{Shop, shop};
use crate::{
    Caller,
    input::{read_json, scalar_from_text},
    show::scalar,
    testing::Reply,
};

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Whole numbers from 2^64 on are refused: what was sent could not be kept.
        (-1e15..1e15).prop_map(|it: f64| Value::from(it)),
        ".{0,8}".prop_map(Value::from),
        Just(json!("red-1")),
        Just(json!({"amount": "1.00", "currency": "EUR"})),
        Just(json!({"$ref": "0.id"})),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let name = prop_oneof![
            Just("sku"),
            Just("name"),
            Just("price"),
            Just("cost"),
            Just("category"),
            Just("lines"),
            Just("quantity"),
            Just("ship_to"),
            Just("city"),
            Just("id"),
            Just("operations"),
            Just("method"),
            Just("path"),
            Just("body"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..6).prop_map(|all| Value::Object(
                all.into_iter().map(|(name, it)| (name.to_owned(), it)).collect()
            )),
        ]
    })
}

const SCALARS: &[Scalar] = &[
    Scalar::String { length_max: 9 },
    Scalar::Email,
    Scalar::Phone,
    Scalar::Url,
    Scalar::Slug,
    Scalar::Country,
    Scalar::Locale,
    Scalar::Int,
    Scalar::Decimal { precision: 9, scale: 2 },
    Scalar::Bool,
    Scalar::Uuid,
    Scalar::Timestamp,
    Scalar::Date,
    Scalar::Duration,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if read_json(&bytes).is_ok() {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
        }
    }

    #[test]
    fn json_is_read_as_it_was_written(json in any_json()) {
        let text = json.to_string();
        let mut out = Vec::new();
        read_json(text.as_bytes()).expect(&text).write(&mut out);
        prop_assert_eq!(serde_json::from_slice::<Value>(&out).unwrap(), json);
    }

    #[test]
    fn what_is_normal_stays_as_it_is(text in "[ -~äß+@.:/T-]{0,24}", at in 0..SCALARS.len()) {
        let scalar = &SCALARS[at];
        if let Ok(value) = scalar_from_text(scalar, &text) {
            let mut out = Vec::new();
            let currency = scalar::Currency { code: "EUR", digits: 2 };
            scalar::write_value(&mut out, &architrave_plan::JsonKind::Text, &value, currency);
            let written: Value = serde_json::from_slice(&out).unwrap();
            let written = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
            prop_assert_eq!(scalar_from_text(scalar, &written), Ok(value), "{} {}", text, written);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_body_has_an_answer(json in any_json()) {
        let shop = shop();
        let world = &shop.world;
        let product = shop.new_product("P-1", "1.00");
        for (operation, id) in [
            ("catalog.Product.create", ""), ("catalog.Product.update", &*product), ("catalog.Product.restock", &product),
            ("sales.Order.create", ""), ("system.batch", ""), ("catalog.Product.delete", &product),
        ] {
            for caller in [&shop.merchant, &shop.customer, &shop.anonymous] {
                let reply = world.write(caller, operation, id, json.clone());
                prop_assert!(reply.status < 500, "{reply:?}");
            }
        }
    }

    #[test]
    fn every_query_has_an_answer(
        query in prop::collection::vec(("(price|sku|q|sort|limit|fields|expand|cursor|category|nothing)(\\[(eq|in|gt|null|prefix|x)\\])?", "[ -~]{0,12}"), 0..4),
    ) {
        let shop = shop();
        shop.new_product("P-1", "1.00");
        let query: Vec<_> = query.iter().map(|(name, it)| format!("{name}={}", it.replace(['&', '='], ""))).collect();
        for caller in [&shop.merchant, &shop.anonymous] {
            let reply = shop.world.read(caller, "catalog.Product.list", "", &query.join("&"));
            prop_assert!(matches!(reply.status, 200 | 400), "{reply:?}");
        }
    }
}

/// Everything about an answer but the positions, versions and times that the law excepts.
fn bytes(reply: &Reply) -> (u16, String, Option<String>, Option<String>) {
    (reply.status, reply.text.clone(), reply.etag.clone(), reply.read.next.clone())
}

#[test]
fn what_is_hidden_changes_no_byte() {
    // Twins: the second shop holds more, all of it hidden from the customer.
    let (plain, rich) = (shop(), shop());
    let fill = |shop: &Shop, cost: &str| {
        let ids: Vec<_> = (0..5)
            .map(|index| {
                let mut body = shop.product(&format!("P-{index}"), &format!("{index}.00"));
                body["cost"] = json!({"amount": cost, "currency": "EUR"});
                shop.world
                    .write(&shop.merchant, "catalog.Product.create", "", body)
                    .expect(201)
                    .id()
            })
            .collect();
        let order = shop.order(&ids[0], "0.00");
        ids.into_iter()
            .chain([shop
                .world
                .write(&shop.customer, "sales.Order.create", "", order)
                .expect(201)
                .id()])
            .collect::<Vec<_>>()
    };
    let (ids, rich_ids) = (fill(&plain, "1.00"), fill(&rich, "7.77"));
    assert_eq!(ids.len(), rich_ids.len());
    for index in 0..6 {
        let mut body = rich.product(&format!("H-{index}"), "2.00");
        body["published"] = json!(false);
        rich.world.write(&rich.merchant, "catalog.Product.create", "", body).expect(201);
    }
    let stranger = rich.world.seed(
        "accounts.User",
        Some(rich.shop),
        json!({"email": "x@example.com", "name": "X"}),
    );
    let stranger = rich.world.caller(Some(rich.shop), Some(stranger), &["customer"]);
    let mut order = rich.order(&rich_ids[1], "1.00");
    order["customer"] = json!(stranger.user);
    rich.world.write(&stranger, "sales.Order.create", "", order).expect(201);

    let queries = [
        "",
        "limit=2",
        "sort=price&limit=2",
        "sort=-price",
        "price[gte]=2.00",
        "q=shoe",
        "q=red sh*&limit=3",
        "Prefer: count=exact",
        "price=2.00&Prefer: count=exact",
        "fields=id,name",
        "expand=category",
        "cost=1",
        "sort=cost",
    ];
    for (one, two) in [(&plain.customer, &rich.customer), (&plain.anonymous, &rich.anonymous)] {
        for operation in ["catalog.Product.list", "sales.Order.list"] {
            for query in queries {
                let first = plain.world.read(one, operation, "", query);
                let second = rich.world.read(two, operation, "", query);
                assert_eq!(bytes(&first), bytes(&second), "{operation} {query}");
            }
        }
        for (id, other) in ids.iter().zip(&rich_ids) {
            let read = |shop: &Shop, who: &Caller, id: &str| {
                bytes(&shop.world.read(who, "catalog.Product.read", id, ""))
            };
            assert_eq!(read(&plain, one, id), read(&rich, two, other));
        }
    }
}

#[test]
fn a_walk_sees_every_unchanged_row_once() {
    for seed in 1..6_u64 {
        let shop = shop();
        let world = &shop.world;
        let dice = crate::simulation::SeededDice::new(seed);
        let mut moving: Vec<String> = Vec::new();
        let mut still = BTreeSet::new();
        for index in 0..24 {
            let id = shop.new_product(&format!("W-{index}"), &format!("{}.00", dice.below(5)));
            if index % 3 == 0 { moving.push(id) } else { assert!(still.insert(id)) }
        }
        let mut seen = Vec::new();
        let mut query = "sort=price&limit=4".to_owned();
        for round in 0.. {
            assert!(round < 40, "seed {seed}: the walk does not end");
            let page = world.read(&shop.customer, "catalog.Product.list", "", &query).expect(200);
            seen.extend(
                page.body["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it["id"].as_str().unwrap().to_owned()),
            );
            let Some(next) = page.read.next else { break };
            query = next.split_once('?').unwrap().1.to_owned();
            let at = usize::try_from(dice.below(moving.len() as u64)).unwrap();
            match dice.below(3) {
                0 => moving.push(
                    shop.new_product(&format!("N-{round}"), &format!("{}.00", dice.below(5))),
                ),
                1 => {
                    let patch = json!({"price": {"amount": format!("{}.00", dice.below(5)), "currency": "EUR"}});
                    world
                        .write(&shop.merchant, "catalog.Product.update", &moving[at], patch)
                        .expect(200);
                }
                _ if moving.len() > 2 => {
                    world
                        .write(
                            &shop.merchant,
                            "catalog.Product.delete",
                            &moving.remove(at),
                            Value::Null,
                        )
                        .expect(204);
                }
                _ => {}
            }
        }
        let unchanged: Vec<_> = seen.iter().filter(|it| still.contains(*it)).collect();
        assert_eq!(unchanged.len(), still.len(), "seed {seed}");
        assert_eq!(
            unchanged.into_iter().collect::<BTreeSet<_>>().len(),
            still.len(),
            "seed {seed}"
        );
    }
}
