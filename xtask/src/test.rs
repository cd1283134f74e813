//! `cargo xtask test`: what must hold before anything is merged. Needs nothing but a Rust toolchain and, for
//! some tests, PostgreSQL's programs: the other database is built in, ports are chosen by the system, data lives
//! in temporary folders. Then the quick ones of the tools that are not ours look at what we write; those that this
//! machine or its network cannot provide are named as not checked.

use std::{path::Path, process::Command};

use crate::{
    conformance,
    postgres::{Cluster, VARIABLE},
    shell::{Outcome, cargo, root, run as run_program},
};

/// Components that a minimal toolchain may lack, and a file of theirs to look for.
const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];

pub(crate) fn run() -> Outcome {
    install_components()?;
    cargo(&["fmt", "--all", "--check"], &[])?;
    let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    cargo(&lints, &[])?;
    let mut skipped = Vec::new();
    match Cluster::start() {
        Ok(cluster) => cargo(&["test", "--workspace"], &[(VARIABLE, &cluster.address())])?,
        Err(reason) => {
            println!("tests that need PostgreSQL are skipped: {reason}");
            cargo(&["test", "--workspace"], &[(VARIABLE, "")])?;
            skipped.push(format!("tests that need PostgreSQL were skipped: {reason}"));
        }
    }
    let unchecked = conformance::quick()?;
    if !unchecked.is_empty() {
        skipped.push(format!("not checked, for want of the tools: {}", unchecked.join(", ")));
    }
    match skipped.is_empty() {
        true => println!("everything holds"),
        false => println!("everything else holds; {}", skipped.join("; ")),
    }
    Ok(())
}

/// `cargo xtask postgres COMMAND…`: a command whose tests find a server of their own.
pub(crate) fn beside_postgres(program: &str, arguments: &[&str]) -> Outcome {
    let cluster = Cluster::start()?;
    run_program(Path::new(program), arguments, &root(), &[(VARIABLE, &cluster.address())])
}

/// Adds rustfmt and clippy through rustup where they are missing.
fn install_components() -> Outcome {
    for (component, program) in COMPONENTS {
        if Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success()) {
            continue;
        }
        println!("$ rustup component add {component}");
        let added = Command::new("rustup").args(["component", "add", component]).status();
        if !added.is_ok_and(|it| it.success()) {
            return Err(format!("{component} is missing and rustup cannot add it"));
        }
    }
    Ok(())
}
