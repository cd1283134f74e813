//! What every store promises to the engine.

use std::sync::Arc;

use crate::support::{
    Bench, OTHER_TENANT, On, Script, TENANT, answer, caller, ids, list, merchant, outcome,
    remembered,
    shop::{LINE, ORDER, PRODUCT, SHOP, USER, plan},
    text,
};
use architrave_engine::ports::{
    Change, Conflict, EventsRead, Filter, Need, Outcome, Position, Purgeable, Read, ReadList,
};
use architrave_model::Value;
use architrave_plan::{Direction, FilterOperator, SortKey};
use uuid::Uuid;

on_both_stores!(
    a_row_is_shown_as_its_class_may_see_it,
    a_list_is_filtered_sorted_and_paged_both_ways,
    every_operator_finds_what_it_says,
    an_encrypted_field_is_found_by_its_value_and_is_nowhere_in_the_files,
    a_taken_value_and_a_missing_row_are_conflicts_that_leave_nothing,
    a_panic_fails_its_own_write_and_no_other,
    an_aggregate_is_shown_with_its_parts_and_references,
    rows_change_and_go_and_the_journal_replays_to_the_same,
    search_finds_heavier_words_first_then_the_newest_and_only_the_tenants,
    the_journal_is_read_forward_within_the_tenant,
    numbers_are_drawn_without_gaps_and_given_back_by_refusals,
    a_field_with_a_rule_of_its_own_is_absent_where_the_rule_does_not_hold,
    a_softly_deleted_row_is_hidden_restorable_and_purged_when_its_time_is_over,
);

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// Two shops; in the first a user and products 100 to 104, the even ones published.
pub(crate) fn stocked(on: On) -> Bench {
    let bench = Bench::on(on, plan());
    for (tenant, domain) in [(TENANT, "a.example"), (OTHER_TENANT, "b.example")] {
        let row = bench.row(SHOP, tenant, None, &[("domain", text(domain))]);
        bench.put(None, SHOP, row);
    }
    let user = bench.row(USER, id(1), Some(TENANT), &[("email", text("ada@example.org"))]);
    bench.put(Some(TENANT), USER, user);
    for number in 0..5_i64 {
        put_product(&bench, TENANT, 100 + u128::from(number.unsigned_abs()), number);
    }
    put_product(&bench, OTHER_TENANT, 200, 0);
    bench
}

fn put_product(bench: &Bench, tenant: Uuid, number: u128, at: i64) {
    let row = bench.row(
        PRODUCT,
        id(number),
        Some(tenant),
        &[
            ("name", text(&format!("Lamp {number}"))),
            ("published", Value::Bool(at % 2 == 0)),
            ("price", Value::Money(at / 2 * 100)),
            ("cost", Value::Money(50)),
            ("note", if at == 3 { Value::Null } else { text("light \"bright\"") }),
            ("stock", Value::Int(at)),
        ],
    );
    bench.put(Some(tenant), PRODUCT, row);
}

fn sort(bench: &Bench, keys: &[(&str, Direction)]) -> Vec<SortKey> {
    let key = |(path, direction): &(&str, Direction)| SortKey {
        column: bench.column(PRODUCT, path),
        direction: *direction,
    };
    keys.iter().map(key).collect()
}

fn a_row_is_shown_as_its_class_may_see_it(on: On) {
    let bench = stocked(on);
    let anonymous = caller(
        Some(TENANT),
        None,
        crate::support::caller(Some(TENANT), None, Default::default()).class,
    );
    let public = bench.selection(PRODUCT, anonymous.class);
    let (found, json) = bench.one(&public, id(100), &anonymous);
    assert!(found.is_found && found.version == 1);
    assert_eq!(
        json,
        "{\"id\":\"00000000-0000-0000-0000-000000000064\",\"name\":\"Lamp 100\",\"published\":true,\
         \"price\":{\"amount\":\"0.00\",\"currency\":\"EUR\"},\"note\":\"light \\\"bright\\\"\",\"stock\":0,\
         \"version\":1,\"created_at\":\"1970-01-01T00:00:00Z\",\"updated_at\":\"1970-01-01T00:00:00Z\"}"
    );
    assert!(!bench.one(&public, id(101), &anonymous).0.is_found, "not published");
    assert!(!bench.one(&public, id(200), &anonymous).0.is_found, "another tenant's");
    assert!(!bench.one(&public, id(999), &anonymous).0.is_found, "nobody's");
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    let (found, json) = bench.one(&all, id(101), &seller);
    assert!(found.is_found && json.contains("\"cost\":{\"amount\":\"0.50\""), "{json}");
}

