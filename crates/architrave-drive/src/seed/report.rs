//! What became of it.

use std::collections::BTreeMap;

/// Counts by what was done, and why the rest was not.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Rows by entity, and runs by command.
    pub done: BTreeMap<String, u64>,
    /// (entity or command, reason) and how often.
    pub refused: BTreeMap<(String, String), u64>,
}

/// Most different reasons that are kept; the rest is counted under one.
const REASONS_MAX: usize = 50;

impl Report {
    pub(crate) fn did(&mut self, what: &str, count: u64) {
        if count > 0 {
            *self.done.entry(what.to_owned()).or_default() += count;
        }
    }

    pub(crate) fn refuse(&mut self, what: &str, reason: &str) {
        let mut key = (what.to_owned(), reason.to_owned());
        if self.refused.len() >= REASONS_MAX && !self.refused.contains_key(&key) {
            key.1 = "other reasons".to_owned();
        }
        *self.refused.entry(key).or_default() += 1;
    }

    /// One line per fact, ready to print.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let done = self.done.iter().map(|(what, count)| format!("{count:>9}  {what}"));
        let refused = self.refused.iter().map(|((what, reason), count)| {
            format!("{count:>9}  {what} could not be made: {reason}")
        });
        done.chain(refused).collect()
    }
}
