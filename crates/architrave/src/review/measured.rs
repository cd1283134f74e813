//! Reads the figures of a load run.

use std::path::Path;

use architrave_engine::Fault;
use architrave_model::graph::MeasuredRun;

use crate::source;

/// Largest file that is read. A run has a few hundred figures.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The run in a file that `architrave load` wrote.
///
/// # Errors
/// Where it cannot be read or is no such file.
pub fn measured(path: &Path) -> Result<MeasuredRun, Fault> {
    let is_too_large =
        std::fs::metadata(path).is_ok_and(|it| it.len() > BYTES_MAX || !it.is_file());
    let refused = |why: String| {
        Fault::new(
            format!("{} has no measurements: {why}", path.display()),
            "write them with `architrave load`",
        )
    };
    if is_too_large {
        return Err(refused(format!("it is not a file of {BYTES_MAX} bytes at most")));
    }
    let text = std::fs::read_to_string(path).map_err(|it| source::cannot_read(path, &it))?;
    let run = serde_json::from_str(&text).map_err(|it| refused(it.to_string()))?;
    Ok(MeasuredRun::of(run))
}