fn a_list_is_filtered_sorted_and_paged_both_ways(on: On) {
    use Direction::{Ascending, Descending};
    let bench = stocked(on);
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    let read = |list: ReadList| bench.read(&Read::List(list));
    for (query_key, (keys, expected)) in (40..).zip([
        (vec![("id", Ascending)], [100, 101, 102, 103, 104]),
        (vec![("id", Descending)], [104, 103, 102, 101, 100]),
        (vec![("price", Ascending), ("id", Ascending)], [100, 101, 102, 103, 104]),
        (vec![("price", Descending), ("id", Ascending)], [104, 102, 103, 100, 101]),
        (vec![("note", Ascending), ("id", Descending)], [103, 104, 102, 101, 100]),
        (vec![("note", Descending), ("id", Descending)], [104, 102, 101, 100, 103]),
    ]) {
        let keys = sort(&bench, &keys);
        let mut walked = Vec::new();
        let mut cursor = None;
        let mut firsts = Vec::new();
        for _ in 0..3 {
            let page = ReadList {
                query_key,
                cursor: cursor.clone(),
                ..list(&all, &seller, keys.clone(), 2)
            };
            let (answer, json) = read(page);
            walked.extend(ids(&json));
            firsts.push(answer.first.clone());
            assert_eq!(answer.has_more, walked.len() < 5);
            cursor = answer.last;
        }
        assert_eq!(walked, expected, "forward by {keys:?}");
        let backward = ReadList {
            query_key,
            cursor: firsts[2].clone(),
            is_backward: true,
            ..list(&all, &seller, keys.clone(), 3)
        };
        let (answer, json) = read(backward);
        assert_eq!(ids(&json), expected[1..4], "backward by {keys:?}");
        assert!(answer.has_more);
        assert_ne!(answer.first, answer.last);
    }
}

fn every_operator_finds_what_it_says(on: On) {
    use FilterOperator::{Eq, Gt, Gte, In, Lt, Lte, Ne, Null, Prefix};
    let bench = stocked(on);
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    let list_of = |items: Vec<Value>| Value::List(items);
    for (query_key, (path, operator, value, expected)) in (10..).zip([
        ("stock", Eq, Value::Int(2), vec![102]),
        ("stock", Ne, Value::Int(2), vec![100, 101, 103, 104]),
        ("stock", Lt, Value::Int(1), vec![100]),
        ("stock", Lte, Value::Int(1), vec![100, 101]),
        ("stock", Gt, Value::Int(3), vec![104]),
        ("stock", Gte, Value::Int(3), vec![103, 104]),
        ("stock", In, list_of(vec![Value::Int(1), Value::Int(4), Value::Int(9)]), vec![101, 104]),
        ("published", Eq, Value::Bool(false), vec![101, 103]),
        ("name", Prefix, text("Lamp 10"), vec![100, 101, 102, 103, 104]),
        ("name", Prefix, text("Lamp 104"), vec![104]),
        ("note", Null, Value::Bool(true), vec![103]),
        ("note", Null, Value::Bool(false), vec![100, 101, 102, 104]),
        ("note", Ne, text("light \"bright\""), vec![103]),
        ("id", In, list_of(vec![Value::Uuid(id(101)), Value::Uuid(id(200))]), vec![101]),
    ]) {
        let filters = vec![Filter {
            column: bench.column(PRODUCT, path),
            operator,
            value,
            is_guarded: false,
        }];
        let keys = sort(&bench, &[("id", Direction::Ascending)]);
        let read =
            ReadList { filters, query_key, count_max: Some(3), ..list(&all, &seller, keys, 20) };
        let (answer, json) = bench.read(&Read::List(read));
        assert_eq!(ids(&json), expected, "{path} {operator:?}");
        assert_eq!(answer.total, Some(expected.len().min(4) as u64), "{path} {operator:?}");
    }
}

