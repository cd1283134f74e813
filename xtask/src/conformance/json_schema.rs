//! The files of JSON Schema, compiled and held against their own examples by Ajv.

use std::process::Command;

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "json-schema",
    proves: "Ajv takes every schema as JSON Schema 2020-12, finds all they refer to, and their examples fit them",
    is_quick: true,
    run,
};

const PACKAGES: &[&str] = &["ajv@8.20.0", "ajv-formats@3.0.1"];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let folders = scope.examples.iter().map(|it| it.expected().join("contracts/schemas"));
    let folders: Vec<_> = folders.filter(|it| it.is_dir()).collect();
    if folders.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has schemas".to_owned()));
    }
    let folder = tool::npm("json-schema", PACKAGES)?;
    let script = tool::script(&folder, "json_schema.mjs", include_str!("json_schema.mjs"))?;
    let count = tool::ask(Command::new("node").arg(script).args(&folders))?;
    let count = count.trim();
    Ok(Verdict::Passed(format!("{count} schemas of {}", counted(folders.len(), "example"))))
}
