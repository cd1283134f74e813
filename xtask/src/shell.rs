//! Runs other programs and reads options.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// What tasks end with: nothing, or why not.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Runs a program in a folder and waits.
pub(crate) fn run(
    program: &Path,
    arguments: &[&str],
    folder: &Path,
    variables: &[(&str, &str)],
) -> Outcome {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).envs(variables.iter().copied());
    let name = program.file_name().unwrap_or_default().display();
    let status = command.status().map_err(|error| format!("cannot run {name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{name}` failed")) }
}

/// Runs cargo in the repository's root and waits.
pub(crate) fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    println!("$ cargo {}", arguments.join(" "));
    let mut command = Command::new(env!("CARGO"));
    command.args(arguments).current_dir(root()).envs(variables.iter().copied());
    let status = command.status().map_err(|error| format!("cannot run cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`cargo {}` failed", arguments.join(" "))) }
}

/// The number behind `--name`, or what stands in its place.
pub(crate) fn number(options: &[&str], name: &str, otherwise: u64) -> Outcome<u64> {
    let flag = format!("--{name}");
    let Some(at) = options.iter().position(|it| *it == flag) else { return Ok(otherwise) };
    let value = options.get(at + 1).and_then(|it| it.replace('_', "").parse().ok());
    value.ok_or_else(|| format!("{flag} needs a whole number"))
}

/// The names behind `--name`, separated by commas; none where the option is not given.
pub(crate) fn names<'a>(options: &[&'a str], name: &str) -> Outcome<Option<Vec<&'a str>>> {
    let flag = format!("--{name}");
    let Some(at) = options.iter().position(|it| *it == flag) else { return Ok(None) };
    let value = options.get(at + 1).map(|it| it.split(',').collect());
    value.map(Some).ok_or_else(|| format!("{flag} needs names separated by commas"))
}