fn an_encrypted_field_is_found_by_its_value_and_is_nowhere_in_the_files(on: On) {
    let mut bench = stocked(on);
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(USER, seller.class);
    let column = bench.column(USER, "email");
    for (query_key, (value, expected)) in
        (20..).zip([("ada@example.org", vec![1]), ("eve@example.org", vec![])])
    {
        let value = text(value);
        let filters =
            vec![Filter { column, operator: FilterOperator::Eq, value, is_guarded: false }];
        let keys =
            vec![SortKey { column: bench.column(USER, "id"), direction: Direction::Ascending }];
        let read = ReadList { filters, query_key, ..list(&all, &seller, keys, 20) };
        let (_, json) = bench.read(&Read::List(read));
        assert_eq!(ids(&json), expected);
    }
    let (_, json) = bench.one(&all, id(1), &seller);
    assert!(json.contains("\"email\":\"ada@example.org\""), "{json}");
    let write = Script::deciding(Some(TENANT), Vec::new(), |_, _| Outcome {
        remember: Some(remembered(b"key", 409, "ada@example.org is taken", 9_000_000)),
        ..outcome(&plan(), Vec::new(), &[])
    });
    bench.write(write).unwrap();
    assert_canary(&bench);
    bench.open().unwrap();
    assert_canary(&bench);
    let rows = bench.load(None, &[Need::Remembered(b"key".to_vec())]);
    let kept = rows.remembered[b"key".as_slice()].as_ref().unwrap();
    assert_eq!(kept.answer, answer(409, "ada@example.org is taken"));
}

fn assert_canary(bench: &Bench) {
    let found = bench.stored().windows(11).any(|it| it == b"ada@example");
    assert!(!found, "what is encrypted is stored as plain text");
}

fn a_taken_value_and_a_missing_row_are_conflicts_that_leave_nothing(on: On) {
    let bench = stocked(on);
    let other = bench.row(USER, id(2), Some(TENANT), &[("email", text("ada@example.org"))]);
    let product = bench.row(PRODUCT, id(105), Some(TENANT), &[("name", text("Lamp"))]);
    let changes = vec![Change::Insert { entity: USER, row: other }];
    let written = bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
    let index = bench.plan[USER].indexes.iter().position(|it| it.unique.is_some()).unwrap();
    let expected = Conflict::Unique { change: 0, entity: USER, index };
    assert_eq!(String::from_utf8(written.answer.body).unwrap(), format!("{expected:?}"));
    assert_eq!(written.position, None);
    // The same address in another shop is another person's.
    let there = bench.row(USER, id(2), Some(OTHER_TENANT), &[("email", text("ada@example.org"))]);
    assert!(bench.put(Some(OTHER_TENANT), USER, there).position.is_some());
    let lost = bench.row(
        ORDER,
        id(300),
        Some(TENANT),
        &[("number", text("1")), ("customer", Value::Uuid(id(77))), ("ship_to.city", text("Ulm"))],
    );
    let changes = vec![Change::Insert { entity: ORDER, row: lost }];
    let written = bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
    assert_eq!(written.answer.status, 409);
    // A column that must have a value is a fault: the engine should have refused it.
    let changes = vec![Change::Insert { entity: PRODUCT, row: product }];
    let fault = bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap_err();
    let what = fault.what.to_lowercase().replace('-', " ");
    assert!(what.contains("not null"), "{fault}");
    let rows = bench.load(Some(TENANT), &[Need::Row(ORDER, id(300)), Need::Row(PRODUCT, id(105))]);
    assert!(rows.rows.values().all(Option::is_none));
}

