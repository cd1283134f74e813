//! `cargo xtask conformance`: what tools that are not ours say of everything we write, for every folder of `examples/`.
//! One file per validator; each is registered in `ALL`.

mod asyncapi;
mod browser;
mod json_schema;
mod mermaid;
mod openapi;
mod postman;
mod prometheus;
mod sarif;
mod schemathesis;
mod scope;
mod sql;
mod tool;
mod verdict;

use std::time::Instant;

use crate::shell::{Outcome, names, number};
pub(crate) use scope::{Example, Scope};
pub(crate) use verdict::{Trouble, Verdict};

/// One tool that is not ours, and what it looks at.
pub(crate) struct Validator {
    /// Stable name, for `--only`.
    name: &'static str,
    /// What passes when it passes.
    proves: &'static str,
    /// Whether `cargo xtask test` runs it: seconds once installed, and nothing to build.
    is_quick: bool,
    /// Installs its tool where that is not there yet, then checks.
    run: fn(&Scope) -> Result<Verdict, Trouble>,
}

/// Every validator, the quick ones first.
static ALL: &[Validator] = &[
    json_schema::VALIDATOR,
    mermaid::VALIDATOR,
    asyncapi::VALIDATOR,
    openapi::VALIDATOR,
    sql::VALIDATOR,
    prometheus::VALIDATOR,
    postman::VALIDATOR,
    sarif::VALIDATOR,
    browser::VALIDATOR,
    schemathesis::VALIDATOR,
];

/// `cargo xtask conformance [--quick] [--only NAME,…] [--examples N] [--seed N]`. What was not checked is no success.
pub(crate) fn run(options: &[&str]) -> Outcome {
    let scope = Scope::read(number(options, "examples", 50)?, number(options, "seed", 1)?)?;
    let only = names(options, "only")?;
    if let Some(name) = only.iter().flatten().find(|name| ALL.iter().all(|it| it.name != **name)) {
        let known: Vec<&str> = ALL.iter().map(|it| it.name).collect();
        return Err(format!("no validator is named {name}: there are {}", known.join(", ")));
    }
    let is_quick = options.contains(&"--quick");
    let chosen = ALL.iter().filter(|it| match &only {
        Some(only) => only.contains(&it.name),
        None => it.is_quick || !is_quick,
    });
    let unchecked = check(chosen, &scope)?;
    match unchecked.is_empty() {
        true => Ok(()),
        false => Err(format!("could not be checked: {}", unchecked.join(", "))),
    }
}

/// The quick ones, as part of `cargo xtask test`. The answer names those whose tools could not be had, which is no
/// mistake of the change that is tested.
pub(crate) fn quick() -> Outcome<Vec<&'static str>> {
    check(ALL.iter().filter(|it| it.is_quick), &Scope::read(0, 0)?)
}

/// Runs validators one after the other and shows what came of each. Fails where one has found something.
fn check<'v>(
    chosen: impl Iterator<Item = &'v Validator>,
    scope: &Scope,
) -> Outcome<Vec<&'static str>> {
    let (mut lines, mut failed, mut unchecked) = (Vec::new(), Vec::new(), Vec::new());
    for validator in chosen {
        println!("{}: {}", validator.name, validator.proves);
        let started = Instant::now();
        let (word, text) = match (validator.run)(scope) {
            Ok(Verdict::Passed(what)) => ("passed", what),
            Ok(Verdict::NothingToCheck(why)) => ("nothing to check", why),
            Err(Trouble::Failed(reason)) => {
                failed.push(validator.name);
                ("FAILED", reason)
            }
            Err(Trouble::Unavailable(reason)) => {
                unchecked.push(validator.name);
                ("NOT CHECKED", reason)
            }
        };
        let seconds = started.elapsed().as_secs_f32();
        lines.push(format!("{word:<16}  {:<14}  {seconds:>6.1} s  {text}", validator.name));
    }
    println!("\n{}\n", lines.join("\n"));
    match failed.is_empty() {
        true => Ok(unchecked),
        false => Err(format!("mistakes were found by {}", failed.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validators_have_names_of_their_own_and_the_manual_names_them() {
        let manual = std::fs::read_to_string(crate::shell::root().join("CONTRIBUTING.md")).unwrap();
        for (index, validator) in ALL.iter().enumerate() {
            assert!(ALL.iter().skip(index + 1).all(|it| it.name != validator.name));
            assert!(manual.contains(&format!("| `{}` |", validator.name)), "{}", validator.name);
        }
    }

    #[test]
    fn quick_ones_come_first() {
        assert!(ALL.is_sorted_by_key(|it| !it.is_quick));
    }
}
