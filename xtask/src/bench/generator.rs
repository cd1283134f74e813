//! How fast and how late the load generator is: one core of it against a server that does nothing.

use crate::shell::{Outcome, cargo};

/// The workload's name on the command line.
pub(super) const NAME: &str = "generator";

pub(super) fn measure() -> Outcome {
    println!(
        "One thread on a processor of its own; the server that answers has the others. `lag` is how much later than\n\
         planned requests were sent, `core` how busy the generator's processor was with it.\n"
    );
    cargo(&["run", "--release", "--package", "architrave-drive", "--example", NAME], &[])
}