fn a_panic_fails_its_own_write_and_no_other(on: On) {
    let bench = stocked(on);
    let plan = Arc::clone(&bench.plan);
    let writes = (0..20_u128).map(|number| {
        let row = bench.row(
            SHOP,
            id(1_000 + number),
            None,
            &[("domain", text(&format!("{number}.example")))],
        );
        let plan = Arc::clone(&plan);
        let script = Script::deciding(None, Vec::new(), move |_, _| {
            assert!(number != 7, "seven");
            outcome(&plan, vec![Change::Insert { entity: SHOP, row: Arc::clone(&row) }], &[])
        });
        bench.store().write(Box::new(script))
    });
    let writes: Vec<_> = writes.collect();
    for (number, write) in writes.into_iter().enumerate() {
        let result = bench.runtime.block_on(write);
        assert_eq!(result.is_ok(), number != 7, "{number}: {result:?}");
    }
    assert_verified(&bench);
}

fn an_aggregate_is_shown_with_its_parts_and_references(on: On) {
    let bench = stocked(on);
    put_order(&bench, 300, &[(400, 100), (401, 101)]);
    put_order(&bench, 301, &[]);
    let user = caller(Some(TENANT), Some(id(1)), Default::default());
    let plain = crate::support::selection(&bench.plan, ORDER, user.class, &[]);
    let (_, json) = bench.one(&plain, id(300), &user);
    let row: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(row["customer"], id(1).to_string());
    assert_eq!(row["ship_to"], serde_json::json!({"city": "Ulm", "line2": null}));
    assert_eq!(row["lines"].as_array().unwrap().len(), 2);
    assert_eq!(row["lines"][1]["product"], id(101).to_string());
    let expanded = crate::support::selection(&bench.plan, ORDER, user.class, &["customer"]);
    let keys =
        vec![SortKey { column: bench.column(ORDER, "id"), direction: Direction::Descending }];
    for is_backward in [false, true] {
        let read = ReadList { is_backward, ..list(&expanded, &user, keys.clone(), 10) };
        let (_, json) = bench.read(&Read::List(read));
        let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(ids(&json), [301, 300], "{json}");
        assert_eq!(rows[0]["lines"], serde_json::json!([]));
        assert_eq!(rows[1]["lines"][0]["quantity"], 3);
        assert_eq!(rows[1]["customer"]["email"], "ada@example.org");
    }
    let stranger = caller(Some(TENANT), Some(id(9)), Default::default());
    let plain = crate::support::selection(&bench.plan, ORDER, stranger.class, &[]);
    assert!(!bench.one(&plain, id(300), &stranger).0.is_found);
    assert_verified(&bench);
}

pub(crate) fn put_order(bench: &Bench, number: u128, lines: &[(u128, u128)]) {
    let order = bench.row(
        ORDER,
        id(number),
        Some(TENANT),
        &[
            ("number", text(&number.to_string())),
            ("customer", Value::Uuid(id(1))),
            ("ship_to.city", text("Ulm")),
        ],
    );
    let mut changes = vec![Change::Insert { entity: ORDER, row: order }];
    for (position, (line, product)) in (0_i64..).zip(lines) {
        let parent = bench.plan[LINE].parent.unwrap().0;
        let place = bench.plan[LINE].position.unwrap();
        let path = |column: architrave_plan::ColumnId| {
            bench.plan[LINE].columns[usize::from(column.0)].path.clone()
        };
        let row = bench.row(
            LINE,
            id(*line),
            Some(TENANT),
            &[
                (&path(parent), Value::Uuid(id(number))),
                (&path(place), Value::Int(position)),
                ("product", Value::Uuid(id(*product))),
                ("quantity", Value::Int(3)),
            ],
        );
        changes.push(Change::Insert { entity: LINE, row });
    }
    bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
}

fn assert_verified(bench: &Bench) {
    let verified = bench.verify();
    assert_eq!(verified.differences, Vec::<String>::new());
    assert!(verified.events > 0);
}

