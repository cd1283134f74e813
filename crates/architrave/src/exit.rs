//! Exit codes: one list for the code, `--help` and the manual.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Ok,
    /// The blueprint has findings that are errors, or `--check` found a difference.
    Findings,
    /// The command line makes no sense.
    Usage,
    /// The world failed: a file, a port, a database, a server that does not answer.
    World,
    /// A running server refused what was asked of it.
    Refused,
    /// What is stored contradicts itself.
    Damaged,
    /// The world was too noisy, or there was too little of it, to say anything.
    Unclear,
}

/// Every exit code with its number and meaning, in order.
pub const ALL: &[(Exit, u8, &str)] = &[
    (Exit::Ok, 0, "done"),
    (
        Exit::Findings,
        1,
        "the blueprint has errors, the review has findings at or above --fail-on, --check found a difference, or load missed an objective",
    ),
    (Exit::Usage, 2, "the command line makes no sense"),
    (Exit::World, 3, "a file, a port, a database or a server failed"),
    (Exit::Refused, 4, "the backend refused what was asked"),
    (Exit::Damaged, 5, "verify: what is stored contradicts the journal"),
    (Exit::Unclear, 6, "load: cannot tell whether the objectives hold"),
];

/// The list as shown below `--help`.
pub const HELP: &str = "\
Exit codes:
  0  done
  1  the blueprint has errors, the review has findings at or above --fail-on, --check found a difference, or load missed an objective
  2  the command line makes no sense
  3  a file, a port, a database or a server failed
  4  the backend refused what was asked
  5  verify: what is stored contradicts the journal
  6  load: cannot tell whether the objectives hold";

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn number(self) -> u8 {
        ALL.iter().find(|it| it.0 == self).map_or(3, |it| it.1)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, HELP};

    #[test]
    fn help_lists_every_code() {
        let lines = ALL.iter().map(|(_, number, meaning)| format!("  {number}  {meaning}"));
        let expected = ["Exit codes:".to_owned()].into_iter().chain(lines);
        assert_eq!(HELP, expected.collect::<Vec<_>>().join("\n"));
    }
}
