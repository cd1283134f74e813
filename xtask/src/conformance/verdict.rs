//! What can come of a validator. Whoever could not look has not passed, and a tool that could not be had is not a
//! mistake in what we write.

/// It looked, or there was nothing to look at.
pub(crate) enum Verdict {
    /// It looked and found no mistake; how much it looked at.
    Passed(String),
    /// No example has such a document; which.
    NothingToCheck(String),
}

/// Why nothing passed.
pub(crate) enum Trouble {
    /// A mistake was found, in what we write or in how it is checked.
    Failed(String),
    /// The tool could not be installed: a registry that does not answer, a program that this machine lacks.
    Unavailable(String),
}

impl From<String> for Trouble {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}
