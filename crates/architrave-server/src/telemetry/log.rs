//! The log: lines are put together where they arise, and written by a thread of its own.
//!
//! A full buffer drops lines and says so; nothing ever waits for the disk or the terminal. Lines are
//! collected under a lock and written in batches, because waking a thread for each line would cost more
//! than a point read.

use std::{
    cell::RefCell,
    fmt::Write as _,
    io::Write,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::answer::text;

/// Most bytes waiting to be written.
const WAITING_BYTES_MAX: usize = 1024 * 1024;
/// How long lines are collected before they are written.
const COLLECT_TIME: Duration = Duration::from_millis(20);

/// How lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object per line, for machines.
    Json,
    /// Words, for a terminal.
    Text,
}

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Normal.
    Info,
    /// Somebody should look at it some time.
    Warning,
    /// Something does not work.
    Error,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Writes lines without ever blocking its callers.
pub struct Log {
    format: Format,
    shared: Arc<Shared>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
}

struct Shared {
    waiting: Mutex<Vec<u8>>,
    arrived: Condvar,
    /// The writer sleeps until a line arrives.
    is_asleep: AtomicBool,
    is_closed: AtomicBool,
    dropped: AtomicU64,
}

impl Log {
    /// A log that writes to `out`, e.g. standard error or a file. `out` is written to by one thread only.
    #[must_use]
    pub fn new(format: Format, out: Box<dyn Write + Send>) -> Arc<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::new(Vec::new()),
            arrived: Condvar::new(),
            is_asleep: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            dropped: AtomicU64::new(0),
        });
        let theirs = Arc::clone(&shared);
        let writer = std::thread::Builder::new().name("log".to_owned());
        // Without a thread there is no log, but the server can still serve.
        let writer = writer.spawn(move || theirs.write_to(out, format)).ok();
        Arc::new(Self { format, shared, writer: Mutex::new(writer) })
    }

    /// A line of words with named values, e.g. `log.line(Level::Info, "listening", &[("address", "…")])`.
    pub fn line(&self, level: Level, message: &str, values: &[(&str, &str)]) {
        let mut line = self.begin(level, message);
        for (name, value) in values {
            self.value(&mut line, name, value);
        }
        self.end(line);
    }

    /// A fault, with what to do about it.
    pub fn fault(&self, fault: &architrave_engine::Fault, values: &[(&str, &str)]) {
        let mut all = values.to_vec();
        if !fault.help.is_empty() {
            all.push(("help", &fault.help));
        }
        self.line(Level::Error, &fault.what, &all);
    }

    /// Writes what is waiting and ends the writer. Later lines are lost.
    pub fn close(&self) {
        self.shared.is_closed.store(true, Relaxed);
        self.shared.arrived.notify_one();
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            let _ = writer.join();
        }
    }

    /// Lines that were dropped because too many were waiting.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped.load(Relaxed)
    }

    pub(crate) fn begin(&self, level: Level, message: &str) -> Vec<u8> {
        let mut line = Vec::with_capacity(512);
        if self.format == Format::Json {
            line.extend_from_slice(b"{\"time\":\"");
            push_time(&mut line);
            line.extend_from_slice(b"\",\"level\":\"");
            line.extend_from_slice(level.name().as_bytes());
            line.extend_from_slice(b"\",\"message\":");
            text(&mut line, message);
        } else {
            push_time(&mut line);
            line.push(b' ');
            if level > Level::Info {
                line.extend_from_slice(level.name().as_bytes());
                line.extend_from_slice(b": ");
            }
            push_words(&mut line, message);
        }
        line
    }

    pub(crate) fn value(&self, line: &mut Vec<u8>, name: &str, value: &str) {
        if self.format == Format::Json {
            self.name(line, name);
            text(line, value);
        } else {
            self.name(line, name);
            push_words(line, value);
        }
    }

    pub(crate) fn number(&self, line: &mut Vec<u8>, name: &str, value: u64) {
        self.name(line, name);
        let mut digits = String::with_capacity(20);
        let _ = write!(digits, "{value}");
        line.extend_from_slice(digits.as_bytes());
    }

    fn name(&self, line: &mut Vec<u8>, name: &str) {
        let (before, after): (&[u8], &[u8]) =
            if self.format == Format::Json { (b",\"", b"\":") } else { (b" ", b"=") };
        line.extend_from_slice(before);
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(after);
    }

    pub(crate) fn end(&self, mut line: Vec<u8>) {
        line.extend_from_slice(if self.format == Format::Json { b"}\n" } else { b"\n" });
        let mut waiting = self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() + line.len() > WAITING_BYTES_MAX {
            drop(waiting);
            self.shared.dropped.fetch_add(1, Relaxed);
            return;
        }
        waiting.extend_from_slice(&line);
        drop(waiting);
        if self.shared.is_asleep.swap(false, Relaxed) {
            self.shared.arrived.notify_one();
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn write_to(&self, mut out: Box<dyn Write + Send>, format: Format) {
        let mut batch = Vec::new();
        let mut told = 0;
        loop {
            let is_closed = self.is_closed.load(Relaxed);
            std::mem::swap(
                &mut batch,
                &mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner),
            );
            let dropped = self.dropped.load(Relaxed);
            if dropped > told {
                batch.extend_from_slice(&dropped_line(format, dropped - told));
                told = dropped;
            }
            if !batch.is_empty() {
                // A log that cannot be written has nobody left to tell.
                let _ = out.write_all(&batch).and_then(|()| out.flush());
                batch.clear();
                if !is_closed {
                    std::thread::sleep(COLLECT_TIME);
                }
            } else if is_closed {
                return;
            } else {
                self.sleep();
            }
        }
    }

    fn sleep(&self) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_asleep.store(true, Relaxed);
        if waiting.is_empty() && !self.is_closed.load(Relaxed) {
            // The time-out is a net below a notification that came a moment too early.
            let _ = self.arrived.wait_timeout(waiting, Duration::from_secs(1));
        }
        self.is_asleep.store(false, Relaxed);
    }
}

