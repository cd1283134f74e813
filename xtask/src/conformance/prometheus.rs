//! The rules that raise alerts, and the tests of these rules, by Prometheus itself.

use std::{path::Path, process::Command};

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "prometheus",
    proves: "promtool takes every alert rule, and every alert fires when its test says so and not before",
    is_quick: true,
    run,
};

/// The rules.
const RULES: &str = "operation/alerts.yaml";
/// Their tests, which load them from beside them.
const TESTS: &str = "operation/alerts_test.yaml";

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let documents = scope.documents(RULES);
    if documents.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has alert rules".to_owned()));
    }
    let promtool = tool::debian("prometheus", "prometheus")?.join("usr/bin/promtool");
    let mut mistaken = Vec::new();
    for (example, rules) in &documents {
        let tests = example.expected().join(TESTS);
        let look: [(&str, &Path); 2] = [("check", rules), ("test", &tests)];
        for (verb, path) in look {
            // A rule without a test would pass for want of looking.
            if !path.is_file() {
                mistaken.push(format!("{}: {} is missing", example.name, path.display()));
                continue;
            }
            match tool::check(Command::new(&promtool).args([verb, "rules"]).arg(path)) {
                Ok(()) => {}
                Err(Trouble::Failed(_)) => mistaken.push(format!("{}: {verb}", example.name)),
                Err(other) => return Err(other),
            }
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(counted(documents.len(), "example"))),
        false => Err(Trouble::Failed(mistaken.join(", "))),
    }
}
