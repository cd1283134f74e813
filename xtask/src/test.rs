//! `cargo xtask test`: what must hold before anything is merged. Needs nothing but a Rust toolchain: the
//! database is built in, ports are chosen by the system, data lives in temporary folders.

use std::process::Command;

use crate::shell::{Outcome, cargo};

/// Components that a minimal toolchain may lack, and a file of theirs to look for.
const COMPONENTS: &[(&str, &str)] = &[("rustfmt", "cargo-fmt"), ("clippy", "cargo-clippy")];

pub(crate) fn run() -> Outcome {
    install_components()?;
    cargo(&["fmt", "--all", "--check"], &[])?;
    let lints = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    cargo(&lints, &[])?;
    cargo(&["test", "--workspace"], &[])?;
    println!("everything holds");
    Ok(())
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