fn dropped_line(format: Format, count: u64) -> Vec<u8> {
    let mut line = Vec::new();
    match format {
        Format::Json => {
            line.extend_from_slice(b"{\"time\":\"");
            push_time(&mut line);
            line.extend_from_slice(
                format!("\",\"level\":\"warning\",\"message\":\"log lines dropped\",\"count\":{count}}}\n")
                    .as_bytes(),
            );
        }
        Format::Text => {
            push_time(&mut line);
            line.extend_from_slice(
                format!(" warning: log lines dropped count={count}\n").as_bytes(),
            );
        }
    }
    line
}

thread_local! {
    /// The second that was written last, as text: most lines of a busy server share theirs.
    static SECOND: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

/// `2026-01-31T12:00:00.123Z`
fn push_time(line: &mut Vec<u8>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    SECOND.with_borrow_mut(|(second, text)| {
        if *second != now.as_secs() || text.is_empty() {
            *second = now.as_secs();
            let whole = i64::try_from(now.as_secs()).unwrap_or(0);
            let time = jiff::Timestamp::from_second(whole).unwrap_or_default();
            text.clear();
            let _ = write!(text, "{}", time.strftime("%Y-%m-%dT%H:%M:%S"));
        }
        line.extend_from_slice(text.as_bytes());
    });
    let _ = write!(line, ".{:03}Z", now.subsec_millis());
}

/// Text for a terminal: control characters are escaped, so that no log line can steer it (RUSTSEC-2025-0055).
fn push_words(line: &mut Vec<u8>, value: &str) {
    for character in value.chars() {
        if character.is_control() {
            let _ = write!(line, "{}", character.escape_default());
        } else {
            let mut bytes = [0; 4];
            line.extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
        }
    }
}