fn rows_change_and_go_and_the_journal_replays_to_the_same(on: On) {
    let bench = stocked(on);
    let needs = vec![Need::Row(PRODUCT, id(100)), Need::Row(USER, id(1))];
    let plan = Arc::clone(&bench.plan);
    let (stock, version) = (bench.column(PRODUCT, "stock"), plan[PRODUCT].version.unwrap());
    let device = bench.column(USER, "device");
    let script = Script::deciding(Some(TENANT), needs, move |rows, _| {
        let before = rows.rows[&(PRODUCT, id(100))].clone().unwrap();
        let mut after = before.to_vec();
        after[usize::from(stock.0)] = Value::Int(42);
        after[usize::from(version.0)] = Value::Int(2);
        let user = rows.rows[&(USER, id(1))].clone().unwrap();
        let mut changed = user.to_vec();
        changed[usize::from(device.0)] = text("phone");
        changed[usize::from(plan[USER].version.unwrap().0)] = Value::Int(2);
        outcome(
            &plan,
            vec![
                Change::Update { entity: PRODUCT, before, after: Arc::new(after) },
                Change::Update { entity: USER, before: user, after: Arc::new(changed) },
            ],
            &[],
        )
    });
    bench.write(script).unwrap();
    let rows =
        bench.load(Some(TENANT), &[Need::Row(PRODUCT, id(100)), Need::Row(PRODUCT, id(104))]);
    let row = rows.rows[&(PRODUCT, id(100))].clone().unwrap();
    assert_eq!(row[usize::from(stock.0)], Value::Int(42));
    let gone = rows.rows[&(PRODUCT, id(104))].clone().unwrap();
    let changes = vec![Change::Delete { entity: PRODUCT, row: gone }];
    bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
    let rows = bench.load(Some(TENANT), &[Need::DeletedRow(PRODUCT, id(104))]);
    assert_eq!(rows.rows[&(PRODUCT, id(104))], None);
    // The same deletion again: the row is not as it was loaded.
    let changes = vec![Change::Delete { entity: PRODUCT, row: Arc::clone(&row) }];
    bench.write(Script::new(&bench.plan, Some(OTHER_TENANT), changes)).unwrap_err();
    assert_verified(&bench);
}

fn search_finds_heavier_words_first_then_the_newest_and_only_the_tenants(on: On) {
    let bench = stocked(on);
    let put = |number, name: &str, note: &str| {
        let row = bench.row(
            PRODUCT,
            id(number),
            Some(TENANT),
            &[
                ("name", text(name)),
                ("published", Value::Bool(true)),
                ("price", Value::Money(1)),
                ("cost", Value::Money(1)),
                ("note", text(note)),
                ("stock", Value::Int(0)),
            ],
        );
        bench.put(Some(TENANT), PRODUCT, row);
    };
    put(110, "Chair", "goes with a lamp of crème");
    put(111, "Crème brûlée", "a dessert");
    put(112, "Chair", "nothing");
    put(113, "Table", "creme lampshade");
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    let search = |words: &[(&str, bool)]| ReadList {
        search: Some(
            words.iter().map(|(word, is_prefix)| ((*word).to_owned(), *is_prefix)).collect(),
        ),
        count_max: Some(100),
        ..list(&all, &seller, Vec::new(), 2)
    };
    for (words, expected) in [
        (vec![("creme", false)], vec![111, 113, 110]),
        (vec![("lamp", false)], vec![104, 103, 102, 101, 100, 110]),
        (vec![("lamp", true)], vec![104, 103, 102, 101, 100, 113, 110]),
        (vec![("lamp", true), ("creme", false)], vec![113, 110]),
        (vec![("chair", false), ("lamp", false)], vec![110]),
        (vec![("200", false)], vec![]),
    ] {
        let (mut walked, mut cursor, mut last_page) = (Vec::new(), None, None);
        for _ in 0..5 {
            let read = ReadList { cursor: cursor.clone(), ..search(&words) };
            let (answer, json) = bench.read(&Read::List(read));
            assert_eq!(answer.total, Some(expected.len() as u64), "{words:?}");
            walked.extend(ids(&json));
            last_page = answer.first.clone();
            cursor = answer.last;
            if !answer.has_more {
                break;
            }
        }
        assert_eq!(walked, expected, "{words:?}");
        if expected.len() > 2 {
            let read = ReadList { cursor: last_page, is_backward: true, ..search(&words) };
            let (_, json) = bench.read(&Read::List(read));
            let end = (expected.len() - 1) / 2 * 2;
            assert_eq!(ids(&json), expected[end - 2..end], "backward {words:?}");
        }
    }
}

