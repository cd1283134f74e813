//! The OpenAPI document: complete, consistent, the same on every run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeSet;

use architrave_plan::Plan;
use architrave_projections::openapi;
use serde_json::Value;

fn document() -> Value {
    document_of(&common::plan())
}

fn document_of(plan: &Plan) -> Value {
    serde_json::from_str(&openapi(plan)).expect("the document is JSON")
}

/// Calls `visit` with every value and its JSON pointer.
fn walk(value: &Value, pointer: &str, visit: &mut dyn FnMut(&str, &Value)) {
    visit(pointer, value);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(value, &format!("{pointer}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, &format!("{pointer}/{index}"), visit);
            }
        }
        _ => {}
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    assert_eq!(openapi(&common::plan()), openapi(&common::plan()));
}

#[test]
fn every_reference_leads_somewhere() {
    common::plans().iter().map(document_of).for_each(check_references);
}

fn check_references(document: Value) {
    walk(&document, "", &mut |at, value| {
        let Some(Value::String(target)) = value.get("$ref") else { return };
        let Some(pointer) = target.strip_prefix('#') else { return };
        assert!(document.pointer(pointer).is_some(), "{at}: {target}");
    });
}

#[test]
fn every_operation_of_the_plan_is_there_once() {
    common::plans().iter().for_each(check_operations);
}

fn check_operations(plan: &Plan) {
    let document = document_of(plan);
    let mut found = BTreeSet::new();
    walk(&document["paths"], "", &mut |_, value| {
        if let Some(Value::String(id)) = value.get("operationId") {
            assert!(found.insert(id.clone()), "{id} twice");
        }
    });
    let expected: BTreeSet<String> = plan.operations.iter().map(|it| it.name.clone()).collect();
    assert_eq!(found, expected);
}

#[test]
fn every_problem_of_an_operation_has_its_status_and_example() {
    common::plans().iter().for_each(check_problems);
}

fn check_problems(plan: &Plan) {
    let document = document_of(plan);
    for operation in &plan.operations {
        let method = format!("{:?}", operation.method).to_lowercase();
        let responses = &document["paths"][&operation.path][&method]["responses"];
        for code in &operation.problems {
            assert!(document["components"]["examples"][code].is_object(), "{code} has no example");
            let status = document["components"]["examples"][code]["value"]["status"].to_string();
            assert!(responses[&status].is_object(), "{}: {status}", operation.name);
        }
    }
}

#[test]
fn what_is_sent_is_closed_and_what_is_hidden_is_not_required() {
    let schemas = &document()["components"]["schemas"];
    for name in ["ProductCreate", "ProductUpdate", "OrderCancelInput", "AddressInput", "LineUpdate"]
    {
        assert_eq!(schemas[name]["additionalProperties"], false, "{name}");
    }
    let required = schemas["Product"]["required"].as_array().unwrap();
    assert!(required.contains(&"price".into()));
    assert!(!required.contains(&"cost".into()), "a rule hides it from some callers");
}

#[test]
fn anonymous_callers_are_told_apart() {
    let document = document();
    let list = &document["paths"]["/v1/products"]["get"]["security"];
    assert_eq!(list[0], serde_json::json!({}), "everybody may read products");
    let create = &document["paths"]["/v1/products"]["post"]["security"];
    assert_eq!(*create, serde_json::json!([{ "bearer": [] }]));
}

/// Every `example` and `examples` beside a schema fits that schema.
#[test]
fn every_example_is_valid() {
    common::plans().iter().map(document_of).for_each(check_examples);
}

fn check_examples(document: Value) {
    let mut count = 0;
    walk(&document, "", &mut |at, value| {
        for (schema, example) in examples(value, at) {
            let root = serde_json::json!({ "$ref": schema, "components": document["components"] });
            let validator = jsonschema::draft202012::options()
                .should_validate_formats(true)
                .build(&root)
                .expect("a schema");
            let errors: Vec<String> = validator
                .iter_errors(&example)
                .map(|it| format!("{}: {it}", it.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{at}: {errors:?}");
            count += 1;
        }
    });
    assert!(count > 50, "only {count} examples");
}

/// The examples of a media type or a schema, each with the reference of its schema.
fn examples(value: &Value, at: &str) -> Vec<(String, Value)> {
    let reference = value.pointer("/schema/$ref").and_then(Value::as_str);
    if let (Some(reference), Some(example)) = (reference, value.get("example")) {
        return vec![(reference.to_owned(), example.clone())];
    }
    let is_schema = at.starts_with("/components/schemas/") && value.get("properties").is_some();
    match value.get("examples") {
        Some(Value::Array(all)) if is_schema => {
            all.iter().map(|it| (format!("#{at}"), it.clone())).collect()
        }
        _ if at.starts_with("/components/examples/") && value.get("value").is_some() => {
            vec![("#/components/schemas/Problem".to_owned(), value["value"].clone())]
        }
        _ => Vec::new(),
    }
}
