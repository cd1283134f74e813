//! `architrave decide` and `adr` as one meets them: what they say, what they write, how they end.
#![cfg(test)]

use std::{
    path::Path,
    process::{Command, Output},
};

const SHOP: &str = r#"system Shop {
  edition = "2026"
}

workload {
  peak = "20/s"
}

context sales {
  entity Order {
    total = money

    access { read = true }
  }
}
"#;

fn architrave(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_architrave"))
        .current_dir(folder)
        .args(arguments)
        .args(["--as-of", "2026-11-21"])
        .output()
        .unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, expected: &str) -> String {
    let output = architrave(folder, arguments);
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(expected), "{arguments:?}: {said}");
    said
}

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("shop.hcl"), SHOP).unwrap();
    folder
}

#[test]
fn a_decision_is_told_with_reasons() {
    let folder = shop();
    let folder = folder.path();
    let said =
        check(folder, &["decide", "shop.hcl", "--decision", "D-02"], 0, "D-02 primary_store");
    assert!(said.contains("SQLite") && said.contains("unless"), "{said}");
    check(
        folder,
        &["decide", "shop.hcl", "--decision", "primary_store", "--json"],
        0,
        "\"chosen\": \"sqlite\"",
    );
    check(folder, &["decide", "shop.hcl", "--decision", "D-99"], 3, "there is no decision D-99");
    check(folder, &["decide", "none.hcl"], 3, "none.hcl");
}

#[test]
fn records_go_from_proposed_to_accepted_and_the_lock_is_checked() {
    let folder = shop();
    let folder = folder.path();
    check(folder, &["decide", "shop.hcl", "--check"], 1, "D-01 topology: new");
    check(folder, &["adr", "list"], 3, "there is no folder");
    check(folder, &["decide", "shop.hcl", "--write"], 0, "wrote 20 files");
    check(folder, &["decide", "shop.hcl", "--check"], 0, "D-01 topology: holds");
    let list = check(folder, &["adr", "list"], 0, "Keep rows and journal in SQLite");
    assert_eq!(list.lines().count(), 20, "{list}");
    check(folder, &["adr", "accept", "2", "--by", "Ada Lovelace"], 0, "0002-primary-store.md");
    check(folder, &["adr", "list"], 0, "accepted by Ada Lovelace");
    check(folder, &["adr", "show", "2"], 0, "decision-makers: [Ada Lovelace]");
    check(folder, &["adr", "accept", "2", "--by", "Ada"], 2, "record 0002 is accepted already");
    check(folder, &["adr", "reject", "3", "--by", "Ada", "--because", "we have two"], 0, "0003");
    check(folder, &["adr", "show", "77"], 3, "there is no record 0077");
    // A promise that one machine cannot keep.
    let promised = format!(
        "{SHOP}\nslo answers {{\n  covers = [sales.Order.read]\n  availability = \"99.99%\"\n  window = \"30d\"\n}}\n"
    );
    std::fs::write(folder.join("shop.hcl"), promised).unwrap();
    let said = check(folder, &["decide", "shop.hcl", "--check"], 1, "changed, sqlite → postgresql");
    assert!(said.contains("because  the highest availability promised"), "{said}");
    check(folder, &["decide", "shop.hcl", "--write"], 0, "primary_store");
    check(folder, &["adr", "list"], 0, "Keep rows and journal in PostgreSQL with a standby");
    let lock = std::fs::read_to_string(folder.join("decisions.lock")).unwrap();
    assert!(
        lock.contains("[decision.\"D-02\"]") && lock.contains("chosen = \"postgresql\""),
        "{lock}"
    );
}

#[test]
fn tables_of_people_are_proven_before_they_are_used() {
    let folder = shop();
    let folder = folder.path();
    check(folder, &["decide", "shop.hcl", "--tables", "tables"], 3, "there is no table in tables");
    std::fs::create_dir(folder.join("tables")).unwrap();
    std::fs::write(folder.join("tables/mine.toml"), "id = 1\n").unwrap();
    check(folder, &["decide", "shop.hcl", "--tables", "tables"], 1, "mine.toml:1: ");
}

#[test]
fn a_damaged_lock_stops_everything() {
    let folder = shop();
    let folder = folder.path();
    std::fs::write(folder.join("decisions.lock"), "<<<<<<< HEAD\n").unwrap();
    check(folder, &["decide", "shop.hcl", "--write"], 3, "decisions.lock cannot be read");
    check(folder, &["decide", "shop.hcl", "--check"], 1, "decisions.lock cannot be read");
    assert!(!folder.join("docs").exists(), "nothing was written");
}

/// A decision is accepted, the needs change, the lock tells what changed because of what, and the new record takes the
/// place of the old one when a person accepts it.
#[test]
fn what_was_accepted_holds_until_a_person_accepts_what_follows() {
    let folder = shop();
    let folder = folder.path();
    check(folder, &["decide", "shop.hcl", "--write"], 0, "wrote 20 files");
    let said = check(folder, &["adr", "accept", "2", "--by", "Ada"], 0, "");
    assert_eq!(said, "0002-primary-store.md: accepted by Ada\n");
    check(folder, &["decide", "shop.hcl", "--write"], 0, "D-02 primary_store: holds");
    let promised = format!(
        "{SHOP}\nslo answers {{\n  covers = [sales.Order.read]\n  availability = \"99.99%\"\n  window = \"30d\"\n}}\n"
    );
    std::fs::write(folder.join("shop.hcl"), promised).unwrap();
    let said = check(folder, &["decide", "shop.hcl", "--check"], 1, "changed, sqlite → postgresql");
    assert!(said.contains("because  the highest availability promised"), "{said}");
    let said = check(folder, &["decide", "shop.hcl", "--write"], 0, "changed, sqlite → postgresql");
    assert!(said.contains("architrave adr accept 21 --by NAME"), "{said}");
    // Proposed is not accepted: the old record still holds.
    let list = check(folder, &["adr", "list"], 0, "");
    let of = |number: &str| list.lines().find(|it| it.starts_with(number)).unwrap().to_owned();
    assert!(of("0002").contains("accepted by Ada"), "{list}");
    let new = list.lines().find(|it| it.contains("D-02") && it.contains("proposed")).unwrap();
    let number = new.split(' ').next().unwrap().trim_start_matches('0').to_owned();
    let text = check(folder, &["adr", "show", &number], 0, "supersedes");
    assert!(text.contains("0002") && text.contains("99.99"), "{text}");
    // One that is only proposed takes the place of nothing.
    check(folder, &["adr", "supersede", "2", "--with", &number], 2, "is proposed, not accepted");
    check(
        folder,
        &["adr", "accept", &number, "--by", "Grace"],
        0,
        "0002-primary-store.md: superseded by 0021",
    );
    let list = check(folder, &["adr", "list"], 0, "accepted by Grace");
    let old = list.lines().find(|it| it.starts_with("0002")).unwrap();
    assert!(old.contains("superseded by"), "{list}");
    check(folder, &["decide", "shop.hcl", "--check"], 0, "D-02 primary_store: holds");
    // Back again: what was superseded does not come to life by itself.
    std::fs::write(folder.join("shop.hcl"), SHOP).unwrap();
    check(folder, &["decide", "shop.hcl", "--check"], 1, "changed, postgresql");
}
