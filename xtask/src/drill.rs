//! `cargo xtask drill kill`: the crash test in its long form.

use crate::shell::{Outcome, cargo, number};

pub(crate) fn kill(options: &[&str]) -> Outcome {
    let times = number(options, "times", 200)?.to_string();
    let test = ["test", "--package", "architrave", "--test", "kill", "--", "--nocapture"];
    cargo(&test, &[("ARCHITRAVE_KILL_TIMES", &times)])
}
