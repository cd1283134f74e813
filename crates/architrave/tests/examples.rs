//! Every example checks and reviews without a finding, serves, and can be filled.
#![cfg(test)]

mod support;

use std::{fs, path::PathBuf};

use architrave_drive::client::{Call, Client};
use support::{Served, block_on, program, root};

fn examples() -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join("examples")).unwrap().map(|it| it.unwrap().path());
    let mut all: Vec<_> = folders.filter(|it| it.is_dir()).collect();
    all.sort();
    assert!(all.len() >= 5, "{all:?}");
    all
}

fn run(arguments: &[&str], example: &std::path::Path) -> String {
    let output = program().args(arguments).arg(example).output().unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{} {}: {said}", arguments.join(" "), example.display());
    said
}

#[test]
fn every_example_checks_and_reviews_without_a_finding() {
    for example in examples() {
        let said = run(&["check"], &example);
        assert!(said.contains("is fine"), "{said}");
        run(&["fmt", "--check"], &example);
        let said = run(&["review", "--fail-on", "info", "--as-of", "2026-11-21"], &example);
        assert!(said.contains("findings: none"), "{}: {said}", example.display());
    }
}

#[test]
fn every_example_serves_and_can_be_filled() {
    for example in examples() {
        let folder = tempfile::tempdir().unwrap();
        // The names in the database are written beside the blueprint: not into the repository.
        let blueprint = folder.path().join("blueprint.hcl");
        fs::copy(example.join("blueprint.hcl"), &blueprint).unwrap();
        let data = folder.path().join("data");
        let served = Served::start(&blueprint, &data);
        let data = data.to_str().unwrap().to_owned();
        let said = run(&["seed", "--data", &data], &blueprint);
        assert!(said.contains("rows and commands"), "{said}");
        block_on(async {
            let client = Client::new(&served.api);
            let ready = client.send(&Call::get("/health/ready")).await.unwrap();
            assert_eq!(ready.status, 200, "{}", example.display());
        });
        served.kill();
        let verified = program().args(["verify", "--data", &data]).output().unwrap();
        assert!(verified.status.success(), "{}: {verified:?}", example.display());
    }
}
