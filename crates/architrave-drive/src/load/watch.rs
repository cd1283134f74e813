//! Live progress of a run: a bar on a terminal, a plain line now and then elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::Notify;

use super::{machine, run::Live};
use crate::DriveError;

/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A run that is worth a line when it is over, in nanoseconds.
const LONG_NS: u64 = 2_000_000_000;
/// Pause between plain lines.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Watches runs from the thread that started them.
#[derive(Debug, Default)]
pub struct Watch {
    is_quiet: bool,
    is_stopped: AtomicBool,
    stopping: Notify,
}

impl Watch {
    /// Says nothing.
    #[must_use]
    pub fn quiet() -> Self {
        Self { is_quiet: true, ..Self::default() }
    }

    /// Ends the run that is under way.
    pub fn stop(&self) {
        self.is_stopped.store(true, Relaxed);
        self.stopping.notify_one();
    }

    /// Whether somebody ended it.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Relaxed)
    }

    /// Does the work, unless somebody ends it before.
    ///
    /// # Errors
    /// Those of the work, and that it was stopped.
    pub async fn unless_stopped<T>(
        &self,
        work: impl Future<Output = Result<T, DriveError>>,
    ) -> Result<T, DriveError> {
        tokio::select! {
            done = work => done,
            () = self.stopping.notified() => Err(stopped()),
        }
    }

    /// Runs on a thread of its own, which keeps to a processor where one is named, and shows how it goes. Where
    /// somebody ends it, what the run came to until then is answered.
    pub(super) fn during<T: Send>(
        &self,
        title: &str,
        time: Duration,
        processor: Option<usize>,
        run: impl FnOnce(&Live) -> Result<T, DriveError> + Send,
    ) -> Result<T, DriveError> {
        let live = Live::default();
        let done = std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                if let Some(processor) = processor {
                    // Where the system refuses, the lag says so.
                    machine::keep_to([processor]);
                }
                run(&live)
            });
            let shown = Shown::new(self.is_quiet, title, time);
            self.look(&live, shown, || thread.is_finished());
            thread.join()
        });
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }

    fn look(&self, live: &Live, mut shown: Shown, is_done: impl Fn() -> bool) {
        while !is_done() {
            std::thread::sleep(LOOK_EVERY);
            live.is_stopped.store(self.is_stopped.load(Relaxed), Relaxed);
            shown.show(live);
        }
        shown.end(live);
    }
}

/// That somebody ended it.
pub(super) fn stopped() -> DriveError {
    DriveError::new("somebody stopped it", "")
}

/// What is shown of one run.
struct Shown {
    title: String,
    bar: Option<ProgressBar>,
    is_quiet: bool,
    last_line: Instant,
    last: (u64, u64),
}

impl Shown {
    fn new(is_quiet: bool, title: &str, time: Duration) -> Self {
        let is_terminal = !is_quiet && std::io::stderr().is_terminal();
        let bar = is_terminal.then(|| {
            let style = ProgressStyle::with_template("{prefix:36} {bar:24} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            let length = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            ProgressBar::new(length).with_style(style).with_prefix(title.to_owned())
        });
        let (title, last_line) = (title.to_owned(), Instant::now());
        Self { title, bar, is_quiet, last_line, last: (0, 0) }
    }

    fn show(&mut self, live: &Live) {
        match &self.bar {
            Some(bar) => {
                bar.set_position(live.elapsed_ns.load(Relaxed) / 1_000_000);
                let text = self.figures(live);
                if let Some(bar) = &self.bar {
                    bar.set_message(text);
                }
            }
            None if !self.is_quiet && self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                let text = self.figures(live);
                say(&format!("{}: {text}", self.title));
            }
            None => {}
        }
    }

    /// Throughput since the last look, and what is under way.
    fn figures(&mut self, live: &Live) -> String {
        let now = (live.elapsed_ns.load(Relaxed), live.requests.load(Relaxed));
        let time = now.0.saturating_sub(self.last.0).max(1);
        let rate = u128::from(now.1.saturating_sub(self.last.1)) * 1_000_000_000 / u128::from(time);
        self.last = now;
        let (failures, in_flight) = (live.failures.load(Relaxed), live.in_flight.load(Relaxed));
        format!("{rate}/s, {in_flight} under way, {failures} failed")
    }

    fn end(self, live: &Live) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        // Blocks that take no time are told by those that follow.
        let is_long = live.elapsed_ns.load(Relaxed) >= LONG_NS;
        if !self.is_quiet && is_long {
            let requests = live.requests.load(Relaxed);
            let failures = live.failures.load(Relaxed);
            let seconds = live.elapsed_ns.load(Relaxed) as f64 / 1e9;
            let title = &self.title;
            say(&format!("{title}: {requests} requests in {seconds:.1} s, {failures} failed"));
        }
    }
}

fn say(line: &str) {
    // Nobody listening is no reason to stop the work.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
