//! `cargo xtask drill`: bad days that need more time or more rights than a test has.

use std::path::Path;

use crate::{
    postgres::{Cluster, VARIABLE},
    shell::{Outcome, cargo, number, root, run},
};

/// The crash test in its long form.
pub(crate) fn kill(options: &[&str]) -> Outcome {
    let times = number(options, "times", 200)?.to_string();
    let test = ["test", "--package", "architrave", "--test", "kill", "--", "--nocapture"];
    cargo(&test, &[("ARCHITRAVE_KILL_TIMES", &times)])
}

/// The order of the journal, with many events and a standby.
pub(crate) fn order(options: &[&str]) -> Outcome {
    let events = number(options, "events", 1_000_000)?.to_string();
    let primary = Cluster::start()?;
    let standby = primary.standby()?;
    let (writes, reads) = (primary.address(), standby.address());
    let test = ["test", "--package", "architrave-store", "--test", "order", "--", "--nocapture"];
    let variables = [
        (VARIABLE, writes.as_str()),
        ("ARCHITRAVE_TEST_STANDBY", &reads),
        ("ARCHITRAVE_ORDER_EVENTS", &events),
    ];
    cargo(&test, &variables)
}

/// The tests of bad disks, on a volume of their own that can really be filled.
pub(crate) fn disk() -> Outcome {
    // A name space of its own: no rights are needed, nothing is left mounted.
    let script = "volume=$(mktemp -d) && mount -t tmpfs -o size=64m tmpfs \"$volume\" && \
                  ARCHITRAVE_SMALL_VOLUME=\"$volume\" \
                  cargo test --package architrave --test disk -- --nocapture";
    let arguments = ["--user", "--map-root-user", "--mount", "sh", "-c", script];
    run(Path::new("unshare"), &arguments, &root(), &[])
}
