//! Reviews as SARIF, judged by the schema of OASIS and the rules of Microsoft's Sarif.Multitool.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{Scope, Trouble, Validator, Verdict, scope::counted, tool};
use crate::shell::root;

pub(super) const VALIDATOR: Validator = Validator {
    name: "sarif",
    proves: "reviews of the examples and of existing systems are SARIF 2.1.0 by its schema",
    // Our program is built first.
    is_quick: false,
    run,
};

/// The program for Linux, which brings the schema with it.
const PACKAGES: &[&str] = &["@microsoft/sarif-multitool-linux@5.7.0"];
const PROGRAM: &str = "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";
/// Existing systems that the rules are measured on.
const SYSTEMS: &str = "crates/architrave-review/tests/corpus";

fn run(scope: &Scope) -> Result<Verdict, Trouble> {
    let folder = tool::npm("sarif", PACKAGES)?;
    let program = folder.join(PROGRAM);
    make_executable(&program)?;
    let architrave = tool::architrave()?;
    let mut reviewed: Vec<PathBuf> = scope.examples.iter().map(|it| it.folder.clone()).collect();
    let systems =
        fs::read_dir(root().join(SYSTEMS)).map_err(|error| format!("{SYSTEMS}: {error}"))?;
    reviewed.extend(systems.flatten().map(|it| it.path()));
    reviewed.sort();
    let mut mistaken = Vec::new();
    for path in &reviewed {
        // Inside and from outside: paths are shown relative, and from the root.
        for (place, argument) in
            [(path.as_path(), "."), (Path::new("/"), path.to_str().unwrap_or("."))]
        {
            let review = review(&architrave, place, argument)?;
            let file = folder.join("review.sarif");
            fs::write(&file, review).map_err(|error| format!("{}: {error}", file.display()))?;
            let said = tool::ask(
                Command::new(&program)
                    .args(["validate", "review.sarif"])
                    // No ICU is needed to read JSON.
                    .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
                    .current_dir(&folder),
            )?;
            // It ends with 0 whatever it finds.
            let errors: Vec<&str> = said.lines().filter(|it| it.contains(": error ")).collect();
            if let Some(first) = errors.first() {
                mistaken.push(format!("{}: {first}", path.display()));
            }
            if !said.contains("Analysis completed successfully") {
                return Err(Trouble::Failed(format!("{}: {said}", path.display())));
            }
        }
    }
    match mistaken.is_empty() {
        true => Ok(Verdict::Passed(counted(reviewed.len() * 2, "review"))),
        false => Err(Trouble::Failed(mistaken.join("; "))),
    }
}

/// Findings end a review with 1; that is none of our business here.
fn review(architrave: &Path, place: &Path, argument: &str) -> Result<Vec<u8>, Trouble> {
    let output = Command::new(architrave)
        .args(["review", argument, "--format", "sarif", "--as-of", "2026-07-01"])
        .current_dir(place)
        .output()
        .map_err(|error| format!("architrave: {error}"))?;
    match output.stdout.is_empty() {
        true => Err(Trouble::Failed(String::from_utf8_lossy(&output.stderr).into_owned())),
        false => Ok(output.stdout),
    }
}

/// Packages are installed without their scripts, one of which would do this.
#[cfg(unix)]
fn make_executable(path: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::PermissionsExt as _;
    let done = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
    Ok(done.map_err(|error| format!("{}: {error}", path.display()))?)
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Result<(), Trouble> {
    Err(Trouble::Unavailable("the checker of SARIF that is used here is for Linux".to_owned()))
}
