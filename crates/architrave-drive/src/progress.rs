//! Progress of long work: a bar on a terminal, a plain line now and then elsewhere.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// Pause between plain lines.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Progress of one piece of work after the other, on standard error.
#[derive(Debug, Default)]
pub struct Progress {
    is_quiet: bool,
    current: Mutex<Option<Piece>>,
    done: AtomicU64,
}

#[derive(Debug)]
struct Piece {
    what: String,
    total: u64,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// Says nothing: for tests and for work inside other work.
    #[must_use]
    pub fn quiet() -> Self {
        Self { is_quiet: true, ..Self::default() }
    }

    /// Begins a piece of work of so many steps.
    pub fn begin(&self, what: &str, total: u64) {
        if self.is_quiet {
            return;
        }
        let bar = std::io::stderr().is_terminal().then(|| {
            let template = "{msg:28} {bar:32} {human_pos}/{human_len} {per_sec} {eta}";
            let style = ProgressStyle::with_template(template)
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total).with_style(style).with_message(what.to_owned())
        });
        self.done.store(0, Ordering::Relaxed);
        let piece = Piece { what: what.to_owned(), total, bar, last_line: Instant::now() };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(piece);
    }

    /// So many more steps are done.
    pub fn advance(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(piece) = current.as_mut() else { return };
        match &piece.bar {
            Some(bar) => bar.set_position(done),
            None if piece.last_line.elapsed() >= LINE_EVERY => {
                piece.last_line = Instant::now();
                say(&format!("{}: {done} of {}", piece.what, piece.total));
            }
            None => {}
        }
    }

    /// The piece is done.
    pub fn end(&self) {
        let piece = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bar) = piece.and_then(|it| it.bar) {
            bar.finish_and_clear();
        }
    }
}

fn say(line: &str) {
    // Nobody listening is no reason to stop the work.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
