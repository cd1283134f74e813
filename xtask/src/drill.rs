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

/// What befalls nodes, more often than in a test, and a pause that is longer than a node counts as living.
pub(crate) fn nodes(options: &[&str]) -> Outcome {
    let cycles = number(options, "cycles", 50)?.to_string();
    let cluster = Cluster::start()?;
    let test = ["test", "--package", "architrave", "--test", "nodes", "--", "--nocapture"];
    let variables = [
        (VARIABLE, cluster.address()),
        ("ARCHITRAVE_NODES_CYCLES", cycles),
        ("ARCHITRAVE_NODES_PAUSE", "1".to_owned()),
    ];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
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
