//! What a person waits for: a check, a start; and what an idle server costs.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use super::{
    process::{Server, binary},
    report::median,
};
use crate::shell::Outcome;

const TIMES: u32 = 11;

/// Measures on the blueprint and the filled database that the benchmark left in `folder`.
pub(super) fn measure(folder: &Path) -> Outcome {
    let blueprint = folder.join("storefront");
    let mut checks = Vec::new();
    for _ in 0..TIMES {
        let started = Instant::now();
        let status = Command::new(binary("architrave"))
            .arg("check")
            .arg(&blueprint)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| error.to_string())?;
        if !status.success() {
            return Err("check failed".to_owned());
        }
        checks.push(started.elapsed());
    }
    let (mut starts, mut idle) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let started = Instant::now();
        let server = Server::ours(&binary("architrave"), &blueprint, &folder.join("data"))?;
        starts.push(started.elapsed());
        // What start-up leaves behind settles within a moment.
        std::thread::sleep(Duration::from_millis(200));
        idle = server.resident_bytes();
    }
    let ms = |it: &Duration| it.as_secs_f64() * 1_000.0;
    println!("\n{:38} {:>9} {:>9}", "", "measured", "budget");
    println!(
        "{:38} {:>6.1} ms {:>9}",
        "check of the storefront, process included",
        median(&checks, ms),
        "< 10 ms"
    );
    println!(
        "{:38} {:>6.1} ms {:>9}",
        "from start to listening, filled database",
        median(&starts, ms),
        "< 150 ms"
    );
    println!("{:38} {:>6.1} MB {:>9}", "memory at idle", idle as f64 / 1e6, "< 40 MB");
    Ok(())
}
