//! The terminal: what a command says, and whether a person or a machine is listening.

use std::io::{IsTerminal as _, Write as _};

use architrave_engine::Fault;

/// Where a command writes. A closed pipe (`architrave plan | head`) ends the talk, not the command.
#[derive(Debug, Clone, Copy, Default)]
pub struct Console;

impl Console {
    /// Writes a line of the result.
    pub fn line(&self, text: impl AsRef<str>) {
        let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
    }

    /// Writes part of the result as it is.
    pub fn write(&self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(bytes).and_then(|()| out.flush());
    }

    /// Writes a line beside the result: progress, summaries, warnings.
    pub fn note(&self, text: impl AsRef<str>) {
        let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
    }

    /// Says what failed in the world and what to do about it.
    pub fn fault(&self, fault: &Fault) {
        self.note(format!("error: {}", fault.what));
        if !fault.help.is_empty() {
            self.note(format!("help: {}", fault.help));
        }
    }

    /// Whether a person reads the result.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Whether colours help: a terminal, and nobody asked for none (<https://no-color.org>).
    #[must_use]
    pub fn has_colours(&self) -> bool {
        self.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
    }
}
