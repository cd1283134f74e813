//! What the lock promises: names stay, whatever happens around them.

use architrave_model::FileId;

use proptest::prelude::*;

use super::{Lock, LockKind, Names};

fn parse(text: &str) -> Lock {
    let (lock, findings) = Lock::parse(FileId(0), text);
    assert_eq!(findings, [], "{text}");
    lock
}

const SMALL: &str = "version = 1

catalog.Product table = catalog_product
catalog.Product path = products
catalog.Product column old = old retired
catalog.Product column price = price
catalog.Product column ship_to.city = ship_to_city
catalog.Product lookup price = price_lookup
catalog.Product index [price,-created_at|living] = catalog_product_price_created_at_idx
";

#[test]
fn what_is_written_is_read_again() {
    let lock = parse(SMALL);
    let text = lock.render();
    assert!(text.ends_with(SMALL.split_once("version = 1").unwrap().1), "{text}");
    assert_eq!(parse(&text), lock);
}

#[test]
fn broken_lines_are_reported_and_nothing_panics() {
    let check = |line: &str, code: &str| {
        let (_, findings) = Lock::parse(FileId(0), &format!("version = 1\n{line}\n"));
        let codes: Vec<&str> = findings.iter().map(|it| it.code.0).collect();
        assert_eq!(codes, [code], "{line}");
        assert_eq!(findings[0].span().start, 12);
    };
    check("<<<<<<< HEAD", "AR0620");
    check("catalog.Product table", "AR0620");
    check("catalog.Product tabel = x", "AR0620");
    check("catalog.Product table x = x", "AR0620");
    check("catalog.Product column = x", "AR0620");
    check(" = ", "AR0620");
    check("catalog.Product table = Drop", "AR0622");
    check("catalog.Product table = order", "AR0622");
    check("catalog.Product table = x;--", "AR0622");
    check("catalog.Product path = a/b", "AR0622");
    check("version = 2", "AR0621");
    let (_, findings) = Lock::parse(FileId(0), "a.A table = x\n");
    assert_eq!(findings[0].code.0, "AR0621");
    let twice = "version = 1\na.A table = x\na.B table = x\na.A table = y\n";
    assert_eq!(Lock::parse(FileId(0), twice).1.len(), 2);
}

#[test]
fn an_empty_lock_is_fine() {
    for text in ["", "\n", "# nothing\n", "version = 1\n"] {
        assert!(parse(text).is_empty());
    }
}

#[test]
fn names_are_new_safe_and_unique() {
    let mut names = Names::new(Lock::default());
    let mut column =
        |place: &str, wanted: &str| names.column("a.A", LockKind::Column, place, wanted);
    assert_eq!(column("price", "price"), "price");
    assert_eq!(column("order", "order"), "order_");
    assert_eq!(column("id", "id"), "id_2");
    assert_eq!(column("a_b", "a_b"), "a_b");
    assert_eq!(column("a.b", "a_b"), "a_b_2");
    let long = column("long", &"x".repeat(80));
    let longer = column("longer", &"x".repeat(81));
    assert_eq!((long.len(), longer.len()), (63, 63));
    assert_ne!(long, longer);
    assert_eq!(column("price", "cost"), "price");
    assert_eq!(names.relation("a.A", LockKind::Table, "", "pg_class"), "app_pg_class");
}

#[test]
fn what_is_gone_keeps_its_name() {
    let mut names = Names::new(parse(SMALL));
    names.column("catalog.Product", LockKind::Column, "price", "price");
    assert_eq!(names.column("catalog.Product", LockKind::Column, "older", "old"), "old_2");
    let text = names.finish().render();
    assert!(text.contains("column ship_to.city = ship_to_city retired\n"), "{text}");
    assert!(text.contains("column price = price\n"), "{text}");
    let mut names = Names::new(parse(&text));
    names.column("catalog.Product", LockKind::Column, "ship_to.city", "other");
    assert!(names.finish().render().contains("column ship_to.city = ship_to_city\n"));
}

#[test]
fn a_rename_takes_names_along_once() {
    let mut lock = parse(SMALL);
    assert!(lock.move_field("catalog.Product.price", "catalog.Product", "cost"));
    assert!(lock.move_entity("catalog.Product", "shop.Item"));
    let text = lock.render();
    for line in [
        "shop.Item table = catalog_product\n",
        "shop.Item path = products\n",
        "shop.Item column cost = price\n",
        "shop.Item lookup cost = price_lookup\n",
        "shop.Item index [cost,-created_at|living] = catalog_product_price_created_at_idx\n",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let mut again = parse(&text);
    assert!(again.move_entity("catalog.Product", "shop.Item"), "done before: nothing to say");
    assert_eq!(again.render(), text);
    assert!(again.move_field("catalog.Product.price", "shop.Item", "cost"), "done before");
    assert_eq!(again.render(), text);
    assert!(!again.move_field("shop.Item.nothing", "shop.Item", "price"));
}

#[test]
fn a_rename_that_is_said_later_still_finds_the_names() {
    // Somebody renamed first, and `check` or a refused start wrote that down.
    let mut names = Names::new(parse(SMALL));
    names.relation("shop.Item", LockKind::Table, "", "shop_item");
    names.column("shop.Item", LockKind::Column, "cost", "cost");
    let mut lock = names.finish();
    assert!(lock.move_entity("catalog.Product", "shop.Item"));
    assert!(lock.move_field("catalog.Product.price", "shop.Item", "cost"));
    let text = lock.render();
    for line in [
        "shop.Item table = catalog_product",
        "shop.Item column cost = price",
        "shop.Item lookup cost = price_lookup",
        "catalog.Product table = shop_item",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    let mut names = Names::new(lock);
    names.column("shop.Item", LockKind::Column, "fee", "fee");
    let mut lock = names.finish();
    assert!(lock.move_field("shop.Item.cost", "shop.Item", "fee"));
    assert!(lock.render().contains("shop.Item column fee = price"), "{}", lock.render());
    // A name that is still in use does not change places with anything.
    let mut lock = parse(SMALL);
    assert!(!lock.move_field("catalog.Product.price", "catalog.Product", "old"));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(version = 1\n)?([a-cA-C. =\\[\\]_-]|column|table|retired|\n|\\PC){0,80}") {
        let (lock, findings) = Lock::parse(FileId(3), &text);
        for finding in &findings {
            let span = finding.span();
            prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
        if findings.is_empty() {
            prop_assert_eq!(parse(&lock.render()), lock);
        }
    }

    #[test]
    fn whatever_is_wanted_the_names_can_be_read_back(wanted in prop::collection::vec("\\PC{0,70}", 1..8)) {
        let mut names = Names::new(Lock::default());
        for (place, wanted) in wanted.iter().enumerate() {
            names.column("a.A", LockKind::Column, &format!("f{place}"), wanted);
            names.relation("a.A", LockKind::Index, &format!("[f{place}]"), wanted);
        }
        let lock = names.finish();
        prop_assert_eq!(parse(&lock.render()), lock);
    }
}
