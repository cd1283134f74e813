//! A database follows its blueprint where that only adds, and refuses with the list of what would be lost.

use crate::support::{Bench, caller, merchant, text};
use architrave_model::{EntityId, Severity, SourceFile, Value};
use architrave_plan::{Lock, Plan, derive};
use uuid::Uuid;

const THING: EntityId = EntityId(0);
const ID: Uuid = Uuid::from_u128(7);

fn blueprint(fields: &str) -> Plan {
    let text = format!(
        "system Evolving {{ edition = \"2026\" }}\ncontext main {{\n  entity Thing {{\n{fields}\n    access {{ read = true }}\n  }}\n}}\n"
    );
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "b.hcl".to_owned(), text }]);
    let refused: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    derive(system, &Lock::default()).plan
}

const BEFORE: &str = "    name = string(20)\n    note = optional(string(20))\n    size = optional(int)\n    kind = enum(\"a\", \"b\")";

/// A database of `BEFORE` with one row (`name` one, `kind` b, no `size`) and one more like it.
fn stocked() -> Bench {
    let bench = Bench::new(blueprint(BEFORE));
    for (id, note) in [(ID, text("first")), (Uuid::from_u128(8), Value::Null)] {
        let row = bench.row(
            THING,
            id,
            None,
            &[("name", text("one")), ("note", note), ("kind", text("b"))],
        );
        bench.put(None, THING, row);
    }
    bench
}

#[track_caller]
fn applied(after: &str, expected: &str) {
    let mut bench = stocked();
    bench.reopen_with(blueprint(after)).unwrap();
    let caller = caller(None, None, merchant());
    let (found, json) = bench.one(&bench.selection(THING, caller.class), ID, &caller);
    assert!(found.is_found);
    let shown: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected: serde_json::Value = serde_json::from_str(expected).unwrap();
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&shown[name], value, "{name} of {json}");
    }
    // And it stays so, and takes new rows.
    let plan = blueprint(after);
    bench.reopen_with(plan).unwrap();
    let mut row = bench.load(None, &[architrave_engine::ports::Need::Row(THING, ID)]).rows
        [&(THING, ID)]
        .clone()
        .unwrap()
        .to_vec();
    row[0] = Value::Uuid(Uuid::from_u128(99));
    if !after.contains("unique") {
        bench.put(None, THING, std::sync::Arc::new(row));
    }
}

#[track_caller]
fn refused(after: &str, losses: &[&str]) {
    let mut bench = stocked();
    let fault = bench.reopen_with(blueprint(after)).unwrap_err();
    for loss in losses {
        assert!(fault.what.contains(loss), "{loss:?} is not in: {fault}");
    }
    assert_eq!(fault.what.matches("\n  - ").count(), losses.len(), "{fault}");
    bench.reopen_with(blueprint(BEFORE)).unwrap();
}

#[test]
fn what_only_adds_is_applied() {
    applied(BEFORE, r#"{"name": "one", "note": "first"}"#);
    applied(&format!("{BEFORE}\n    extra = optional(int)"), r#"{"extra": null, "name": "one"}"#);
    applied(&format!("{BEFORE}\n    extra = int(default(5))"), r#"{"extra": 5, "note": "first"}"#);
    applied(&format!("{BEFORE}\n    extra = list(string(5), max(3))"), r#"{"extra": []}"#);
    applied(&format!("{BEFORE}\n    extra = optional(ref(Thing))"), r#"{"extra": null}"#);
    applied(&format!("{BEFORE}\n    twice = computed(length(this.name) * 2)"), r#"{"twice": 6}"#);
    applied(
        &format!("{BEFORE}\n    index {{ on = [name] }}\n    search {{ on = [name] }}"),
        r#"{"name": "one"}"#,
    );
    // Nothing is lost with a field that holds nothing.
    applied(
        &BEFORE.replace("    size = optional(int)\n", ""),
        r#"{"name": "one", "note": "first"}"#,
    );
    applied(&BEFORE.replace("optional(int)", "optional(string(9))"), r#"{"size": null}"#);
    applied(
        &BEFORE.replace("string(20)\n    note", "optional(string(20))\n    note"),
        r#"{"name": "one"}"#,
    );
    applied(&BEFORE.replace("enum(\"a\", \"b\")", "enum(\"b\", \"c\")"), r#"{"kind": "b"}"#);
    applied(&BEFORE.replace("optional(int)", "int(default(3))"), r#"{"size": 3}"#);
}

#[test]
fn what_would_lose_something_is_refused_with_the_whole_list() {
    refused(
        &BEFORE.replace("    note = optional(string(20))\n", ""),
        &["note with 1 values is no longer in it"],
    );
    refused(
        &BEFORE.replace("name = string(20)", "name = int"),
        &["name is stored as TEXT in 2 rows and would be INTEGER"],
    );
    refused(
        &format!("{BEFORE}\n    extra = int"),
        &["extra is required and new, but 2 rows have no value"],
    );
    refused(
        &BEFORE.replace("note = optional(string(20))", "note = string(20)"),
        &["note becomes required, but 1 rows have no value"],
    );
    refused(
        &BEFORE.replace("enum(\"a\", \"b\")", "enum(\"a\", \"c\")"),
        &["kind has 2 values that are no longer allowed"],
    );
    refused(
        &BEFORE.replace("name = string(20)", "name = string(20, unique)"),
        &["have equal values"],
    );
    refused(
        "    kind = enum(\"a\")\n    extra = int",
        &["name with 2 values", "note with 1 values", "kind has 2 values", "extra is required"],
    );
}

#[test]
fn searched_words_are_found_after_a_new_search_is_declared() {
    let mut bench = stocked();
    bench.reopen_with(blueprint(&format!("{BEFORE}\n    search {{ on = [name, note] }}"))).unwrap();
    let caller = caller(None, None, merchant());
    let all = bench.selection(THING, caller.class);
    let read = architrave_engine::ports::ReadList {
        search: Some(vec![("first".to_owned(), false)]),
        ..crate::support::list(&all, &caller, Vec::new(), 5)
    };
    let (_, json) = bench.read(&architrave_engine::ports::Read::List(read));
    assert_eq!(crate::support::ids(&json), [7]);
}
