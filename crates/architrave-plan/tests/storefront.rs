//! The plan of the storefront, and what becomes of its names when the blueprint changes.
//!
//! After a change that is meant, run with `UPDATE_GOLDEN=1` and read the difference.

use std::{env, fs, path::PathBuf};

use architrave_model::{FileId, Severity, SourceFile, System};
use architrave_plan::{Derived, Lock, derive, to_json};

const BLUEPRINT: &str = include_str!("../../../examples/storefront/blueprint.hcl");

fn read(text: &str) -> System {
    let file = SourceFile { name: "blueprint.hcl".to_owned(), text: text.to_owned() };
    let (system, findings) = architrave_blueprint::read(&[file]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    system
}

fn planned(text: &str, lock: &str) -> Derived {
    let (lock, findings) = Lock::parse(FileId(1), lock);
    assert_eq!(findings, []);
    derive(read(text), &lock)
}

/// Compares with a file of the example, or writes it.
fn check_golden(name: &str, actual: &str) {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/storefront").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        let written = path
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, actual));
        assert!(written.is_ok(), "{written:?}");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} is not what is derived; UPDATE_GOLDEN=1 rewrites it",
        path.display()
    );
}

#[test]
fn the_plan_and_the_lock_are_as_recorded() {
    let first = planned(BLUEPRINT, "");
    check_golden("architrave.lock", &first.lock.render());
    check_golden("expected/plan.json", &to_json(&first.plan));
    let again = planned(BLUEPRINT, &first.lock.render());
    assert_eq!(to_json(&again.plan), to_json(&first.plan));
}

#[test]
fn what_does_not_run_yet_is_part_of_the_plan_too() {
    let before = planned(BLUEPRINT, "").plan.hash;
    for (declared, changed) in [
        ("deadline = \"30m\"", "deadline = \"45m\""),
        ("every    = \"1h\"", "every    = \"2h\""),
        ("attempts = 12", "attempts = 11"),
        ("timeout         = \"4s\"", "timeout         = \"5s\""),
        ("${event.number} is paid", "${event.number} was paid"),
        ("availability = \"99.9%\"", "availability = \"99.8%\""),
    ] {
        assert!(BLUEPRINT.contains(declared), "{declared}");
        let after = planned(&BLUEPRINT.replace(declared, changed), "").plan.hash;
        assert_ne!(after, before, "{declared}");
    }
}

#[test]
fn a_comment_changes_nothing() {
    let commented = BLUEPRINT.replace("  entity Category {", "  # Shelves.\n  entity Category {");
    assert_ne!(commented, BLUEPRINT);
    assert_eq!(planned(&commented, "").plan.hash, planned(BLUEPRINT, "").plan.hash);
    let changed = BLUEPRINT.replace("stock >= input.quantity", "stock > input.quantity");
    assert_ne!(planned(&changed, "").plan.hash, planned(BLUEPRINT, "").plan.hash);
}

#[test]
fn a_moved_field_keeps_its_column() {
    let (_, moved) = BLUEPRINT.split_once("moved {").unwrap();
    let before = BLUEPRINT
        .replace(&format!("moved {{{moved}"), "")
        .replace("shipping_fee", "shipping_price");
    let lock = planned(&before, "").lock.render();
    assert!(lock.contains("sales.Order column shipping_price = shipping_price\n"), "{lock}");
    let after = planned(BLUEPRINT, &lock);
    assert_eq!(after.notes, []);
    let lock = after.lock.render();
    assert!(lock.contains("sales.Order column shipping_fee = shipping_price\n"), "{lock}");
    assert!(!lock.contains("retired"), "{lock}");
    assert_eq!(planned(BLUEPRINT, &lock).lock.render(), lock);
    let fresh = planned(BLUEPRINT, "");
    let codes: Vec<_> = fresh.notes.iter().map(|it| (it.code.0, it.severity)).collect();
    assert_eq!(codes, [("AR0610", Severity::Note)], "nothing was called so here");
}

#[test]
fn what_is_added_and_removed_leaves_other_names_alone() {
    let lock = planned(BLUEPRINT, "").lock.render();
    let grown = BLUEPRINT.replace(
        "    sku         = string",
        "    order       = int(default(0))\n    sku         = string",
    );
    let after = planned(&grown, &lock).lock.render();
    let added: Vec<&str> = after.lines().filter(|it| !lock.contains(it)).collect();
    assert_eq!(added, ["catalog.Product column order = order_"]);
    let back = planned(BLUEPRINT, &after).lock.render();
    assert!(back.contains("catalog.Product column order = order_ retired\n"), "{back}");
}
