//! Importing what we emit yields no new failure: the contract and the tables that are written of a blueprint are
//! reviewed as somebody else's, and no rule fails that the blueprint itself passes.
#![cfg(test)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use architrave::review::{Judgement, Subject};
use architrave_model::Outcome;

/// 2026-11-21.
const AS_OF_DAY: i32 = 20_778;
/// Of a contract or a schema alone nobody knows the team, the load and the like (FIT-18); the blueprint says them.
const ASKS: &str = "FIT-18";
/// Every table of a blueprint is walled in, which the store's tests prove; of the store's own those are not that are
/// asked before the tenant is known (keys, identity links), and the rule names them.
const WALLS: &str = "DAT-18";

/// Rules that fail, or are waived: a waiver says that the failure is known.
fn failing(path: &Path) -> BTreeSet<&'static str> {
    let subject = Subject::load(&[path.to_owned()]).unwrap();
    let how = Judgement { as_of_day: AS_OF_DAY, ..Judgement::default() };
    let judged = subject.judged(&how);
    let verdicts = judged.report.review.verdicts;
    assert!(!verdicts.is_empty(), "{}: {:?}", path.display(), judged.findings);
    let failed = |it: &Outcome| matches!(it, Outcome::Fail | Outcome::Waived);
    verdicts
        .iter()
        .filter(|it| failed(&it.outcome) && it.rule != ASKS && it.rule != WALLS)
        .map(|it| it.rule)
        .collect()
}

fn examples() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let folders = fs::read_dir(root).unwrap().map(|it| it.unwrap().path());
    folders.filter(|it| it.join("blueprint.hcl").is_file()).collect()
}

#[test]
fn what_we_emit_fails_no_rule_that_the_blueprint_passes() {
    let mut compared = 0;
    for example in examples() {
        let known = failing(&example.join("blueprint.hcl"));
        for name in ["openapi.json", "postgresql.sql", "sqlite.sql"] {
            let path = example.join("expected/contracts").join(name);
            if !path.is_file() {
                continue;
            }
            compared += 1;
            let new: Vec<&str> = failing(&path).difference(&known).copied().collect();
            assert!(new.is_empty(), "{}: {new:?}", path.display());
        }
    }
    assert!(compared >= 3, "only {compared} documents were looked at");
}
