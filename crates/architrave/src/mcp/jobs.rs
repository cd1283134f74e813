//! Long work: a command of this program as a process of its own, looked at and ended by its id.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::tool::{Answer, Refusal};

/// Two load runs at once would measure each other.
const RUNNING_MAX: usize = 1;
/// Most jobs that are remembered.
const KEPT_MAX: usize = 16;
/// Longest result that is told, in bytes.
const RESULT_BYTES_MAX: u64 = 1024 * 1024;
/// Most lines of what it says while it works.
const LINES_MAX: usize = 8;
/// How long a process may take to end when it is asked to.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// The jobs of one conversation.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    all: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    jobs: Vec<Job>,
    begun: u64,
}

#[derive(Debug)]
struct Job {
    id: String,
    /// What it does, in words.
    what: &'static str,
    started: Instant,
    process: Child,
    /// What it says, and the blueprint that it works on; thrown away with the job.
    folder: tempfile::TempDir,
    state: State,
    /// How long it took, once it is over.
    took: Option<Duration>,
    /// A file that it writes, as agents name it.
    writes: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Done,
    Failed,
    Cancelled,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What to begin.
pub(super) struct Work {
    /// What it does, in words.
    pub(super) what: &'static str,
    /// Words after the program's name.
    pub(super) arguments: Vec<std::ffi::OsString>,
    /// Holds what it works on, and takes up what it says.
    pub(super) folder: tempfile::TempDir,
    /// A file that it writes, as agents name it.
    pub(super) writes: Option<String>,
}

impl Jobs {
    /// Begins work; its id.
    pub(super) fn begin(&self, work: Work) -> Result<String, Refusal> {
        let mut kept = self.kept();
        kept.jobs.iter_mut().for_each(Job::look);
        let running: Vec<&str> = kept
            .jobs
            .iter()
            .filter(|it| it.state == State::Running)
            .map(|it| it.id.as_str())
            .collect();
        if running.len() >= RUNNING_MAX {
            return Err(Refusal::new(
                format!(
                    "{} is still at work, and two runs would measure each other",
                    running.join(", ")
                ),
                "look at it with `job_status`, or end it with `job_cancel`",
            ));
        }
        let process = spawn(&work).map_err(|error| {
            Refusal::new(
                format!("the work cannot be begun: {error}"),
                "see whether there is room on the disk",
            )
        })?;
        kept.begun += 1;
        let id = format!("job-{}", kept.begun);
        if kept.jobs.len() >= KEPT_MAX {
            kept.jobs.remove(0);
        }
        let Work { what, folder, writes, .. } = work;
        let (started, state, took) = (Instant::now(), State::Running, None);
        kept.jobs.push(Job { id: id.clone(), what, started, process, folder, state, took, writes });
        Ok(id)
    }

    /// How it stands with a job.
    pub(super) fn status(&self, id: &str) -> Result<Answer, Refusal> {
        self.with(id, |job| {
            job.look();
            job.told()
        })
    }

    /// Whether it is still at work, for how many seconds, and what it said last.
    pub(super) fn progress(&self, id: &str) -> Option<(u64, String)> {
        let progress = self.with(id, |job| {
            job.look();
            let is_running = job.state == State::Running;
            is_running
                .then(|| (job.started.elapsed().as_secs(), job.says().pop().unwrap_or_default()))
        });
        progress.ok().flatten()
    }

    /// Ends a job.
    pub(super) fn cancel(&self, id: &str) -> Result<Answer, Refusal> {
        self.with(id, |job| {
            job.end();
            job.told()
        })
    }

    /// Ends everything that is at work.
    pub(super) fn end_all(&self) {
        self.kept().jobs.iter_mut().for_each(Job::end);
    }

    fn with<T>(&self, id: &str, work: impl FnOnce(&mut Job) -> T) -> Result<T, Refusal> {
        let mut kept = self.kept();
        let job = kept.jobs.iter_mut().find(|it| it.id == id);
        job.map(work).ok_or_else(|| {
            Refusal::new(
                "there is no such job",
                "ids stand in the answers of `calibrate` and `loadtest`",
            )
        })
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.all.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Job {
    /// Notices that it is over.
    fn look(&mut self) {
        if self.state != State::Running {
            return;
        }
        if let Ok(Some(_)) = self.process.try_wait() {
            // What it printed says whether it came to a result: a missed objective is one, too.
            let has_result = self.result().is_some();
            self.over(if has_result { State::Done } else { State::Failed });
        }
    }

    fn over(&mut self, state: State) {
        self.state = state;
        self.took = Some(self.started.elapsed());
    }

    /// Asks it to end, as a person would with ctrl-c; kills it where it does not.
    fn end(&mut self) {
        self.look();
        if self.state != State::Running {
            return;
        }
        #[cfg(unix)]
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.process),
            rustix::process::Signal::TERM,
        );
        #[cfg(not(unix))]
        let _ = self.process.kill();
        let asked = Instant::now();
        while asked.elapsed() < END_TIMEOUT && matches!(self.process.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.over(State::Cancelled);
    }

    fn told(&self) -> Answer {
        let seconds = self.took.unwrap_or_else(|| self.started.elapsed()).as_secs();
        let result = if self.state == State::Done { self.result() } else { None };
        let says = self.says();
        let mut text =
            format!("{}: {}, {} after {seconds} s", self.id, self.what, self.state.name());
        for line in &says {
            text.push_str(&format!("\n  {line}"));
        }
        let writes = self.writes.as_ref().filter(|_| self.state == State::Done);
        if let Some(path) = writes {
            text.push_str(&format!("\nwritten: {path}"));
        }
        let value = json!({
            "job": self.id,
            "what": self.what,
            "state": self.state.name(),
            "seconds": seconds,
            "says": says,
            "result": result,
            "written": writes,
        });
        let has_failed = self.state == State::Failed;
        Answer { has_failed, ..Answer::of(text, value) }
    }

    /// What it printed, where that is a whole document.
    fn result(&self) -> Option<Value> {
        let path = printed(self.folder.path());
        let length = fs::metadata(&path).ok()?.len();
        if length > RESULT_BYTES_MAX {
            return None;
        }
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The last lines of what it says beside.
    fn says(&self) -> Vec<String> {
        let text = fs::read(noted(self.folder.path())).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        // A line that is drawn over and over ends in carriage returns.
        let lines = text.split(['\n', '\r']).map(str::trim).filter(|it| !it.is_empty());
        let lines: Vec<String> = lines.map(str::to_owned).collect();
        lines.into_iter().rev().take(LINES_MAX).rev().collect()
    }
}

fn spawn(work: &Work) -> std::io::Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(&work.arguments)
        .stdin(Stdio::null())
        .stdout(File::create(printed(work.folder.path()))?)
        .stderr(File::create(noted(work.folder.path()))?);
    command.spawn()
}

fn printed(folder: &Path) -> PathBuf {
    folder.join("printed.json")
}

fn noted(folder: &Path) -> PathBuf {
    folder.join("noted.txt")
}

/// JSON Schema of how it stands with a job.
pub(super) fn output() -> Value {
    json!({
        "type": "object",
        "required": ["job", "state", "seconds"],
        "properties": {
            "job": { "type": "string" },
            "what": { "type": "string" },
            "state": { "enum": ["running", "done", "failed", "cancelled"] },
            "seconds": { "type": "integer" },
            "says": { "type": "array", "items": { "type": "string" } },
            "result": { "type": ["object", "null"] },
            "written": { "type": ["string", "null"] }
        }
    })
}
