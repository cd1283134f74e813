//! The OpenAPI documents, linted by two others: Redocly, and Spectral with the OWASP rules.

use std::{fs, process::Command};

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};

pub(super) const VALIDATOR: Validator = Validator {
    name: "openapi",
    proves: "Redocly and Spectral (OWASP API security rules) find no error in any OpenAPI document",
    is_quick: true,
    run,
};

const PACKAGES: &[&str] = &[
    "@redocly/cli@2.77.0",
    "@stoplight/spectral-cli@6.16.3",
    "@stoplight/spectral-owasp-ruleset@2.0.1",
];

/// What is switched off, with the reasons.
const RULES: &[(&str, &str)] = &[
    ("redocly.yaml", include_str!("rules/redocly.yaml")),
    (".spectral.yaml", include_str!("rules/.spectral.yaml")),
];

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let documents = scope.documents("contracts/openapi.json");
    if documents.is_empty() {
        return Ok(Verdict::NothingToCheck("no example has an OpenAPI document".to_owned()));
    }
    let folder = tool::npm("openapi", PACKAGES)?;
    for (name, text) in RULES {
        fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))?;
    }
    let mut mistaken = Vec::new();
    for (example, path) in &documents {
        // Spectral looks for the rules' package beside the document.
        let copy = folder.join("openapi.json");
        fs::copy(path, copy).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("{}", example.name);
        let redocly: &[&str] = &["redocly", "lint", "openapi.json", "--config", "redocly.yaml"];
        for arguments in [redocly, &["spectral", "lint", "openapi.json"]] {
            let mut command = Command::new("node");
            command.arg(format!("node_modules/.bin/{}", arguments[0])).args(&arguments[1..]);
            match tool::check(command.current_dir(&folder)) {
                Ok(()) => {}
                Err(Trouble::Failed(_)) => {
                    mistaken.push(format!("{}: {}", example.name, arguments[0]))
                }
                Err(other) => return Err(other),
            }
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(counted(documents.len(), "document"))),
        false => Err(Trouble::Failed(mistaken.join(", "))),
    }
}
