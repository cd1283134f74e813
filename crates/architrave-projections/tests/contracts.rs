//! Contracts for programs: consistent with the plan and in themselves. That tools which are not ours take them is
//! shown by `cargo xtask conformance`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;

use architrave_plan::{OperationKind, Plan};
use architrave_projections::{ALL, Document, Material};
use serde_json::Value;

fn written(plan: &Plan, name: &str) -> Vec<Document> {
    let projection = ALL.iter().find(|it| it.name == name).expect("it is registered");
    let assessment = architrave_model::Assessment::default();
    (projection.write)(&Material { plan, assessment: &assessment })
}

fn json(document: &Document) -> Value {
    serde_json::from_str(&document.text).expect("it is JSON")
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(it) => found.push(it.clone()),
        Value::Array(items) => items.iter().for_each(|it| texts(it, found)),
        Value::Object(members) => members.values().for_each(|it| texts(it, found)),
        _ => {}
    }
}

#[test]
fn a_collection_has_every_operation_and_names_only_variables_that_it_has() {
    for plan in common::plans() {
        let collection = json(&written(&plan, "postman")[0]);
        let variables = collection["variable"].as_array().unwrap().iter();
        let known: BTreeSet<&str> = variables.map(|it| it["key"].as_str().unwrap()).collect();
        let mut found = Vec::new();
        texts(&collection["item"], &mut found);
        for text in &found {
            for name in text.split("{{").skip(1).filter_map(|it| it.split_once("}}")) {
                // Tags are set by the answers of earlier requests, `$guid` by the program itself.
                let is_set = name.0.starts_with('$') || name.0.ends_with("_etag");
                assert!(is_set || known.contains(name.0), "{}: {text}", name.0);
            }
        }
        let folders = collection["item"].as_array().unwrap().iter();
        let own = folders.filter(|it| it["name"] != "Journey");
        let count: usize = own.map(|it| it["item"].as_array().unwrap().len()).sum();
        assert_eq!(count, plan.operations.len());
    }
}

#[test]
fn schemas_are_those_of_openapi_and_refer_only_to_each_other() {
    for plan in common::plans() {
        let openapi: Value = serde_json::from_str(&architrave_projections::openapi(&plan)).unwrap();
        let files = written(&plan, "schemas");
        let paths: BTreeSet<&str> = files.iter().map(|it| it.path.as_str()).collect();
        for file in files.iter().filter(|it| !it.is_page()) {
            let schema = json(file);
            for target in
                file.text.split("\"$ref\": \"").skip(1).filter_map(|it| it.split_once('"'))
            {
                let path = format!("contracts/schemas/{}", target.0);
                assert!(paths.contains(path.as_str()), "{}: {path}", file.path);
            }
            let name = schema["title"].as_str().unwrap();
            let same = &openapi["components"]["schemas"][name];
            if same.is_object() {
                assert_eq!(schema["required"], same["required"], "{name}");
                assert_eq!(schema["examples"], same["examples"], "{name}");
            }
        }
    }
}

#[test]
fn every_event_is_a_message_and_only_what_is_served_says_so() {
    for plan in common::plans() {
        let document = json(&written(&plan, "asyncapi")[0]);
        let messages = document["components"]["messages"].as_object().unwrap();
        let names: BTreeSet<&str> = messages.keys().map(String::as_str).collect();
        let expected: BTreeSet<&str> = plan.event_types.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, expected);
        let is_served = plan.operations.iter().any(|it| it.kind == OperationKind::Events);
        for (name, operation) in document["operations"].as_object().unwrap() {
            let is_journal = name.ends_with(".journal.read");
            let expected = if is_journal && is_served { "served" } else { "declared" };
            assert_eq!(operation["x-architrave-status"], expected, "{name}");
        }
    }
}
