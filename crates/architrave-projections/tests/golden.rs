//! The documents of the examples are those in their `expected` folders.
//! `UPDATE_GOLDEN=1 cargo test -p architrave-projections --test golden` writes them anew.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use architrave_model::{Severity, SourceFile};
use architrave_plan::{Lock, Plan, derive};
use architrave_projections::{Document, Material, documents};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// The names of all examples, sorted.
fn examples() -> Vec<String> {
    let folders = std::fs::read_dir(example("")).expect("there are examples");
    let folders = folders.map(|it| it.expect("a folder").path());
    let named = folders.filter(|it| it.join("blueprint.hcl").is_file());
    let mut names: Vec<String> =
        named.filter_map(|it| Some(it.file_name()?.to_str()?.to_owned())).collect();
    names.sort();
    names
}

/// The plan of an example as it is first read: physical names are those that a new lock gives.
fn plan(name: &str) -> Plan {
    let path = example(name).join("blueprint.hcl");
    let text = std::fs::read_to_string(&path).expect("the example is there");
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "blueprint.hcl".to_owned(), text }]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    derive(system, &Lock::default()).plan
}

/// Support, waivers and prices are judged as of this day, so that the documents do not change with the calendar.
const AS_OF_DAY: i32 = 20_778;

fn documents_of(name: &str) -> Vec<Document> {
    let plan = plan(name);
    let waivers: Vec<_> =
        plan.system.accepts.iter().filter_map(architrave_model::Accept::waiver).collect();
    let graph = architrave_review::graph_of(&plan, AS_OF_DAY);
    let given = architrave_review::Given { waivers: &waivers, ..Default::default() };
    let assessment = architrave_review::assess(&graph, &given);
    documents(&Material { plan: &plan, assessment: &assessment })
}

#[test]
fn every_document_of_every_example_is_as_expected() {
    for name in examples() {
        for document in documents_of(&name) {
            let path = example(&name).join("expected").join(&document.path);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, document.text).unwrap();
                continue;
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                document.text == expected,
                "{} is not as expected: run this test with UPDATE_GOLDEN=1 and look at the difference",
                path.display()
            );
        }
    }
}
