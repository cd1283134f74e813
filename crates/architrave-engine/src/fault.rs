//! What can go wrong in the world: disk, network, another process.

/// A failure outside of ours and the caller's doing. Shown to the operator, never to an API caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happened, in the operator's words.
    pub what: String,
    /// What to do about it; may be empty.
    pub help: String,
    /// Whether the same request may succeed later.
    pub is_transient: bool,
    /// Whether a write may have been stored although it failed (a failed fsync, a lost connection).
    pub is_outcome_unknown: bool,
    /// Whether there is no room left to store anything; callers are told so.
    pub is_storage_full: bool,
}

impl Fault {
    /// A fault that needs an operator.
    #[must_use]
    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            help: help.into(),
            is_transient: false,
            is_outcome_unknown: false,
            is_storage_full: false,
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}
