//! Load runs for agents: `architrave load` on a copy of the blueprint, so that nothing is written beside it.

use super::{
    desk::Desk,
    jobs::Work,
    system::Text,
    tool::{Answer, Follow, Refusal},
};
use crate::{lock_file, records};

/// Where measurements are kept, below the root.
pub(super) const MEASUREMENTS: &str = ".architrave/measurements.json";
/// Longest wait within one call, in seconds.
pub(super) const WAIT_S_MAX: u64 = 600;

/// What to run.
pub(super) struct Run<'r> {
    /// In words.
    pub(super) what: &'static str,
    /// Whose load.
    pub(super) blueprint: &'r str,
    /// Beside those that every run has.
    pub(super) options: Vec<String>,
    /// Shorter blocks.
    pub(super) is_quick: bool,
    /// Whether measurements are kept for `capacity`.
    pub(super) is_kept: bool,
    /// How long to wait for its end, in seconds.
    pub(super) wait_s: u64,
}

/// Begins a run; the answer tells how it stands.
pub(super) fn begin(desk: &Desk, run: Run<'_>) -> Result<Answer, Refusal> {
    let wait_s = waits(run.wait_s)?;
    let Text { files, paths } = Text::load(desk, run.blueprint)?;
    let cannot = |error: std::io::Error| {
        Refusal::new(
            format!("there is no room to work in: {error}"),
            "see whether the disk is full",
        )
    };
    let folder = tempfile::Builder::new().prefix("architrave-job-").tempdir().map_err(cannot)?;
    let copy = folder.path().join("blueprint");
    std::fs::create_dir(&copy).map_err(cannot)?;
    for (file, path) in files.iter().zip(&paths) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        std::fs::write(copy.join(name), &file.text).map_err(cannot)?;
    }
    let lock = records::home(&desk.existing(run.blueprint)?).join(lock_file::NAME);
    if lock.is_file() {
        std::fs::copy(&lock, copy.join(lock_file::NAME)).map_err(cannot)?;
    }
    let mut arguments = vec!["load".into(), copy.into_os_string(), "--json".into()];
    arguments.extend(run.options.into_iter().map(Into::into));
    if run.is_quick {
        arguments.push("--quick".into());
    }
    let writes = run.is_kept.then(|| MEASUREMENTS.to_owned());
    if let Some(name) = &writes {
        let path = desk.writable(name)?;
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(cannot)?;
        }
        arguments.extend(["--measurements".into(), path.into_os_string()]);
    }
    let job = desk.jobs.begin(Work { what: run.what, arguments, folder, writes })?;
    let answer = desk.jobs.status(&job)?;
    Ok(Answer { follow: follow(job, wait_s, true), ..answer })
}

/// What to wait for; nothing where nobody wants to.
pub(super) fn follow(job: String, up_to_s: u64, is_own: bool) -> Option<Follow> {
    (up_to_s > 0).then_some(Follow { job, up_to_s, is_own })
}

/// A wait within bounds.
pub(super) fn waits(wait_s: u64) -> Result<u64, Refusal> {
    if wait_s <= WAIT_S_MAX {
        return Ok(wait_s);
    }
    Err(Refusal::new(
        format!("{wait_s} s is too long to wait within one call"),
        "wait 600 s at most and look again with `job_status`",
    ))
}
