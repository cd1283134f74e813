//! The documents of the examples are those in their `expected` folders.
//! `UPDATE_GOLDEN=1 cargo test -p architrave-projections --test golden` writes them anew.
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use architrave_model::{Severity, SourceFile};
use architrave_plan::{Lock, Plan, derive};
use architrave_projections::ALL;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

/// The plan of an example, without a lock: documents do not show physical names.
fn plan(name: &str) -> Plan {
    let path = example(name).join("blueprint.hcl");
    let text = std::fs::read_to_string(&path).expect("the example is there");
    let (system, findings) =
        architrave_blueprint::read(&[SourceFile { name: "blueprint.hcl".to_owned(), text }]);
    let errors: Vec<_> = findings.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
    derive(system, &Lock::default()).plan
}

#[test]
fn every_document_of_every_example_is_as_expected() {
    for name in ["storefront"] {
        let plan = plan(name);
        for projection in ALL {
            let path = example(name).join("expected").join(projection.path);
            let written = (projection.render)(&plan);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, written).unwrap();
                continue;
            }
            let expected = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                written == expected,
                "{} is not as expected: run this test with UPDATE_GOLDEN=1 and look at the difference",
                path.display()
            );
        }
    }
}