fn the_journal_is_read_forward_within_the_tenant(on: On) {
    let bench = stocked(on);
    let status = bench.store().status();
    let epoch = status.position.unwrap().epoch;
    let read = |tenant, after, count_max| {
        let read = EventsRead {
            tenant: Some(tenant),
            entities: vec![SHOP, USER, PRODUCT],
            after,
            count_max,
        };
        bench.runtime.block_on(bench.store().events(&read).wait()).unwrap()
    };
    let mut after = Position { epoch, seq: 0, idx: 0 };
    let mut seen = Vec::new();
    loop {
        let page = read(TENANT, after, 3);
        assert!(!page.must_refetch);
        seen.extend(page.events.iter().map(|it| (it.event.id.as_u128(), it.event.event.clone())));
        after = page.end.unwrap();
        if page.is_complete {
            break;
        }
    }
    let expected: Vec<u128> = vec![TENANT.as_u128(), 1, 100, 101, 102, 103, 104];
    assert_eq!(seen.iter().map(|(id, _)| *id).collect::<Vec<_>>(), expected);
    assert_eq!(read(OTHER_TENANT, Position { epoch, seq: 0, idx: 0 }, 100).events.len(), 2);
    let page = read(TENANT, Position { epoch, seq: 0, idx: 0 }, 2);
    assert_eq!(
        page.events[1].event.row[usize::from(bench.column(USER, "email").0)],
        text("ada@example.org")
    );
    assert_eq!(page.events[1].event.own.as_deref(), Some(crate::support::OWN));
    for after in
        [Position { epoch: epoch ^ 1, seq: 1, idx: 0 }, Position { epoch, seq: 9_999, idx: 0 }]
    {
        assert!(read(TENANT, after, 10).must_refetch, "{after:?}");
    }
}

fn numbers_are_drawn_without_gaps_and_given_back_by_refusals(on: On) {
    let bench = stocked(on);
    let column = bench.column(ORDER, "number");
    let draw = |tenant, count, is_refused: bool| {
        let need = Need::Sequence { entity: ORDER, column, period: "2026".to_owned(), count };
        let plan = Arc::clone(&bench.plan);
        let script = Script::deciding(Some(tenant), vec![need], move |rows, _| {
            let drawn = rows.sequences.values().next().unwrap().clone();
            let changes = if is_refused {
                Vec::new()
            } else {
                let shop = crate::support::row(
                    &plan,
                    SHOP,
                    Uuid::from_u128(drawn[0].unsigned_abs().into()),
                    None,
                    &[("domain", text(&format!("{tenant}{drawn:?}")))],
                );
                vec![Change::Insert { entity: SHOP, row: shop }]
            };
            Outcome { answer: answer(200, &format!("{drawn:?}")), ..outcome(&plan, changes, &[]) }
        });
        String::from_utf8(bench.write(script).unwrap().answer.body).unwrap()
    };
    assert_eq!(draw(TENANT, 2, false), "[1, 2]");
    assert_eq!(draw(TENANT, 3, true), "[3, 4, 5]");
    assert_eq!(draw(TENANT, 2, false), "[3, 4]");
    assert_eq!(draw(OTHER_TENANT, 1, true), "[1]");
}

