//! Drives a served backend from outside, through its public API and as its blueprint describes it:
//! realistic data from the model alone, an HTTP client that retries safely, seeding, load at a fixed rate.
//!
//! Start reading at [`seed`], then [`generate::Generator`], then [`load`].

pub mod client;
pub mod generate;
pub mod load;
pub mod progress;
pub mod random;
pub mod seed;

/// What went wrong between us and the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriveError {
    /// What happened, in the operator's words.
    pub what: String,
    /// What to do about it; may be empty.
    pub help: String,
}

impl DriveError {
    /// A failure and its remedy.
    #[must_use]
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}

impl std::fmt::Display for DriveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for DriveError {}
