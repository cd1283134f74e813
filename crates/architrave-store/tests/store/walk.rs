//! A walk over pages of rows that change meanwhile.

use std::collections::BTreeSet;

use crate::support::{
    Bench, On, Script, TENANT, caller, ids, list, merchant,
    shop::{PRODUCT, SHOP, plan},
    text,
};
use architrave_engine::ports::{Change, Need, Read, ReadList};
use architrave_model::Value;
use architrave_plan::{Direction, SortKey};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

on_both_stores!(a_walk_over_changing_rows_sees_each_unchanged_row_once);

fn product(bench: &Bench, number: u128, price: i64) -> architrave_engine::Row {
    let values = [
        ("name", text("Lamp")),
        ("published", Value::Bool(true)),
        ("price", Value::Money(price)),
        ("cost", Value::Money(1)),
        ("note", if price % 3 == 0 { Value::Null } else { text(&format!("{}", price % 5)) }),
        ("stock", Value::Int(0)),
    ];
    bench.row(PRODUCT, Uuid::from_u128(number), Some(TENANT), &values)
}

/// What happens between two pages: a row comes, or one goes.
#[derive(Debug, Clone)]
enum Between {
    Insert(u16, i64),
    Delete(u8),
}

fn between() -> impl Strategy<Value = Between> {
    prop_oneof![
        (1_000_u16..2_000, 0_i64..40).prop_map(|(number, price)| Between::Insert(number, price)),
        (0_u8..30).prop_map(Between::Delete),
    ]
}

type Case = (Vec<Between>, u32, (bool, bool, bool));

fn a_walk_over_changing_rows_sees_each_unchanged_row_once(on: On) {
    // Every case has a database of its own, which takes PostgreSQL a while.
    let cases = if on == On::Sqlite { 24 } else { 6 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let case = (vec(between(), 0..40), 1_u32..7, any::<(bool, bool, bool)>());
    TestRunner::new(config).run(&case, |case| walked(on, case)).unwrap();
}

fn walked(on: On, (changes, limit, how): Case) -> Result<(), TestCaseError> {
    let (by_note, is_descending, has_words) = how;
    let bench = Bench::on(on, plan());
    let row = bench.row(SHOP, TENANT, None, &[("domain", text("a.example"))]);
    bench.put(None, SHOP, row);
    for number in 0..30_u8 {
        let price = i64::from(number) * 7 % 20;
        bench.put(Some(TENANT), PRODUCT, product(&bench, 100 + u128::from(number), price));
    }
    let seller = caller(Some(TENANT), None, merchant());
    let all = bench.selection(PRODUCT, seller.class);
    let direction = if is_descending { Direction::Descending } else { Direction::Ascending };
    let first = bench.column(PRODUCT, if by_note { "note" } else { "price" });
    let sort = vec![
        SortKey { column: first, direction },
        SortKey { column: bench.column(PRODUCT, "id"), direction: Direction::Ascending },
    ];
    let mut seen: Vec<u128> = Vec::new();
    let (mut cursor, mut changed) = (None, BTreeSet::new());
    let mut changes = changes.into_iter();
    loop {
        let read = ReadList {
            cursor: cursor.clone(),
            search: has_words.then(|| vec![("lamp".to_owned(), false)]),
            ..list(&all, &seller, if has_words { Vec::new() } else { sort.clone() }, limit)
        };
        let (answer, json) = bench.read(&Read::List(read));
        seen.extend(ids(&json));
        cursor = answer.last;
        if !answer.has_more {
            break;
        }
        for change in changes.by_ref().take(2) {
            apply(&bench, change, &mut changed);
        }
    }
    for number in (100..130).filter(|it| !changed.contains(it)) {
        let times = seen.iter().filter(|it| **it == number).count();
        prop_assert_eq!(times, 1, "{} in {:?}", number, seen);
    }
    let differences = bench.verify().differences;
    prop_assert!(differences.is_empty(), "{:?}", differences);
    Ok(())
}

fn apply(bench: &Bench, change: Between, changed: &mut BTreeSet<u128>) {
    let number = match change {
        Between::Insert(number, _) => u128::from(number),
        Between::Delete(number) => 100 + u128::from(number),
    };
    let key = (PRODUCT, Uuid::from_u128(number));
    let found = bench.load(Some(TENANT), &[Need::Row(key.0, key.1)]).rows[&key].clone();
    changed.insert(number);
    let change = match (change, found) {
        (Between::Insert(_, price), None) => {
            Change::Insert { entity: PRODUCT, row: product(bench, number, price) }
        }
        (Between::Delete(_), Some(row)) => Change::Delete { entity: PRODUCT, row },
        _ => return,
    };
    bench.write(Script::new(&bench.plan, Some(TENANT), vec![change])).unwrap();
}