fn a_field_with_a_rule_of_its_own_is_absent_where_the_rule_does_not_hold(on: On) {
    let text_of = "system Notes { edition = \"2026\" }\ncontext main {\n  entity Note {\n    title = string(9)\n    \
                   secret = optional(string(9))\n    is_open = bool\n    index { on = [secret] }\n    access {\n      \
                   read = true\n      field secret { read = this.is_open }\n    }\n  }\n}\n";
    let file = architrave_model::SourceFile { name: "b".to_owned(), text: text_of.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    assert!(
        findings.iter().all(|it| it.severity != architrave_model::Severity::Error),
        "{findings:?}"
    );
    let bench = Bench::on(on, crate::support::shop::plan_of(system));
    let note = architrave_model::EntityId(0);
    for (number, is_open) in [(1, true), (2, false), (3, true)] {
        let values =
            [("title", text("t")), ("secret", text("s")), ("is_open", Value::Bool(is_open))];
        bench.put(None, note, bench.row(note, id(number), None, &values));
    }
    let anyone = caller(None, None, Default::default());
    let all = bench.selection(note, anyone.class);
    let (_, json) = bench.one(&all, id(1), &anyone);
    assert!(json.contains("\"title\":\"t\",\"secret\":\"s\",\"is_open\":true"), "{json}");
    let (_, json) = bench.one(&all, id(2), &anyone);
    assert!(json.contains("\"title\":\"t\",\"is_open\":false"), "{json}");
    let keys = vec![SortKey { column: bench.column(note, "id"), direction: Direction::Ascending }];
    let filter = |is_guarded| Filter {
        column: bench.column(note, "secret"),
        operator: FilterOperator::Eq,
        value: text("s"),
        is_guarded,
    };
    let read = ReadList { filters: vec![filter(true)], ..list(&all, &anyone, keys, 9) };
    assert_eq!(
        ids(&bench.read(&Read::List(read)).1),
        [1, 3],
        "a filter tells no more than the row does"
    );
}

fn a_softly_deleted_row_is_hidden_restorable_and_purged_when_its_time_is_over(on: On) {
    let bench = stocked(on);
    let key = (PRODUCT, id(102));
    let (deleted_at, version) =
        (bench.plan[PRODUCT].deleted_at.unwrap(), bench.plan[PRODUCT].version.unwrap());
    let plan = Arc::clone(&bench.plan);
    let hide = Script::deciding(Some(TENANT), vec![Need::Row(key.0, key.1)], move |rows, _| {
        let before = rows.rows[&key].clone().unwrap();
        let mut after = before.to_vec();
        after[usize::from(deleted_at.0)] = Value::Timestamp(1_000);
        after[usize::from(version.0)] = Value::Int(2);
        let change = Change::Update { entity: PRODUCT, before, after: Arc::new(after) };
        outcome(&plan, vec![change], &[])
    });
    bench.write(hide).unwrap();
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    assert!(!bench.one(&all, key.1, &seller).0.is_found);
    let lamps = ReadList {
        search: Some(vec![("102".to_owned(), false)]),
        ..list(&all, &seller, Vec::new(), 9)
    };
    assert_eq!(bench.read(&Read::List(lamps)).1, "[]");
    assert_eq!(bench.load(Some(TENANT), &[Need::Row(key.0, key.1)]).rows[&key], None);
    let found = bench.load(Some(TENANT), &[Need::DeletedRow(key.0, key.1)]).rows[&key].clone();
    let keep_us = bench.plan[PRODUCT].keep_deleted_us.unwrap();
    let purgeable = |now_us| {
        let after = (i64::MIN, Uuid::nil());
        bench.runtime.block_on(bench.store().purgeable(PRODUCT, now_us, after, 10).wait()).unwrap()
    };
    let due = Purgeable { deleted_at_us: 1_000, id: key.1, tenant: Some(TENANT) };
    assert_eq!(purgeable(1_000 + keep_us - 1), []);
    assert_eq!(purgeable(1_000 + keep_us), [due]);
    let behind = bench.store().purgeable(PRODUCT, i64::MAX, (1_000, key.1), 10).wait();
    assert_eq!(bench.runtime.block_on(behind).unwrap(), []);
    assert_verified(&bench);
    let changes = vec![Change::Delete { entity: PRODUCT, row: found.unwrap() }];
    bench.write(Script::new(&bench.plan, Some(TENANT), changes)).unwrap();
    assert_eq!(purgeable(i64::MAX), []);
}
